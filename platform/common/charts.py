"""Charts as plain geometry: pure functions turn values into places on a drawing, a template draws them as SVG.

A value that may not be shown is ``None`` with a note ("afgeschermd", "geen gegevens"): a gap, never zero.
Each chart comes in two widths, so that letters stay readable at 360 px; CSS shows the one that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from common.formats import NOTHING, number

WIDE, NARROW = 720, 300
HEIGHT = 280
TOP, RIGHT, BOTTOM, LEFT = 24, 8, 34, 40
LETTER_WIDTH = 8  # of a number above a bar, a little wide
LABEL_LETTER, LABEL_ROOM = 6.5, 12


@dataclass(frozen=True)
class Value:
    """One value of a series. ``value=None`` is a gap, explained by ``note``."""

    label: str
    value: float | None
    note: str = ""

    @property
    def text(self) -> str:
        """The value in words, for the table."""
        return (
            self.note or NOTHING
            if self.value is None
            else number(self.value, 0 if self.value == int(self.value) else 1)
        )


@dataclass(frozen=True)
class Tick:
    """A line across the drawing with its number."""

    y: float
    text: str


@dataclass(frozen=True)
class Bar:
    """A bar, or the marked place of a gap."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    text: str
    gap: bool
    show_text: bool


@dataclass(frozen=True)
class Label:
    """A word under the base line."""

    x: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Drawing:
    """Everything on one drawing of a given width."""

    name: str
    width: int
    height: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    gaps: tuple[Bar, ...] = ()
    labels: tuple[Label, ...] = ()
    left: int = LEFT
    baseline: float = HEIGHT - BOTTOM

    @property
    def right(self) -> int:
        """Where the tick lines end."""
        return self.width - RIGHT


@dataclass(frozen=True)
class Chart:
    """A chart with its finding, its description and its table."""

    chart_id: str
    finding: str
    description: str
    columns: tuple[str, str]
    values: tuple[Value, ...]
    drawings: tuple[Drawing, ...]
    source: str = ""

    @property
    def has_gaps(self) -> bool:
        """Whether a legend for gaps is needed."""
        return any(value.value is None for value in self.values)

    @property
    def gap_notes(self) -> tuple[str, ...]:
        """The different reasons for a gap."""
        return tuple(dict.fromkeys(value.note for value in self.values if value.value is None and value.note))


def nice_ticks(highest: float, wanted: int = 4) -> list[float]:
    """Return round numbers from 0 up to at least ``highest`` (whole numbers when the values are counts)."""
    if highest <= 0:
        return [0, 1]
    rough = highest / wanted
    power = 10 ** floor(log10(rough))
    step = max(1.0, next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough))
    if step < 10:  # noqa: PLR2004 (2.5 and 7.5 of a family do not exist)
        step = float(ceil(step))
    return [step * n for n in range(ceil(highest / step) + 1)]


def bar_chart(
    *,
    chart_id: str,
    finding: str,
    description: str,
    columns: tuple[str, str],
    values: Sequence[Value],
    source: str = "",
) -> Chart:
    """Return a chart of upright bars. ``finding`` says what there is to see ("In 2018 begonnen 300 koppelingen")."""
    drawings = tuple(_bars(name, width, values) for name, width in (("wide", WIDE), ("narrow", NARROW)))
    return Chart(chart_id, finding, description, columns, tuple(values), drawings, source)


def _scale(values: Sequence[Value]) -> tuple[tuple[Tick, ...], float]:
    ticks = nice_ticks(max((value.value for value in values if value.value is not None), default=0))
    top = ticks[-1]
    return tuple(Tick(y=_y(tick, top), text=number(tick)) for tick in ticks), top


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _step(values: Sequence[Value], width: int) -> float:
    return (width - LEFT - RIGHT) / max(1, len(values))


def _middle(index: int, step: float) -> float:
    return round(LEFT + step * (index + 0.5), 1)


def _labels(values: Sequence[Value], width: int) -> tuple[Label, ...]:
    """Return as many labels as fit beside each other, the last one always; against the edge when it would run off."""
    step = _step(values, width)
    longest = max((len(value.label) for value in values), default=1)
    every = max(1, ceil((longest * LABEL_LETTER + LABEL_ROOM) / step))
    labels = []
    for index, value in enumerate(values):
        if (len(values) - 1 - index) % every:
            continue
        middle = _middle(index, step)
        if middle + len(value.label) * LABEL_LETTER / 2 > width:
            labels.append(Label(x=width - 1, anchor="end", text=value.label))
        else:
            labels.append(Label(x=middle, anchor="middle", text=value.label))
    return tuple(labels)


def _bars(name: str, width: int, values: Sequence[Value]) -> Drawing:
    ticks, top = _scale(values)
    step = _step(values, width)
    thick = round(min(48.0, step * 0.68), 1)
    longest = max((len(value.text) for value in values if value.value is not None), default=1)
    bars = []
    for index, value in enumerate(values):
        middle = _middle(index, step)
        y = TOP if value.value is None else _y(value.value, top)
        bars.append(
            Bar(
                x=round(middle - thick / 2, 1),
                y=y,
                width=thick,
                height=round(HEIGHT - BOTTOM - y, 1),
                middle=middle,
                label=value.label,
                text=value.text,
                gap=value.value is None,
                show_text=step >= LETTER_WIDTH * longest,
            )
        )
    shown, gaps = tuple(bar for bar in bars if not bar.gap), tuple(bar for bar in bars if bar.gap)
    return Drawing(name, width, HEIGHT, ticks, bars=shown, gaps=gaps, labels=_labels(values, width))
