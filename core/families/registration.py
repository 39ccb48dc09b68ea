"""What is sent in to register a family or to change what is known of it, and what must hold. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.vocabulary import ReferralSource
from core.families.models import Registrant
from core.families.rules import Problems, check_child

PROGRAMME_BEGAN = date(2014, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """A parent or an adult of a support household. The first of a registration is the one to call."""

    first_name: str
    name_prefix: str = ""
    last_name: str
    phone: str = ""
    email: str = ""
    has_custody: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildData:
    """A child: born (year and month) or expected (due date)."""

    first_name: str = ""
    birth_year: int | None = None
    birth_month: int | None = None
    due_on: date | None = None
    remarks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyData:
    """What both kinds of families share. ``name`` and ``municipality_code`` are worked out when empty."""

    name: str = ""
    street: str = ""
    postcode: str
    place: str
    secret_address: bool = False
    remarks: str = ""
    municipality_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestingData:
    """What an asking family has besides."""

    household: str = ""
    referral_source: str = ReferralSource.SELF
    referrer_name: str = ""
    referrer_phone: str = ""
    permission_told_on: date | None = None
    safe_contact: str = ""
    interpreter_language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportData:
    """What a support family has besides."""

    channel: str = ""
    motivation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestingRegistration:
    """A registration of an asking family, from the public form or by the coordinator."""

    family: FamilyData
    details: RequestingData = field(default_factory=RequestingData)
    parents: Sequence[PersonData]
    children: Sequence[ChildData]
    registered_on: date
    registered_by: str = Registrant.SELF
    submission_key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRegistration:
    """A registration of a support family, from the public form or by the coordinator."""

    family: FamilyData
    details: SupportData = field(default_factory=SupportData)
    adults: Sequence[PersonData]
    registered_on: date
    registered_by: str = Registrant.SELF
    submission_key: UUID = field(default_factory=uuid4)


def check_requesting(data: RequestingRegistration) -> None:
    """Refuse a registration of an asking family that cannot be right."""
    problems = Problems()
    _check_day(problems, data.registered_on)
    details = data.details
    by_referrer = data.registered_by == Registrant.REFERRER
    if by_referrer:
        problems.check(
            details.permission_told_on is not None,
            "permission",
            _("Zonder toestemming van de ouders kunnen wij een gezin niet inschrijven."),
        )
        problems.check(
            bool(details.referrer_name),
            "referrer_name",
            _("Vul de naam van de verwijzer in, zodat wij kunnen bellen."),
        )
        problems.check(
            bool(details.referrer_phone),
            "referrer_phone",
            _("Vul het telefoonnummer van de verwijzer in, zodat wij kunnen bellen."),
        )
    problems.not_later("permission_told_on", details.permission_told_on, timezone.localdate())
    problems.check(bool(data.parents), "parents", _("Vul ten minste een ouder in."))
    if data.parents and not (data.parents[0].phone or data.parents[0].email or details.referrer_phone):
        problems.add("parents-0-phone", _("Vul een telefoonnummer of e-mailadres in."))
    problems.check(bool(data.children), "children", _("Vul ten minste een kind in."))
    for index, child in enumerate(data.children):
        check_child(
            problems,
            prefix=f"children-{index}-",
            birth_year=child.birth_year,
            birth_month=child.birth_month,
            due_on=child.due_on,
            on=data.registered_on,
        )
    problems.refuse()


def check_support(data: SupportRegistration) -> None:
    """Refuse a registration of a support family that cannot be right."""
    problems = Problems()
    _check_day(problems, data.registered_on)
    problems.check(bool(data.adults), "adults", _("Vul ten minste een volwassene in."))
    if data.adults and not (data.adults[0].phone or data.adults[0].email):
        problems.add("adults-0-phone", _("Vul een telefoonnummer of e-mailadres in."))
    problems.refuse()


def _check_day(problems: Problems, registered_on: date) -> None:
    problems.not_later("registered_on", registered_on, timezone.localdate())
    problems.not_before(
        "registered_on", registered_on, PROGRAMME_BEGAN, _("Toen bestond dit programma nog niet.")
    )
