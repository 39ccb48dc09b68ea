"""What is written in a file besides its state: notes, consents, and corrections of people and addresses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from core.families.duplicates import duplicate_keys_write
from core.families.models import (
    AnyFamily,
    Consent,
    ContactNote,
    NotePin,
    Registrant,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.registration import ChildData, FamilyData, PersonData, RequestingData, SupportData
from core.families.rows import insert
from core.families.rules import Problems, check_child
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log
from tenants.context import atomic

WITHDRAWN_BEFORE_GIVEN = _("Deze datum ligt voor de dag waarop de toestemming is gegeven.")


def owner(family: AnyFamily) -> dict[str, Any]:
    """Return the keyword under which notes and consents point to this kind of family."""
    return {"requesting_family" if isinstance(family, RequestingFamily) else "support_family": family}


@atomic()
def note_add(
    *, family: AnyFamily, kind: str, happened_on: date, text: str, confidential_to: str = "", actor: Actor
) -> ContactNote:
    """Add a note; it can not be changed afterwards. A confidential one is for one role, and for who wrote it."""
    problems = Problems()
    problems.not_later("happened_on", happened_on, timezone.localdate())
    problems.check(bool(text.strip()), "text", _("Schrijf op wat er is gezegd of gedaan."))
    problems.refuse()
    note = insert(
        ContactNote,
        **owner(family),
        kind=kind,
        happened_on=happened_on,
        text=text.strip(),
        author_name=actor.full_name,
        author_id=actor.id,
        confidential_to=confidential_to,
    )
    audit_log(action="note_added", subject=family, actor=actor)
    return note


@atomic()
def note_pin(*, note: ContactNote, actor: Actor) -> None:
    """Put a note on top of the file; twice is once."""
    family = note.requesting_family or note.support_family
    _pin, made = NotePin.objects.get_or_create(note=note, defaults={"pinned_by": actor.full_name})
    if made:
        audit_log(action="note_pinned", subject=family, actor=actor)


@atomic()
def note_unpin(*, note: ContactNote, actor: Actor) -> None:
    """Take a note down from the top of the file; it stays among the notes."""
    count, _tables = NotePin.objects.filter(note=note).delete()
    if count:
        audit_log(action="note_unpinned", subject=note.requesting_family or note.support_family, actor=actor)


@atomic()
def consent_give(*, family: AnyFamily, group: str, given_on: date, note: str = "", actor: Actor) -> Consent:
    """Record that a family agreed that we know something sensitive, with the note itself."""
    problems = Problems()
    problems.not_later("given_on", given_on, timezone.localdate())
    problems.refuse()
    try:
        with atomic():
            consent = insert(
                Consent,
                **owner(family),
                group=group,
                given_on=given_on,
                note=note,
                recorded_by=actor.full_name,
            )
    except IntegrityError as error:
        raise Conflict(_("Voor dit onderwerp is al toestemming vastgelegd.")) from error
    audit_log(action="consent_given", subject=family, actor=actor, purpose=group)
    return consent


@atomic()
def sensitive_note_write(*, family: AnyFamily, group: str, note: str, actor: Actor) -> Consent:
    """Change the note of a sensitive group; refused without a live consent for that group."""
    consent = (
        Consent.objects.select_for_update().filter(**owner(family), group=group, withdrawn_on=None).first()
    )
    if consent is None:
        raise Conflict(_("Zonder toestemming voor dit onderwerp mogen wij er niets over bewaren."))
    change_fields(consent, {"note": note}, about=family, actor=actor, withhold={"note"})
    audit_log(action="sensitive_note_changed", subject=family, actor=actor, purpose=group)
    return consent


@atomic()
def sensitive_notes_record(
    *, family: AnyFamily, given: Collection[str], notes: Mapping[str, str], on: date, actor: Actor
) -> None:
    """Record consents and notes of an intake together: a note about a group without a consent is refused."""
    live = set(family.consents.filter(withdrawn_on=None).values_list("group", flat=True))
    problems = Problems()
    for group, note in notes.items():
        if note and group not in live and group not in given:
            problems.add(f"note_{group}", _("Zonder toestemming mogen wij hier niets over bewaren."))
    problems.refuse()
    for group, note in notes.items():
        if group in live:
            sensitive_note_write(family=family, group=group, note=note, actor=actor)
        elif group in given:
            consent_give(family=family, group=group, given_on=on, note=note, actor=actor)


@atomic()
def consent_withdraw(*, consent: Consent, withdrawn_on: date, actor: Actor) -> Consent:
    """Withdraw a consent: the note goes, the dates stay as proof."""
    row = Consent.objects.select_for_update().get(pk=consent.pk)
    if row.withdrawn_on is not None:
        raise Conflict(_("Deze toestemming was al ingetrokken."))
    problems = Problems()
    problems.not_later("withdrawn_on", withdrawn_on, timezone.localdate())
    problems.not_before("withdrawn_on", withdrawn_on, row.given_on, WITHDRAWN_BEFORE_GIVEN)
    problems.refuse()
    family = row.requesting_family or row.support_family
    change_fields(
        row,
        {"withdrawn_on": withdrawn_on, "note": ""},
        about=family or row,
        actor=actor,
        withhold={"note"},
    )
    audit_log(action="consent_withdrawn", subject=family, actor=actor, purpose=row.group)
    return row


@atomic()
def requesting_family_change(
    *, family: RequestingFamily, shared: FamilyData, details: RequestingData, actor: Actor
) -> RequestingFamily:
    """Correct what is known of an asking family."""
    problems = Problems()
    problems.check(
        family.registered_by != Registrant.REFERRER or details.permission_told_on is not None,
        "permission_told_on",
        _("Een verwijzer heeft dit gezin aangemeld: vul in wanneer de ouders toestemming gaven."),
    )
    problems.not_later("permission_told_on", details.permission_told_on, timezone.localdate())
    problems.refuse()
    change_fields(family, _known(shared) | asdict(details), about=family, actor=actor)
    duplicate_keys_write(family)
    audit_log(action="family_changed", subject=family, actor=actor)
    return family


@atomic()
def support_family_change(
    *, family: SupportFamily, shared: FamilyData, details: SupportData, actor: Actor
) -> SupportFamily:
    """Correct what is known of a support family."""
    change_fields(family, _known(shared) | asdict(details), about=family, actor=actor)
    duplicate_keys_write(family)
    audit_log(action="family_changed", subject=family, actor=actor)
    return family


@atomic()
def parent_add(*, family: RequestingFamily, data: PersonData, actor: Actor) -> RequestingParent:
    """Add a parent or guardian."""
    parent = insert(RequestingParent, family=family, **asdict(data))
    duplicate_keys_write(family)
    audit_log(action="parent_added", subject=family, actor=actor)
    return parent


@atomic()
def parent_change(
    *, parent: RequestingParent, data: PersonData, agreed_on: date | None, actor: Actor
) -> RequestingParent:
    """Correct a parent, and keep since when this parent agrees with support."""
    problems = Problems()
    problems.not_later("agreed_on", agreed_on, timezone.localdate())
    problems.refuse()
    change_fields(parent, asdict(data) | {"agreed_on": agreed_on}, about=parent.family, actor=actor)
    duplicate_keys_write(parent.family)
    audit_log(action="parent_changed", subject=parent.family, actor=actor)
    return parent


@atomic()
def parents_agree(*, parents: Sequence[RequestingParent], agreed_on: date, actor: Actor) -> None:
    """Write down that parents agree with support; who agreed before keeps the earlier day."""
    for parent in parents:
        if parent.agreed_on is None:
            change_fields(parent, {"agreed_on": agreed_on}, about=parent.family, actor=actor)
            audit_log(action="parent_agreed", subject=parent.family, actor=actor)


@atomic()
def child_add(*, family: RequestingFamily, data: ChildData, actor: Actor) -> SupportedChild:
    """Add a child."""
    _check_child(data)
    child = insert(SupportedChild, family=family, **asdict(data))
    duplicate_keys_write(family)
    audit_log(action="child_added", subject=family, actor=actor)
    return child


@atomic()
def child_change(*, child: SupportedChild, data: ChildData, actor: Actor) -> SupportedChild:
    """Correct a child; a due date makes way for the month of birth."""
    _check_child(data)
    change_fields(child, asdict(data), about=child.family, actor=actor)
    duplicate_keys_write(child.family)
    audit_log(action="child_changed", subject=child.family, actor=actor)
    return child


@atomic()
def adult_add(*, family: SupportFamily, data: PersonData, needs_vog: bool, actor: Actor) -> SupportAdult:
    """Add an adult to a support household."""
    adult = insert(SupportAdult, family=family, needs_vog=needs_vog, **_adult(data))
    duplicate_keys_write(family)
    audit_log(action="adult_added", subject=family, actor=actor)
    return adult


@atomic()
def adult_change(
    *, adult: SupportAdult, data: PersonData, needs_vog: bool, left_household_on: date | None, actor: Actor
) -> SupportAdult:
    """Correct an adult of a support household, or write down that this person moved out."""
    problems = Problems()
    problems.not_later("left_household_on", left_household_on, timezone.localdate())
    if adult.is_contact:
        problems.check(
            left_household_on is None,
            "left_household_on",
            _("Dit is de eerste contactpersoon. Kies eerst een ander."),
        )
        problems.check(needs_vog, "needs_vog", _("De eerste contactpersoon heeft altijd een VOG nodig."))
    problems.refuse()
    change_fields(
        adult,
        _adult(data) | {"needs_vog": needs_vog, "left_household_on": left_household_on},
        about=adult.family,
        actor=actor,
    )
    duplicate_keys_write(adult.family)
    audit_log(action="adult_changed", subject=adult.family, actor=actor)
    return adult


def _known(shared: FamilyData) -> dict[str, Any]:
    known = asdict(shared)
    # The code at registration is history; the ledger finds the one that holds later by itself.
    known.pop("municipality_code")
    return known


def _adult(data: PersonData) -> dict[str, Any]:
    return {name: value for name, value in asdict(data).items() if name != "has_custody"}


def _check_child(data: ChildData) -> None:
    problems = Problems()
    check_child(
        problems,
        prefix="",
        birth_year=data.birth_year,
        birth_month=data.birth_month,
        due_on=data.due_on,
        on=timezone.localdate(),
    )
    problems.refuse()
