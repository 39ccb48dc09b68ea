"""Who a letter can go to from a page, what is filled in for them, and the letters of a file as it shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.formats import long_date, short_date
from common.language import in_dutch
from common.permissions import Permission
from core.couplings.models import Coupling
from core.couplings.selectors import coupling_for
from core.families.action_pages import family_url
from core.families.models import AnyFamily, RequestingFamily, RequestingParent, SupportAdult, SupportFamily
from core.families.selectors import requesting_family_for, support_family_for
from core.home.timeline import Entry, Sort
from core.letters.kinds import About
from core.letters.models import Letter, LetterReader, MailDelivery, Way
from core.letters.paper import topic_of
from core.letters.workflow import KINDS, DeliveryStatus
from tenants.accounts.models import User

NOT_THERE = frozenset({DeliveryStatus.FAILED, DeliveryStatus.BOUNCED})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can get a letter."""

    key: UUID
    name: str
    first_name: str
    email: str
    family: AnyFamily

    @property
    def address(self) -> str:
        """Return where a letter on paper goes, on two lines."""
        family = self.family
        return "\n".join(part for part in (family.street, f"{family.postcode} {family.place}") if part)


@dataclass(frozen=True, slots=True)
class Desk:
    """A page that letters start from, with who can get one."""

    about: About
    subject: RequestingFamily | SupportFamily | Coupling
    name: str
    url: str
    route: str
    families: tuple[AnyFamily, ...]

    @property
    def people(self) -> list[Person]:
        """Return everybody who can get a letter, those with a mail address first; nobody? Then the family itself."""
        found = [person for family in self.families for person in _people(family)]
        return sorted(found, key=lambda person: not person.email) or [
            Person(family.pk, capfirst(str(family)), str(family), "", family) for family in self.families
        ]

    def choose_url(self) -> str:
        """Return where a letter is chosen."""
        return reverse(f"{self.route}s", args=[self.subject.pk])

    def write_url(self, kind: str) -> str:
        """Return where one kind of letter is written."""
        return reverse(self.route, args=[self.subject.pk, kind])


def desk_of(subject: RequestingFamily | SupportFamily | Coupling) -> Desk:
    """Return the desk of a family or coupling."""
    if isinstance(subject, Coupling):
        families = (subject.family, subject.support_family)
        name = _("%(family)s en %(support)s") % {
            "family": capfirst(subject.family.name),
            "support": capfirst(subject.support_family.name),
        }
        url = reverse("couplings:coupling_detail", args=[subject.pk])
        return Desk(About.COUPLING, subject, name, url, "couplings:coupling_letter", families)
    asking = isinstance(subject, RequestingFamily)
    return Desk(
        About.ASKING if asking else About.OFFERING,
        subject,
        capfirst(str(subject)),
        family_url(subject),
        "families:requesting_letter" if asking else "families:support_letter",
        (subject,),
    )


def desk_of_letter(letter: Letter, actor: User) -> Desk:
    """Return the page a letter was written on; who may not see that page may not see the letter."""
    if letter.subject_kind == Coupling._meta.label_lower:  # noqa: SLF001  (Django's documented way)
        return desk_of(coupling_for(actor, letter.subject_id, Permission.VIEW_CASES))
    if letter.subject_kind == SupportFamily._meta.label_lower:  # noqa: SLF001
        return desk_of(support_family_for(actor, letter.subject_id))
    if letter.subject_kind == RequestingFamily._meta.label_lower:  # noqa: SLF001
        return desk_of(requesting_family_for(actor, letter.subject_id))
    raise NotAllowed


@in_dutch()
def values_for(desk: Desk, person: Person, *, actor: User, municipality: str) -> dict[str, str]:
    """Return what can be filled in; what we do not know is empty."""
    values = {
        "voornaam": person.first_name,
        "naam": person.name,
        "coordinator": actor.full_name,
        "gemeente": municipality,
        "vandaag": long_date(timezone.localdate()),
    }
    return values | {blank: long_date(day) if day else "" for blank, day in _days(desk.subject).items()}


def _days(subject: RequestingFamily | SupportFamily | Coupling) -> dict[str, date | None]:
    if isinstance(subject, Coupling):
        return {
            "kennismaking": _to_come(subject.introduced_on),
            "proef_vanaf": subject.trial_started_on,
            "proef_tot_en_met": subject.trial_ends_on,
            "einde": subject.ended_on,
        }
    if isinstance(subject, RequestingFamily):
        return {"huisbezoek": _to_come(subject.visit_on), "wacht_sinds": subject.waiting_since}
    return {"huisbezoek": _to_come(subject.visit_on), "rust_tot": _to_come(subject.paused_until)}


def _to_come(day: date | None) -> date | None:
    """Return a day that an appointment can still be about."""
    return day if day is not None and day >= timezone.localdate() else None


def _people(family: AnyFamily) -> Iterable[Person]:
    rows: Sequence[RequestingParent | SupportAdult] = (
        list(family.parents.all())
        if isinstance(family, RequestingFamily)
        else [adult for adult in family.adults.all() if adult.left_household_on is None]
    )
    for row in rows:
        yield Person(row.pk, row.full_name, row.first_name, row.email, family)


# ------------------------------------------------------------------------------------------------- letters in a file


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in a file."""

    url: str
    title: str
    meta: str
    status: str
    kind: str


def letter_line(letter: Letter) -> LetterLine:
    """Return a letter as a file shows it."""
    delivery = delivery_of(letter)
    parts = [
        f"{Way(letter.way).label} {_('aan')} {letter.to_name}",
        short_date(letter.written_at),
        letter.written_by,
        str(LetterReader(letter.confidential_to).label) if letter.confidential_to else "",
    ]
    return LetterLine(
        url=reverse("letters:detail", args=[letter.pk]),
        title=topic_of(letter),
        meta=" · ".join(part for part in parts if part),
        status=str(DeliveryStatus(delivery.status).label) if delivery else "",
        kind=KINDS[delivery.status] if delivery else "",
    )


def letter_entries(letters: Iterable[Letter]) -> list[Entry]:
    """Return the letters, and the mails that did not arrive, as lines of the timeline."""
    found = []
    for letter in letters:
        url = reverse("letters:detail", args=[letter.pk])
        mail = letter.way == Way.MAIL
        title = _("Mail: %(topic)s") if mail else _("Brief: %(topic)s")
        found.append(
            Entry(
                at=letter.written_at,
                sort=Sort.LETTER,
                title=title % {"topic": topic_of(letter)},
                who=letter.written_by,
                text=_("Aan %(name)s.") % {"name": letter.to_name},
                url=url,
            )
        )
        delivery = delivery_of(letter)
        if delivery is not None and delivery.status in NOT_THERE:
            bounced = delivery.status == DeliveryStatus.BOUNCED
            title = (
                _("De mail aan %(name)s is niet aangekomen")
                if bounced
                else _("De mail aan %(name)s kon niet worden verstuurd")
            )
            title %= {"name": letter.to_name}
            found.append(Entry(at=delivery.changed_at, sort=Sort.LETTER, title=title, url=url))
    return found


def delivery_of(letter: Letter) -> MailDelivery | None:
    """Return what became of it, when it went by mail."""
    found: MailDelivery | None = getattr(letter, "delivery", None)
    return found
