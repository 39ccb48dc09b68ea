"""Three years of five invented families and the support families they met, to check every figure on by hand.

Families are called by a letter, A to E; support families P to T. Nobody here exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.vocabulary import (
    AgeBand,
    EndingReason,
    HouseholdKind,
    Interpreter,
    RecruitmentChannel,
    ReferralSource,
    Review,
    SupportForm,
)
from reporting.dictionary.periods import Period, PeriodKind

YEAR = Period(date(2025, 1, 1), PeriodKind.YEAR)
SENTENCES: dict[str, Promise] = {
    "family_registered": _("gezin %(family)s meldt zich aan"),
    "intake_done": _("de intake met gezin %(family)s is klaar"),
    "waiting_started": _("gezin %(family)s komt op de wachtlijst"),
    "waiting_ended": _("gezin %(family)s gaat van de wachtlijst"),
    "support_registered": _("steungezin %(support)s meldt zich aan"),
    "support_approved": _("steungezin %(support)s is goedgekeurd"),
    "support_left": _("steungezin %(support)s stopt"),
    "introduction": _("gezin %(family)s en steungezin %(support)s leren elkaar kennen"),
    "trial_started": _("de proefperiode van gezin %(family)s en steungezin %(support)s begint"),
    "trial_stopped": _("de proefperiode van gezin %(family)s en steungezin %(support)s stopt"),
    "coupling_started": _("gezin %(family)s en steungezin %(support)s zijn gekoppeld"),
    "coupling_ended": _("de koppeling van gezin %(family)s en steungezin %(support)s eindigt"),
    "evaluation_done": _("evaluatie met gezin %(family)s"),
    "evaluation_done_support": _("evaluatie met steungezin %(support)s"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the story: the columns of a ledger line, with letters in place of pseudonyms."""

    event: str
    month: date
    family: str = ""
    support_family: str = ""
    children: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    support_form: str = ""
    referral_source: str = ""
    channel: str = ""
    ending_reason: str = ""
    household: str = ""
    interpreter: str = ""
    review: str = ""
    review_side: str = ""
    days: int | None = None
    satisfaction: int | None = None
    goal_scores: tuple[int, ...] = ()

    @property
    def when(self) -> str:
        """The month, as a page writes it."""
        return Period(self.month, PeriodKind.MONTH).label

    @property
    def words(self) -> str:
        """What happened, with what the ledger knows of it between brackets."""
        name = self.event if self.review_side != "support" else f"{self.event}_support"
        sentence = str(SENTENCES[name]) % {"family": self.family, "support": self.support_family}
        details = ", ".join(self._details())
        return f"{sentence} ({details})" if details else sentence

    def _details(self) -> Iterator[str]:
        coded: tuple[tuple[type[TextChoices], str], ...] = (
            (ReferralSource, self.referral_source),
            (RecruitmentChannel, self.channel),
            (SupportForm, self.support_form),
            (EndingReason, self.ending_reason),
            (HouseholdKind, self.household),
            (Interpreter, self.interpreter),
            (Review, self.review),
        )
        yield from (str(choices(code).label) for choices, code in coded if code)
        yield from (_now("kind van %(ages)s") % {"ages": AgeBand(band).label} for band in self.age_bands)
        if self.review and not self.days:
            yield _now("op tijd")
        elif self.days is not None:
            words = ngettext("%(days)s dag", "%(days)s dagen", self.days)
            if self.review:
                words = ngettext("%(days)s dag te laat", "%(days)s dagen te laat", self.days)
            yield words % {"days": self.days}
        if self.satisfaction is not None:
            yield _now("cijfer %(mark)s") % {"mark": self.satisfaction}
        if self.goal_scores:
            yield _now("scores %(scores)s") % {"scores": ", ".join(map(str, self.goal_scores))}


def _talks(
    pair: tuple[str, str],
    month: date,
    review: Review,
    *,
    days: int,
    marks: tuple[int, int],
    goals: tuple[int, ...] = (),
) -> tuple[Told, Told]:
    """Both talks of one evaluation; the goals are asked of the asking family."""
    event, review_name = "evaluation_done", review.value
    return (
        Told(
            event,
            month,
            *pair,
            review=review_name,
            review_side="family",
            days=days,
            satisfaction=marks[0],
            goal_scores=goals,
        ),
        Told(
            event, month, *pair, review=review_name, review_side="support", days=days, satisfaction=marks[1]
        ),
    )


def _month(year: int, month: int) -> date:
    return date(year, month, 1)


_AP, _BQ, _CR, _ER = ("A", "P"), ("B", "Q"), ("C", "R"), ("E", "R")

