"""Writing agreements: a change is a new version; an old one stays as it was agreed."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from common.formats import listing
from common.vocabulary import DayPart, Frequency, SupportForm
from core.agreements.models import (
    AgreementAcceptance,
    Booking,
    CalendarFeed,
    CouplingAgreement,
    MonthWeek,
    Party,
)
from core.agreements.selectors import in_force, token_hash
from core.agreements.week import weeks
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING
from core.families.models import SupportedChild, SupportFamily
from core.families.rules import Problems
from core.intake.models import SupportOffer
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log
from tenants.context import atomic
from tenants.standards.models import Region, StandardKind
from tenants.standards.selectors import current

PLAN_AHEAD = timedelta(days=124)
FIRST_WITHIN = timedelta(days=31)
# The triggers of migration 0003: they refuse what slipped in between our look and our write.
CHILD_GUARD, ROOM_GUARD = "child_in_one_place", "room_in_day_part"
TEXT_OF = {
    CouplingAgreement.Kind.TRIAL: StandardKind.TRIAL_AGREEMENT,
    CouplingAgreement.Kind.DEFINITIVE: StandardKind.AGREEMENT,
}


@dataclass(frozen=True, slots=True)
class AgreementData:
    """What both families agreed."""

    support_form: str
    frequency: str
    agreed_on: date
    valid_from: date
    valid_until: date | None = None
    day_parts: list[str] = field(default_factory=list)
    arrangements: str = ""
    house_rules: str = ""
    emergency_contact: str = ""
    first_on: date | None = None
    month_week: int | None = None
    holiday_region: str = ""


@atomic()
def agreement_add_version(
    *, coupling: Coupling, kind: str, data: AgreementData, actor: Actor
) -> CouplingAgreement:
    """Write down a new version of what both families agreed, and book the parts of the week that it takes."""
    # The same order as everywhere: the support family first.
    SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    locked = Coupling.objects.select_for_update().get(pk=coupling.pk)
    if locked.status not in RUNNING:
        raise InvalidInput(_("Deze koppeling is voorbij: er is niets meer af te spreken."))
    _check(locked, kind, data)
    last = CouplingAgreement.objects.filter(coupling=locked).aggregate(last=Max("version"))["last"] or 0
    text = current(TEXT_OF[CouplingAgreement.Kind(kind)])
    agreement = CouplingAgreement.objects.create(
        coupling=coupling,
        kind=kind,
        version=last + 1,
        valid_from=data.valid_from,
        valid_until=data.valid_until,
        support_form=data.support_form,
        frequency=data.frequency,
        day_parts=data.day_parts,
        arrangements=data.arrangements,
        house_rules=data.house_rules,
        emergency_contact=data.emergency_contact,
        agreed_on=data.agreed_on,
        first_on=data.first_on,
        month_week=data.month_week,
        holiday_region=data.holiday_region,
        text_version=text.version,
        text=text.content["text"],
    )
    _rebook(locked, agreement, actor)
    audit_log(action="agreement_made", subject=agreement, actor=actor)
    return agreement


@atomic()
def agreement_accept(
    *, agreement: CouplingAgreement, party: str, accepted_on: date, how: str, actor: Actor
) -> AgreementAcceptance:
    """Write down that one family says yes to a version."""
    Coupling.objects.select_for_update().get(pk=agreement.coupling_id)
    problems = Problems()
    problems.check(party in Party.values, "party", _("Kies welk gezin akkoord is."))
    problems.check(how in AgreementAcceptance.How.values, "how", _("Kies hoe je het weet."))
    problems.not_later("accepted_on", accepted_on, timezone.localdate())
    problems.not_before(
        "accepted_on", accepted_on, agreement.agreed_on, _("Deze datum ligt voor de dag van de afspraken.")
    )
    problems.refuse()
    if AgreementAcceptance.objects.filter(agreement=agreement, party=party).exists():
        raise Conflict(_("Het akkoord van dit gezin is al vastgelegd."), code="already_accepted")
    acceptance = AgreementAcceptance.objects.create(
        agreement=agreement, party=party, accepted_on=accepted_on, how=how, recorded_by=actor.full_name
    )
    audit_log(action="agreement_accepted", subject=agreement, actor=actor)
    return acceptance


@atomic()
def bookings_end(*, coupling: Coupling, on: date, actor: Actor) -> None:
    """Give back the parts of the week of a coupling that is over."""
    bookings = Booking.objects.filter(agreement__coupling=coupling)
    bookings.filter(starts_on__gt=on).delete()
    for booking in bookings.exclude(ends_on__lte=on):
        change_fields(booking, {"ends_on": on}, about=coupling, actor=actor)
    audit_log(action="bookings_ended", subject=coupling, actor=actor)


@atomic()
def bookings_extend(*, coupling: Coupling, until: date, actor: Actor) -> None:
    """Keep the parts of the week of a trial that lasts longer, or give back those of one that is cut short."""
    SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    latest = coupling.agreements.first()
    if latest is None:
        return
    if refused := _clashes(coupling, latest, until):
        raise InvalidInput(fields={"ends_on": refused})
    try:
        for booking in Booking.objects.filter(agreement=latest, starts_on__lte=until):
            change_fields(booking, {"ends_on": until}, about=coupling, actor=actor)
    except IntegrityError as error:
        raise _just_taken(error, "ends_on") from error
    audit_log(action="bookings_extended", subject=coupling, actor=actor)


@atomic()
def bookings_fill(*, coupling: Coupling, actor: Actor) -> bool:
    """Book what an agreement of before there were bookings takes up; say no when that cannot be."""
    SupportFamily.objects.select_for_update().get(pk=coupling.support_family_id)
    if coupling.status not in RUNNING or Booking.objects.filter(agreement__coupling=coupling).exists():
        return True
    today = timezone.localdate()
    for agreement, until in in_force(coupling):
        if until is None or until >= today:
            if _clashes(coupling, agreement, until):
                return False
            _book(coupling, agreement, until)
    audit_log(action="bookings_filled", subject=coupling, actor=actor)
    return True


# ---------------------------------------------------------------------------------------------------------- calendars


@atomic()
def calendar_make(*, coupling: Coupling, party: str, actor: Actor) -> str:
    """Make a calendar for one family and return the secret part of its address, which is told only now.

    The address that this family had before stops working.
    """
    locked = Coupling.objects.select_for_update().get(pk=coupling.pk)
    problems = Problems()
    problems.check(party in Party.values, "party", _("Kies voor welk gezin."))
    problems.refuse()
    if locked.status not in RUNNING:
        raise Conflict(_("Deze koppeling is voorbij: er is geen agenda meer."))
    today = timezone.localdate()
    token = secrets.token_urlsafe(32)
    for before in CalendarFeed.objects.filter(coupling=coupling, party=party, revoked_on=None):
        change_fields(before, {"revoked_on": today}, about=coupling, actor=actor)
    CalendarFeed.objects.create(coupling=coupling, party=party, token_hash=token_hash(token), made_on=today)
    audit_log(action="calendar_made", subject=coupling, purpose=party, actor=actor)
    return token


@atomic()
def calendar_revoke(*, calendar: CalendarFeed, actor: Actor) -> None:
    """Let a secret address stop working, now and for good."""
    row = CalendarFeed.objects.select_for_update().get(pk=calendar.pk)
    if row.revoked_on is None:
        change_fields(row, {"revoked_on": timezone.localdate()}, about=row.coupling, actor=actor)
        audit_log(action="calendar_revoked", subject=calendar.coupling, purpose=row.party, actor=actor)


@atomic()
def calendar_read(*, calendar: CalendarFeed) -> None:
    """Note on which day a calendar was last fetched, so that a coordinator sees whether it is used."""
    today = timezone.localdate()
    if calendar.last_read_on != today:
        CalendarFeed.objects.filter(pk=calendar.pk).update(last_read_on=today)


# ------------------------------------------------------------------------------------------------------------- booking


def _rebook(coupling: Coupling, agreement: CouplingAgreement, actor: Actor) -> None:
    """Let a new version take the place of those before it, from its first day on."""
    bookings = Booking.objects.filter(agreement__coupling=coupling)
    bookings.filter(starts_on__gte=agreement.valid_from).delete()
    day_before = agreement.valid_from - timedelta(days=1)
    for booking in bookings.exclude(ends_on__lt=agreement.valid_from):
        change_fields(booking, {"ends_on": day_before}, about=coupling, actor=actor)
    if refused := _clashes(coupling, agreement, agreement.valid_until):
        raise InvalidInput(fields={"day_parts": refused})
    try:
        _book(coupling, agreement, agreement.valid_until)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name not in {CHILD_GUARD, ROOM_GUARD}:
            raise
        raise InvalidInput(
            fields={
                "day_parts": _("Een van deze dagdelen is net door een andere afspraak bezet. Kijk opnieuw.")
            }
        ) from error


def _just_taken(error: IntegrityError, name: str) -> Exception:
    """Return the refusal for what the guard of the database saw; any other violation is a failure of ours."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is None or diagnosis.constraint_name not in {CHILD_GUARD, ROOM_GUARD}:
        return error
    taken = _("Een van deze dagdelen is net door een andere afspraak bezet. Kijk opnieuw.")
    return InvalidInput(fields={name: taken})


