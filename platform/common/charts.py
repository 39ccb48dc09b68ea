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
LABEL_WIDTH = 46
LETTER_WIDTH = 8


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
    show_label: bool
    show_text: bool


@dataclass(frozen=True)
class Dot:
    """A measured point on a line."""

    x: float
    y: float
    label: str
    text: str
    show_label: bool
    show_text: bool


@dataclass(frozen=True)
class Drawing:
    """Everything on one drawing of a given width."""

    name: str
    width: int
    height: int
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()
    gaps: tuple[Bar, ...] = ()
    lines: tuple[str, ...] = ()
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


def line_chart(
    *,
    chart_id: str,
    finding: str,
    description: str,
    columns: tuple[str, str],
    values: Sequence[Value],
    source: str = "",
) -> Chart:
    """Return a chart of points joined by lines; a line never runs across a gap."""
    drawings = tuple(_line(name, width, values) for name, width in (("wide", WIDE), ("narrow", NARROW)))
    return Chart(chart_id, finding, description, columns, tuple(values), drawings, source)


def _scale(values: Sequence[Value]) -> tuple[tuple[Tick, ...], float]:
    ticks = nice_ticks(max((value.value for value in values if value.value is not None), default=0))
    top = ticks[-1]
    return tuple(Tick(y=_y(tick, top), text=number(tick)) for tick in ticks), top


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _every(count: int, step: float) -> int:
    return max(1, ceil(LABEL_WIDTH / step)) if count else 1


def _bars(name: str, width: int, values: Sequence[Value]) -> Drawing:
    ticks, top = _scale(values)
    step = (width - LEFT - RIGHT) / max(1, len(values))
    thick = round(min(48.0, step * 0.68), 1)
    every = _every(len(values), step)
    fits = step >= LETTER_WIDTH * max(
        (len(value.text) for value in values if value.value is not None), default=1
    )
    bars = []
    for index, value in enumerate(values):
        middle = round(LEFT + step * (index + 0.5), 1)
        y = _y(value.value or 0, top)
        bars.append(
            Bar(
                x=round(middle - thick / 2, 1),
                y=y if value.value is not None else TOP,
                width=thick,
                height=round(HEIGHT - BOTTOM - (y if value.value is not None else TOP), 1),
                middle=middle,
                label=value.label,
                text=value.text,
                gap=value.value is None,
                show_label=(len(values) - 1 - index) % every == 0,
                show_text=fits,
            )
        )
    return Drawing(
        name,
        width,
        HEIGHT,
        ticks,
        bars=tuple(bar for bar in bars if not bar.gap),
        gaps=tuple(bar for bar in bars if bar.gap),
    )


def _line(name: str, width: int, values: Sequence[Value]) -> Drawing:
    ticks, top = _scale(values)
    step = (width - LEFT - RIGHT) / max(1, len(values))
    every = _every(len(values), step)
    dots: list[Dot] = []
    gaps: list[Bar] = []
    runs: list[list[str]] = [[]]
    last_known = max((index for index, value in enumerate(values) if value.value is not None), default=-1)
    for index, value in enumerate(values):
        x = round(LEFT + step * (index + 0.5), 1)
        show_label = (len(values) - 1 - index) % every == 0
        if value.value is None:
            runs.append([])
            gaps.append(
                Bar(
                    x=round(x - step / 2, 1), y=TOP, width=round(step, 1), height=HEIGHT - BOTTOM - TOP, middle=x,
                    label=value.label, text=value.text, gap=True, show_label=show_label, show_text=False,
                )
            )  # fmt: skip
            continue
        y = _y(value.value, top)
        runs[-1].append(f"{x},{y}")
        dots.append(
            Dot(
                x=x,
                y=y,
                label=value.label,
                text=value.text,
                show_label=show_label,
                show_text=index == last_known,
            )
        )
    lines = tuple(" ".join(run) for run in runs if len(run) > 1)
    return Drawing(name, width, HEIGHT, ticks, dots=tuple(dots), gaps=tuple(gaps), lines=lines)