STORY: tuple[Told, ...] = (
    Told("support_registered", _month(2023, 11), support_family="P", channel="press"),
    Told("support_approved", _month(2024, 1), support_family="P", channel="press", days=70),
    Told("family_registered", _month(2024, 1), "A", referral_source="school"),
    Told("intake_done", _month(2024, 1), "A", days=10),
    Told("waiting_started", _month(2024, 1), "A"),
    Told("waiting_ended", _month(2024, 2), "A", household="single_parent", interpreter="needed", days=30),
    Told("introduction", _month(2024, 2), *_AP, days=40),
    Told("trial_started", _month(2024, 2), *_AP, support_form="overnight", days=45),
    *_talks(_AP, _month(2024, 3), Review.TRIAL, days=0, marks=(7, 8), goals=(2, 3, 3, 2)),
    Told(
        "coupling_started",
        _month(2024, 4),
        *_AP,
        children=("A1", "A2"),
        age_bands=("4-7", "8-11"),
        support_form="overnight",
        days=90,
    ),
    Told("support_registered", _month(2024, 8), support_family="Q", channel="friends"),
    Told("family_registered", _month(2024, 9), "B", referral_source="gp"),
    Told("support_approved", _month(2024, 10), support_family="Q", channel="friends", days=60),
    Told("intake_done", _month(2024, 10), "B", days=20),
    Told("waiting_started", _month(2024, 10), "B"),
    *_talks(_AP, _month(2024, 10), Review.MONTH_6, days=0, marks=(8, 7)),
    Told("support_registered", _month(2025, 1), support_family="R", channel="website"),
    Told("waiting_ended", _month(2025, 1), "B", household="two_parents", interpreter="not_needed", days=100),
    Told("introduction", _month(2025, 1), *_BQ, days=110),
    Told("trial_started", _month(2025, 1), *_BQ, support_form="weekly_half_day", days=115),
    Told("family_registered", _month(2025, 2), "C", referral_source="self"),
    Told("intake_done", _month(2025, 2), "C", days=9),
    Told("waiting_started", _month(2025, 2), "C"),
    Told("support_approved", _month(2025, 3), support_family="R", channel="website", days=50),
    Told("support_registered", _month(2025, 3), support_family="S", channel="press"),
    *_talks(_BQ, _month(2025, 3), Review.TRIAL, days=20, marks=(6, 7), goals=(2, 2, 2, 2)),
    Told(
        "coupling_started",
        _month(2025, 3),
        *_BQ,
        children=("B1",),
        age_bands=("0-3",),
        support_form="weekly_half_day",
        days=180,
    ),
    Told("waiting_ended", _month(2025, 4), "C", household="single_parent", interpreter="needed", days=50),
    Told("introduction", _month(2025, 4), *_CR, days=60),
    Told("trial_started", _month(2025, 4), *_CR, support_form="activities", days=62),
    *_talks(_AP, _month(2025, 4), Review.MONTH_12, days=3, marks=(8, 8), goals=(4, 4, 3, 2)),
    Told("family_registered", _month(2025, 5), "D", referral_source="social_team"),
    Told("trial_stopped", _month(2025, 5), *_CR),
    Told("waiting_started", _month(2025, 5), "C"),
    Told("support_approved", _month(2025, 5), support_family="S", channel="press", days=60),
    Told("intake_done", _month(2025, 6), "D", days=15),
    Told("waiting_started", _month(2025, 6), "D"),
    Told("family_registered", _month(2025, 6), "E", referral_source="school"),
    Told("intake_done", _month(2025, 7), "E", days=20),
    Told("waiting_started", _month(2025, 7), "E"),
    Told("waiting_ended", _month(2025, 7), "D", household="two_parents", interpreter="not_needed", days=30),
    Told("support_left", _month(2025, 8), support_family="S", channel="press"),
    Told("introduction", _month(2025, 9), *_ER, days=95),
    Told("waiting_ended", _month(2025, 9), "E", household="co_parenting", interpreter="not_needed", days=60),
    Told("trial_started", _month(2025, 9), *_ER, support_form="overnight", days=97),
    Told("support_registered", _month(2025, 10), support_family="T", channel="website"),
    *_talks(_AP, _month(2025, 10), Review.MONTH_18, days=0, marks=(8, 9)),
    *_talks(_ER, _month(2025, 10), Review.TRIAL, days=0, marks=(9, 8), goals=(3, 3, 3, 3)),
    Told(
        "coupling_started",
        _month(2025, 10),
        *_ER,
        children=("E1",),
        age_bands=("12-15",),
        support_form="overnight",
        days=130,
    ),
    Told("coupling_ended", _month(2025, 12), *_ER, ending_reason="family_changed"),
)