@atomic()
def _book(coupling: Coupling, agreement: CouplingAgreement, until: date | None) -> None:
    bits = weeks(agreement)
    if not bits:
        return
    Booking.objects.bulk_create(
        [
            Booking(
                agreement=agreement,
                child=child,
                support_family_id=coupling.support_family_id,
                day_part=part,
                weeks=bits,
                starts_on=agreement.valid_from,
                ends_on=until,
            )
            for child in coupling.children.order_by("pk")
            for part in agreement.day_parts
        ]
    )


def _clashes(coupling: Coupling, agreement: CouplingAgreement, until: date | None) -> str:
    """Return in words what stands in the way: a child that is elsewhere, or no room. Nothing is an empty text."""
    bits, children = weeks(agreement), list(coupling.children.all())
    if not bits or not agreement.day_parts:
        return ""
    others = [
        booking
        for booking in Booking.objects.filter(
            day_part__in=agreement.day_parts, agreement__coupling__status__in=RUNNING
        )
        .exclude(agreement__coupling=coupling)
        .select_related("child")
        if booking.weeks & bits and _overlap(booking, agreement.valid_from, until)
    ]
    return _elsewhere(children, others) or _too_full(coupling, children, others, agreement)


def _elsewhere(children: list[SupportedChild], others: list[Booking]) -> str:
    known = {child.pk for child in children}
    twice = [booking for booking in others if booking.child_id in known]
    if not twice:
        return ""
    parts = _parts({booking.day_part for booking in twice})
    names = listing(sorted({str(booking.child) for booking in twice}))
    return str(_("%(names)s is op %(parts)s al bij een ander steungezin.") % {"names": names, "parts": parts})


