"""Reading what learning needs: the place in the tour, the people to practise with, the mail that was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import Text
from core.couplings.models import Coupling
from core.families.models import RequestingFamily, SupportFamily
from core.learning.models import KeptMail, PracticeReset, TourProgress
from core.learning.tour import LAST, STEPS
from core.learning.workflow import ResetStatus
from core.matching.models import MatchProposal
from tenants.accounts.models import User
from tenants.accounts.tie_services import ties_of
from tenants.municipalities.models import Municipality
from tenants.municipalities.selectors import practice_at_hand

PARTS = 3  # emptying, inventing, writing
_PROGRESS, _AN_HOUR = "practice-reset", 3600
_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel of the tour on a page."""

    number: int
    total: int
    title: Text
    text: Text
    # The page of this step, and nothing when that is the page that is open.
    url: str

    @property
    def first(self) -> bool:
        """Tell whether there is nothing before it."""
        return self.number == 1

    @property
    def last(self) -> bool:
        """Tell whether there is nothing after it."""
        return self.number == self.total


@dataclass(frozen=True, slots=True)
class Example:
    """Somebody to practise with."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Everybody at one place in the work."""

    kind: Text
    status: str
    people: Sequence[Example]


def tour_of(user: User) -> TourProgress | None:
    """Return how far somebody is, whether walking or not."""
    return TourProgress.objects.filter(account_id=user.pk).first()


def tour_panel(user: User | None, path: str) -> Panel | None:
    """Return the panel for the page at this path; nobody walking, no panel."""
    if user is None or not user.is_authenticated:
        return None
    progress = tour_of(user)
    if progress is None or not progress.walking or not 1 <= progress.step <= LAST:
        return None
    step = STEPS[progress.step - 1]
    address = step.address()
    return Panel(progress.step, LAST, step.title, step.text, "" if address == path else address)


def practice_place(user: User) -> tuple[Municipality | None, bool]:
    """Return where somebody can practise, and whether the account is tied to one there."""
    place = practice_at_hand()
    return place, place is not None and any(tie.place_id == place.pk for tie in ties_of(user))


def last_reset() -> PracticeReset | None:
    """Return the last time somebody started again, or is doing so."""
    return PracticeReset.objects.first()


def reset_asked() -> PracticeReset | None:
    """Return the one that is not done yet."""
    return PracticeReset.objects.filter(status=ResetStatus.ASKED).first()


def progress_note(reset_id: UUID, part: int) -> None:
    """Let the page know how far it is; outside the transaction, so that it is seen at once."""
    cache.set(f"{_PROGRESS}:{reset_id}", part, _AN_HOUR)


def progress_of(reset_id: UUID) -> int:
    """Return how many parts were done the last time somebody said so."""
    return min(PARTS, int(cache.get(f"{_PROGRESS}:{reset_id}", 0)))


def kept_mails() -> list[KeptMail]:
    """Return the mail that would have been sent, newest first."""
    return list(KeptMail.objects.all()[:_SHOWN])


def examples() -> list[Examples]:
    """Return everybody there is to practise with, in the order of the work."""
    pairs = ("family", "support_family")
    return [
        *_grouped(
            _("Vraaggezin"), RequestingFamily.objects.order_by("registered_on"), "families:requesting_detail"
        ),
        *_grouped(
            _("Steungezin"), SupportFamily.objects.order_by("registered_on"), "families:support_detail"
        ),
        *_grouped(
            _("Voorstel"),
            MatchProposal.objects.filter(coupling=None).select_related(*pairs).order_by("proposed_on"),
            "matching:proposal_detail",
        ),
        *_grouped(
            _("Koppeling"),
            Coupling.objects.select_related(*pairs).order_by("introduced_on"),
            "couplings:coupling_detail",
        ),
    ]


def _grouped(kind: Text, rows: "QuerySet[Any]", page: str) -> list[Examples]:
    """Return the rows by state, in the order in which they are reached."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.status, []).append(row)
    states = type(rows[0])._meta.get_field("status").choices if found else ()  # noqa: SLF001
    return [
        Examples(
            kind, str(label), [Example(_name(row), reverse(page, args=[row.pk])) for row in found[state]]
        )
        for state, label in states
        if state in found
    ]


def _name(row: Any) -> str:
    if isinstance(row, (RequestingFamily, SupportFamily)):
        return capfirst(str(row))
    return _("%(asking)s en %(support)s") % {
        "asking": capfirst(row.family.name),
        "support": capfirst(row.support_family.name),
    }
