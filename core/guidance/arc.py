"""The two years of a coupling as an arc: where it began, which talks there were and will be, where today is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, pi, sin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from common.formats import listing, long_date
from core.guidance.models import GuidanceMoment, MomentKind
from core.guidance.workflow import MomentStatus

# The drawing, in its own units: half an ellipse with room for the words beside it.
WIDTH, HEIGHT = 360, 150
MIDDLE, GROUND = 180, 122
RADIUS_X, RADIUS_Y = 136, 88
WORDS_AWAY = 15
# Words left of, above or right of a point, by how far along it is.
LEFT_OF, RIGHT_OF = 0.4, 0.6

SHORT: dict[str, Text] = {
    MomentKind.MONTH_3: gettext_lazy("3 mnd"),
    MomentKind.MONTH_6: gettext_lazy("6 mnd"),
    MomentKind.MONTH_12: gettext_lazy("1 jaar"),
    MomentKind.MONTH_18: gettext_lazy("1½ jaar"),
    MomentKind.MONTH_24: gettext_lazy("2 jaar"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the arc, with its word."""

    x: float
    y: float
    text: str = ""
    state: str = ""
    text_x: float = 0
    text_y: float = 0
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Arc:
    """The drawing and the same in words."""

    whole: str
    gone: str
    points: list[Point]
    here: Point | None
    finding: str
    description: str
    width: int = WIDTH
    height: int = HEIGHT


def arc_of(
    *,
    coupled_on: date,
    until: date,
    ended_on: date | None,
    moments: Sequence[GuidanceMoment],
    today: date,
) -> Arc:
    """Return the arc of a coupling from its first day to the end of the guidance."""
    days = max(1, (until - coupled_on).days)

    def share(day: date) -> float:
        return min(1.0, max(0.0, (day - coupled_on).days / days))

    last = min(ended_on or today, until)
    begin = _point(0.0, _("begin"), "done")
    talks = [moment for moment in moments if moment.kind in SHORT]
    points = [
        begin,
        *(
            _point(share(moment.held_on or moment.due_on), str(SHORT[moment.kind]), _state(moment, today))
            for moment in talks
        ),
    ]
    end = _place(share(last))
    here = _point(share(last), _("einde") if ended_on else _("vandaag"), "here", inside=True)
    return Arc(
        whole=_path(_place(0.0), _place(1.0)),
        gone=_path(_place(0.0), end) if last > coupled_on else "",
        points=points,
        here=here if coupled_on <= last < until else None,
        finding=_finding(coupled_on, until, ended_on, today),
        description=_description(talks, today),
    )


def _place(share: float) -> tuple[float, float]:
    angle = pi * share
    return round(MIDDLE - RADIUS_X * cos(angle), 1), round(GROUND - RADIUS_Y * sin(angle), 1)


def _point(share: float, text: str, state: str, *, inside: bool = False) -> Point:
    x, y = _place(share)
    away = -WORDS_AWAY if inside else WORDS_AWAY
    text_x = round(x - away * cos(pi * share), 1)
    text_y = round(y - away * sin(pi * share) + 4, 1)
    anchor = "end" if share < LEFT_OF else "start" if share > RIGHT_OF else "middle"
    if inside:
        anchor = {"end": "start", "start": "end"}.get(anchor, "middle")
    if share in {0.0, 1.0} and not inside:
        # The two feet of the arc: under the line, where there is room on a phone.
        return Point(x, y, text, state, x, GROUND + WORDS_AWAY + 6, "middle")
    return Point(x, y, text, state, text_x, text_y, anchor)


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    return f"M{start[0]} {start[1]} A{RADIUS_X} {RADIUS_Y} 0 0 1 {end[0]} {end[1]}"


def _state(moment: GuidanceMoment, today: date) -> str:
    if moment.status == MomentStatus.HELD:
        return "done"
    if moment.status == MomentStatus.DROPPED:
        return "dropped"
    return "late" if moment.due_on < today else "todo"


def _finding(coupled_on: date, until: date, ended_on: date | None, today: date) -> str:
    if ended_on:
        return _("De begeleiding liep van %(start)s tot %(end)s.") % {
            "start": long_date(coupled_on),
            "end": long_date(ended_on),
        }
    if today >= until:
        return _("De twee jaar begeleiding zijn om op %(day)s.") % {"day": long_date(until)}
    months = (today.year - coupled_on.year) * 12 + today.month - coupled_on.month
    month = max(1, months + (today.day >= coupled_on.day))
    return _("Maand %(month)s van 24. Begeleiding tot %(day)s.") % {"month": month, "day": long_date(until)}


def _description(talks: Sequence[GuidanceMoment], today: date) -> str:
    said = {
        "done": _("gehouden"),
        "late": _("te laat"),
        "todo": _("gepland"),
        "dropped": _("vervallen"),
    }
    parts = [
        f"{MomentKind(moment.kind).label}: {said[_state(moment, today)]}, "
        f"{long_date(moment.held_on or moment.due_on)}"
        for moment in talks
    ]
    return listing(parts) if parts else _("Er zijn nog geen gesprekken gepland.")
