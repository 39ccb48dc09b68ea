"""When the coordinator speaks with both families: the cadence as data (domain.md 2.5). Pure.

The two years count from the day of the definitive coupling; the trial has its own two moments.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from core.couplings.workflow import CouplingStatus
from core.guidance.models import MomentKind
from core.vog.rules import months_later

C, M = CouplingStatus, MomentKind


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that belongs to a phase: so long after its start, or on the day it ends."""

    kind: MomentKind
    days: int = 0
    months: int = 0
    at_the_end: bool = False


CADENCE: dict[CouplingStatus, tuple[Moment, ...]] = {
    C.INTRODUCTION: (),
    C.TRIAL: (Moment(M.TWO_WEEKS, days=14), Moment(M.TRIAL_EVALUATION, at_the_end=True)),
    C.COUPLED: (
        Moment(M.MONTH_3, months=3),
        Moment(M.MONTH_6, months=6),
        Moment(M.MONTH_12, months=12),
        Moment(M.MONTH_18, months=18),
        Moment(M.MONTH_24, months=24),
    ),
    C.ENDED: (Moment(M.AFTERCARE, months=3),),
    C.NOT_CONTINUED: (),
}
# Talks with both sides apart and a mark; the others are a call or a visit.
EVALUATIONS: frozenset[str] = frozenset({M.TRIAL_EVALUATION, M.MONTH_6, M.MONTH_12, M.MONTH_18, M.MONTH_24})
# The four goals are asked three times, so that a family sees what two years bring: at the start of the coupling (the
# talk at the end of the trial), after one year and after two.
GOALS_ASKED: frozenset[str] = frozenset({M.TRIAL_EVALUATION, M.MONTH_12, M.MONTH_24})


def due_dates(status: str, *, start: date, end: date | None = None) -> dict[MomentKind, date]:
    """Return the moments of a phase with their days."""
    return {
        moment.kind: (end or start)
        if moment.at_the_end
        else months_later(start, moment.months) + timedelta(days=moment.days)
        for moment in CADENCE[CouplingStatus(status)]
    }
