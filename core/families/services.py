"""Registering families and everything that changes their state: one transaction with history, audit and ledger.

Dates are arguments, never "now": a coordinator often writes down on Monday what happened on Friday.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.vocabulary import Interpreter
from core.desk.models import FormKind
from core.desk.selectors import closure_of
from core.families.duplicates import duplicate_keys_add, known_of_registration
from core.families.jobs import send_confirmation
from core.families.models import (
    AnyFamily,
    Registrant,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import (
    FamilyData,
    PersonData,
    RequestingRegistration,
    SupportRegistration,
    check_requesting,
    check_support,
)
from core.families.rules import Problems, family_name
from core.families.selectors import flooded
from core.families.workflow import REQUESTING_ALLOWED, SUPPORT_ALLOWED, RequestingStatus, SupportStatus
from core.ledger.models import Event
from core.ledger.selectors import codes_on
from core.ledger.services import IN_ONE_STATEMENT, Happening, record, record_all
from tenants.accounts.models import PUBLIC_FORM, Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log_all, change_state
from tenants.context import atomic
from tenants.jobs import enqueue

Kind = TypeVar("Kind", RequestingFamily, SupportFamily)

BEFORE_REGISTRATION = _("Deze datum ligt voor de aanmelding.")


def requesting_family_register(*, data: RequestingRegistration, actor: Actor) -> RequestingFamily:
    """Register an asking family with its parents and children; the same submission twice gives the same family."""
    check_requesting(data)
    return _once(
        RequestingFamily,
        data.submission_key,
        lambda: requesting_families_write([data], actor=actor)[0],
        actor,
    )


def support_family_register(*, data: SupportRegistration, actor: Actor) -> SupportFamily:
    """Register a support family with its adults; the same submission twice gives the same family."""
    check_support(data)
    return _once(
        SupportFamily, data.submission_key, lambda: support_families_write([data], actor=actor)[0], actor
    )


def _once(model: type[Kind], key: UUID, write: Callable[[], Kind], actor: Actor) -> Kind:
    known = model.objects.filter(submission_key=key).first()
    if known:
        return known
    _stop_a_flood(actor)
    _stop_when_closed(model, actor)
    try:
        return write()
    except IntegrityError:
        # The other half of a double click was faster; anything else that is wrong must be heard.
        twin = model.objects.filter(submission_key=key).first()
        if twin is None:
            raise
        return twin


@atomic()
def family_contacted(*, family: AnyFamily, contacted_on: date, actor: Actor) -> AnyFamily:
    """Write down that the first talk with a family that registered took place."""
    _check_day(family, "contacted_on", contacted_on)
    change_fields(family, {"first_contact_on": contacted_on}, about=family, actor=actor)
    if isinstance(family, RequestingFamily):
        change_state(family, RequestingStatus.CONTACTED, allowed=REQUESTING_ALLOWED, actor=actor)
        record(
            event=Event.FAMILY_CONTACTED,
            happened_on=contacted_on,
            municipality_code=family.municipality_code,
            family=family,
            referral_source=family.referral_source,
            days=(contacted_on - family.registered_on).days,
            actor=actor,
        )
    else:
        change_state(family, SupportStatus.CONTACTED, allowed=SUPPORT_ALLOWED, actor=actor)
    return family


@atomic()
def requesting_family_wait(
    *, family: RequestingFamily, since: date, actor: Actor, reason: str = ""
) -> RequestingFamily:
    """Put a family on the waiting list: after the intake, after a coupling ended, or when it comes back."""
    _check_day(family, "since", since)
    change_state(family, RequestingStatus.WAITING, allowed=REQUESTING_ALLOWED, actor=actor, reason=reason)
    change_fields(
        family, {"waiting_since": since, "closed_on": None, "close_reason": ""}, about=family, actor=actor
    )
    record(
        event=Event.WAITING_STARTED,
        happened_on=since,
        municipality_code=family.municipality_code,
        family=family,
        actor=actor,
    )
    return family


@atomic()
def requesting_family_support(
    *, family: RequestingFamily, supported_on: date, actor: Actor
) -> RequestingFamily:
    """Take a family off the waiting list because it has a support family."""
    change_state(family, RequestingStatus.SUPPORTED, allowed=REQUESTING_ALLOWED, actor=actor)
    _waiting_end(family, supported_on, actor)
    return family


@atomic()
def requesting_family_close(
    *, family: RequestingFamily, reason: str, closed_on: date, note: str = "", actor: Actor
) -> RequestingFamily:
    """Close the file of an asking family. Whether anything still runs is for the caller, who knows the couplings."""
    _check_day(family, "closed_on", closed_on)
    was_waiting = family.status == RequestingStatus.WAITING
    change_fields(family, {"close_reason": reason, "closed_on": closed_on}, about=family, actor=actor)
    change_state(family, RequestingStatus.CLOSED, allowed=REQUESTING_ALLOWED, actor=actor, reason=note)
    if was_waiting:
        _waiting_end(family, closed_on, actor)
    record(
        event=Event.FAMILY_CLOSED,
        happened_on=closed_on,
        municipality_code=family.municipality_code,
        family=family,
        close_reason=reason,
        referral_source=family.referral_source,
        days=(closed_on - family.registered_on).days,
        actor=actor,
    )
    return family


@atomic()
def support_family_pause(
    *, family: SupportFamily, until: date | None = None, reason: str = "", actor: Actor
) -> SupportFamily:
    """Let a support family rest: no proposals until it is back."""
    problems = Problems()
    problems.not_before("until", until, timezone.localdate(), _("Deze datum is al geweest."))
    problems.refuse()
    change_state(family, SupportStatus.PAUSED, allowed=SUPPORT_ALLOWED, actor=actor, reason=reason)
    change_fields(family, {"paused_until": until}, about=family, actor=actor)
    return family


@atomic()
def support_family_resume(*, family: SupportFamily, actor: Actor) -> SupportFamily:
    """Make a support family available again after a rest."""
    change_state(family, SupportStatus.AVAILABLE, allowed=SUPPORT_ALLOWED, actor=actor)
    change_fields(family, {"paused_until": None}, about=family, actor=actor)
    return family


@atomic()
def support_family_leave(
    *, family: SupportFamily, reason: str, left_on: date, note: str = "", actor: Actor
) -> SupportFamily:
    """Write down that a support family stops. Whether anything still runs is for the caller to know."""
    _check_day(family, "left_on", left_on)
    change_fields(family, {"close_reason": reason, "closed_on": left_on}, about=family, actor=actor)
    change_state(family, SupportStatus.LEFT, allowed=SUPPORT_ALLOWED, actor=actor, reason=note)
    record(
        event=Event.SUPPORT_LEFT,
        happened_on=left_on,
        municipality_code=family.municipality_code,
        support_family=family,
        channel=family.channel,
        close_reason=reason,
        days=(left_on - family.registered_on).days,
        actor=actor,
    )
    return family


@atomic()
def support_family_return(*, family: SupportFamily, contacted_on: date, actor: Actor) -> SupportFamily:
    """Take up contact again with a support family that had stopped; visit and VOG follow anew."""
    _check_day(family, "contacted_on", contacted_on)
    change_state(family, SupportStatus.CONTACTED, allowed=SUPPORT_ALLOWED, actor=actor)
    change_fields(
        family, {"closed_on": None, "close_reason": "", "visit_on": None}, about=family, actor=actor
    )
    return family


def _waiting_end(family: RequestingFamily, ended_on: date, actor: Actor) -> None:
    since = family.waiting_since
    change_fields(family, {"waiting_since": None}, about=family, actor=actor)
    record(
        event=Event.WAITING_ENDED,
        happened_on=ended_on,
        municipality_code=family.municipality_code,
        family=family,
        household=family.household,
        interpreter=Interpreter.NEEDED if family.interpreter_language.strip() else Interpreter.NOT_NEEDED,
        days=(ended_on - since).days if since else None,
        actor=actor,
    )


def _check_day(family: AnyFamily, field: str, day: date) -> None:
    problems = Problems()
    problems.not_later(field, day, timezone.localdate())
    problems.not_before(field, day, family.registered_on, BEFORE_REGISTRATION)
    problems.refuse()


def _stop_when_closed(model: type[AnyFamily], actor: Actor) -> None:
    """Refuse a form that was open when it was shown and was closed before it was sent."""
    kind = FormKind.REQUESTING if model is RequestingFamily else FormKind.SUPPORT
    closure = closure_of(kind, timezone.localdate()) if actor == PUBLIC_FORM else None
    if closure:
        raise InvalidInput(closure.text)


def _stop_a_flood(actor: Actor) -> None:
    if actor == PUBLIC_FORM and flooded():
        raise InvalidInput(
            _(
                "Er komen nu heel veel aanmeldingen binnen. Wacht tien minuten en verstuur het formulier dan opnieuw."
            )
        )


@atomic()
def requesting_families_write(
    registrations: Sequence[RequestingRegistration], *, actor: Actor
) -> list[RequestingFamily]:
    """Write asking families with everything of their first day, in a few statements however many they are."""
    families: list[RequestingFamily] = []
    parents: list[RequestingParent] = []
    children: list[SupportedChild] = []
    happenings = []
    code_on = cache(_code_on)
    for data in registrations:
        family = RequestingFamily(
            **_shared(data.family, data.parents[0], data.registered_on, code_on),
            **asdict(data.details),
            registered_by=data.registered_by,
            submission_key=data.submission_key,
        )
        families.append(family)
        parents += [
            RequestingParent(family=family, is_contact=index == 0, **asdict(person))
            for index, person in enumerate(data.parents)
        ]
        own = [SupportedChild(family=family, **asdict(child)) for child in data.children]
        children += own
        happenings.append(
            Happening(
                event=Event.FAMILY_REGISTERED,
                happened_on=family.registered_on,
                municipality_code=family.municipality_code,
                family=family,
                children=own,
                referral_source=family.referral_source,
            )
        )
    RequestingFamily.objects.bulk_create(families, batch_size=IN_ONE_STATEMENT)
    RequestingParent.objects.bulk_create(parents, batch_size=IN_ONE_STATEMENT)
    SupportedChild.objects.bulk_create(children, batch_size=IN_ONE_STATEMENT)
    duplicate_keys_add(zip(families, map(known_of_registration, registrations), strict=True))
    _tell(families, happenings, actor)
    for family, data in zip(families, registrations, strict=True):
        if data.registered_by == Registrant.SELF and data.parents[0].email:
            enqueue(send_confirmation, kind="requesting", family_id=str(family.pk))
    return families


@atomic()
def support_families_write(
    registrations: Sequence[SupportRegistration], *, actor: Actor
) -> list[SupportFamily]:
    """Write support families with everything of their first day, in a few statements however many they are."""
    families: list[SupportFamily] = []
    adults: list[SupportAdult] = []
    code_on = cache(_code_on)
    for data in registrations:
        family = SupportFamily(
            **_shared(data.family, data.adults[0], data.registered_on, code_on),
            **asdict(data.details),
            registered_by=data.registered_by,
            submission_key=data.submission_key,
        )
        families.append(family)
        for index, person in enumerate(data.adults):
            known = {name: value for name, value in asdict(person).items() if name != "has_custody"}
            adults.append(SupportAdult(family=family, is_contact=index == 0, **known))
    SupportFamily.objects.bulk_create(families, batch_size=IN_ONE_STATEMENT)
    SupportAdult.objects.bulk_create(adults, batch_size=IN_ONE_STATEMENT)
    duplicate_keys_add(zip(families, map(known_of_registration, registrations), strict=True))
    happenings = [
        Happening(
            event=Event.SUPPORT_REGISTERED,
            happened_on=family.registered_on,
            municipality_code=family.municipality_code,
            support_family=family,
            channel=family.channel,
        )
        for family in families
    ]
    _tell(families, happenings, actor)
    for family, data in zip(families, registrations, strict=True):
        if data.registered_by == Registrant.SELF and data.adults[0].email:
            enqueue(send_confirmation, kind="support", family_id=str(family.pk))
    return families


def _tell(families: Sequence[AnyFamily], happenings: Sequence[Happening], actor: Actor) -> None:
    audit_log_all(action="family_registered", subjects=families, actor=actor)
    record_all(happenings, actor=actor)


def _shared(
    data: FamilyData, contact: PersonData, registered_on: date, code_on: Callable[[date], str]
) -> dict[str, Any]:
    return asdict(data) | {
        "name": data.name or family_name(contact.name_prefix, contact.last_name),
        "municipality_code": data.municipality_code or code_on(registered_on),
        "registered_on": registered_on,
    }


def _code_on(day: date) -> str:
    return next(iter(codes_on(day)), "")