def _too_full(
    coupling: Coupling, children: list[SupportedChild], others: list[Booking], agreement: CouplingAgreement
) -> str:
    offer = SupportOffer.objects.filter(family=coupling.support_family_id).first()
    room = offer.capacity if offer else 0
    bits = weeks(agreement)
    here = [booking for booking in others if booking.support_family_id == coupling.support_family_id]
    full = set()
    for part in agreement.day_parts:
        there = [booking for booking in here if booking.day_part == part]
        moments = {max(booking.starts_on, agreement.valid_from) for booking in there} | {agreement.valid_from}
        for moment in moments:
            for cell in range(12):
                at_once = {
                    booking.child_id
                    for booking in there
                    if booking.weeks & bits & 1 << cell and _overlap(booking, moment, moment)
                }
                if len(at_once | {child.pk for child in children}) > room:
                    full.add(part)
    if not full:
        return ""
    return str(
        _("Op %(parts)s is er bij dit steungezin geen plek: er kunnen %(room)d kinderen tegelijk zijn.")
        % {"parts": _parts(full), "room": room}
    )


def _overlap(booking: Booking, first: date, last: date | None) -> bool:
    return (last is None or booking.starts_on <= last) and (
        booking.ends_on is None or booking.ends_on >= first
    )


def _parts(codes: set[str]) -> str:
    return listing(str(part.label) for part in DayPart if part.value in codes)


# --------------------------------------------------------------------------------------------------------------- rules


def _check(coupling: Coupling, kind: str, data: AgreementData) -> None:
    today = timezone.localdate()
    problems = Problems()
    problems.check(kind in CouplingAgreement.Kind.values, "kind", _("Kies een soort afspraak."))
    problems.check(data.support_form in SupportForm.values, "support_form", _("Kies een steunvorm."))
    problems.check(data.frequency in Frequency.values, "frequency", _("Kies hoe vaak."))
    problems.check(set(data.day_parts) <= set(DayPart.values), "day_parts", _("Kies dagdelen uit de lijst."))
    problems.check(
        data.holiday_region in {"", *Region.values}, "holiday_region", _("Kies een regio uit de lijst.")
    )
    _check_rhythm(problems, data)
    if kind == CouplingAgreement.Kind.DEFINITIVE:
        problems.check(
            bool(data.house_rules.strip()),
            "house_rules",
            _("Schrijf de huisregels op: die horen bij de afspraken."),
        )
    problems.not_later("agreed_on", data.agreed_on, today)
    problems.not_before(
        "agreed_on", data.agreed_on, coupling.introduced_on, _("Deze datum ligt voor de kennismaking.")
    )
    problems.not_before(
        "valid_from", data.valid_from, coupling.introduced_on, _("Deze datum ligt voor de kennismaking.")
    )
    problems.not_later(
        "valid_from", data.valid_from, today + PLAN_AHEAD, _("Deze datum ligt te ver in de toekomst.")
    )
    if data.valid_until is not None:
        problems.check(
            data.valid_until >= data.valid_from, "valid_until", _("De einddatum ligt voor het begin.")
        )
    problems.refuse()


def _check_rhythm(problems: Problems, data: AgreementData) -> None:
    if data.frequency == Frequency.MONTHLY:
        problems.check(
            data.month_week in MonthWeek.values or not data.day_parts,
            "month_week",
            _("Kies welke van de maand het is: de eerste, de tweede, …"),
        )
    elif data.month_week is not None:
        problems.add("month_week", _("Dit hoort bij ‘elke maand’."))
    if data.first_on is not None:
        week_of_start = data.valid_from - timedelta(days=data.valid_from.weekday())
        problems.not_before("first_on", data.first_on, week_of_start, _("Deze datum ligt voor het begin."))
        problems.not_later(
            "first_on",
            data.first_on,
            data.valid_from + FIRST_WITHIN,
            _("De eerste keer is binnen een maand na het begin."),
        )
