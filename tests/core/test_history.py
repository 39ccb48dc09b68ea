"""Every field has its history: whatever a service changes in a case, what it was and who did it is kept.

The walk goes through the life of families and couplings by the services alone. After each step every row of the case
is compared with what it was: a column that differs must have its line. At the end every column that a person can fill
in has been changed somewhere on the way, or stands in a short list with the reason why not.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Field, ForeignKey
from django.urls import set_urlconf

from core.agreements.models import Booking, CalendarFeed
from core.agreements.services import calendar_make, calendar_revoke
from core.couplings.models import Coupling
from core.couplings.services import closing_talk_record
from core.families.models import (
    Consent,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.record_services import (
    adult_change,
    child_change,
    consent_give,
    consent_withdraw,
    parent_change,
    requesting_family_change,
    sensitive_note_write,
    support_family_change,
)
from core.families.registration import ChildData, FamilyData, PersonData, RequestingData, SupportData
from core.families.services import (
    family_contacted,
    requesting_family_close,
    support_family_leave,
    support_family_pause,
    support_family_resume,
    support_family_return,
)
from core.families.workflow import RequestingStatus, SupportStatus
from core.files.models import StoredFile
from core.guidance.models import GuidanceMoment, MomentKind
from core.guidance.services import (
    coupling_make_definitive,
    coupling_reopen,
    moment_drop,
    moment_hold,
    moment_reschedule,
    trial_extend,
    trial_start,
    trial_stop,
)
from core.home.coupling_panel import coupling_file
from core.home.merge_services import families_merge, merge_undo
from core.home.panels import requesting_file
from core.intake.models import Reference, SupportNeed, SupportOffer
from core.intake.services import (
    NeedData,
    OfferData,
    ReferenceData,
    intake_plan,
    need_complete,
    need_save,
    offer_complete,
    offer_save,
    reference_add,
    reference_change,
    requesting_family_reopen,
    screening_plan,
    support_family_approve,
)
from core.matching.models import MatchProposal
from core.matching.services import proposal_ask_support, proposal_decline
from core.tasks.models import Task
from core.tasks.services import task_add, task_finish, task_reopen
from core.vog.models import ConductCertificateCheck
from core.vog.services import vog_received, vog_request, vog_seen
from tenants.accounts.models import User
from tenants.audit.history import plain
from tenants.audit.models import FieldChange, Transition
from tenants.models import ScopedModel
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.factories.chain import day

CASE: tuple[type[ScopedModel], ...] = (
    RequestingFamily, RequestingParent, SupportedChild, SupportFamily, SupportAdult, Consent, SupportNeed, SupportOffer,
    Reference, ConductCertificateCheck, MatchProposal, Coupling, GuidanceMoment, CalendarFeed, Booking, Task,
    StoredFile,
)  # fmt: skip
# Rows about a case that are never changed but made and taken away, or that are themselves a history.
NO_CASE = {
    "families.notepin", "families.duplicatekey", "intake.needchild", "matching.proposalchild",
    "couplings.couplingchild", "imports.importedfamily",
    # Their own app appends every step, and a general history may not even say that they exist (decision 10).
    "safeguarding.concern",
    # Every step over the border is a change of state with its row; tests/core/border walks all of them.
    "border.borderexchange",
}  # fmt: skip
# What is written when the row is made, and by no service after that.
WRITTEN_ONCE = {
    "families.requestingfamily": "municipality_code registered_on registered_by",
    "families.supportfamily": "municipality_code registered_on registered_by",
    "families.consent": "group given_on recorded_by",
    "intake.supportneed": "family asked",
    "intake.supportoffer": "family asked",
    "vog.conductcertificatecheck": "adult requested_on",
    "matching.matchproposal": (
        "family support_family proposed_on score reasons_for reasons_against questions weights_version"
        " place_in_list outside_reason profile_text"
    ),
    "couplings.coupling": "family support_family proposal introduced_on",
    "guidance.guidancemoment": "coupling kind",
    "agreements.calendarfeed": "coupling party made_on",
    "agreements.booking": "agreement child support_family day_part weeks starts_on",
    "tasks.task": "title reason due_on subject_kind",
    "files.storedfile": "subject_kind kind size",
}
# What has no line of its own, with the reason.
WITHOUT = {
    "agreements.calendarfeed": {"last_read_on": "a machine fetched it; nobody changed it"},
    "tasks.task": {"done_on": "the day of its change of state, which is kept"},
    "files.storedfile": {
        "name": "taken away with the file: what is removed is not kept twice",
        "note": "taken away with the file: what is removed is not kept twice",
    },
}
# Followed by tests of their own: what a merge moves (families/test_duplicates.py) and the answers to questions that
# somebody added (intake/test_questions.py).
ELSEWHERE = {
    *("family", "requesting_family", "support_family", "subject_id", "merged_into", "is_contact", "answers"),
}

Rows = dict[tuple[type[ScopedModel], UUID], dict[str, Any]]


def columns(model: type[ScopedModel]) -> "list[Field[Any, Any]]":
    """Return what a service writes and the database does not by itself."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and (field.editable or field.name == "status")
    ]


def rows_now() -> Rows:
    return {
        (model, row.pk): {field.name: plain(getattr(row, field.attname)) for field in columns(model)}
        for model in CASE
        for row in model._default_manager.all()
    }


def without_line(before: Rows, after: Rows, changed: set[tuple[str, str]]) -> list[str]:
    """Return the columns that became something else without a line that says so."""
    missing = []
    for (model, pk), values in after.items():
        for name, value in values.items():
            old = before.get((model, pk), values)[name]
            label = model._meta.label_lower
            if value == old or name in WITHOUT.get(label, {}):
                continue
            changed.add((label, name))
            if name == "status":
                last = Transition.objects.filter(object_id=pk).order_by("at").last()
                kept = last is not None and last.to_state == value
            else:
                line = FieldChange.objects.filter(object_id=pk, field=name).order_by("at").last()
                kept = line is not None and (line.withheld or text(line.new) == text(value))
            if not kept:
                missing.append(f"{label}.{name}")
    return missing


def text(value: Any) -> str:
    return "" if value is None else str(value)


def walk(actor: User) -> Iterator[str]:  # noqa: PLR0915  (one life, step by step)
    """Go through two families, their coupling and what follows; say after each step what was done."""
    family = chain.waiting_family(
        status=RequestingStatus.REGISTERED, first_contact_on=None, need={"completed_on": None}
    )
    support = chain.available_support(
        status=SupportStatus.REGISTERED, first_contact_on=None, approved_on=None, vog=False,
        offer={"completed_on": None, "house_rules_accepted_on": None},
    )  # fmt: skip
    yield "two registrations"
    for registered in (family, support):
        family_contacted(family=registered, contacted_on=day(-10), actor=actor)
        yield "called"
    requesting_family_change(
        family=family,
        shared=FamilyData(
            name="Smit", street="Kade 1", postcode="1443 AA", place="Edam", secret_address=True, remarks="Later"
        ),
        details=RequestingData(
            household="single_parent", referral_source="school", referrer_name="Juf", referrer_phone="+31600000009",
            permission_told_on=day(-9), safe_contact="na negen", interpreter_language="Arabisch",
        ),
        actor=actor,
    )  # fmt: skip
    yield "asking family corrected"
    support_family_change(
        family=support,
        shared=FamilyData(
            name="Bos",
            street="Kade 2",
            postcode="1443 AB",
            place="Edam",
            secret_address=True,
            remarks="Later",
        ),
        details=SupportData(channel="press", motivation="Wij hebben plek"),
        actor=actor,
    )
    yield "support family corrected"
    person = PersonData(
        first_name="Nora", name_prefix="van", last_name="Dam", phone="+31600000010", email="n@example.org",
        has_custody=False,
    )  # fmt: skip
    parent = family.parents.get()
    parent_change(parent=parent, data=person, agreed_on=day(-1), actor=actor)
    yield "parent"
    child = family.children.get()
    child_change(
        child=child, data=ChildData(first_name="Bo", due_on=day(30), remarks="Houdt van water"), actor=actor
    )
    yield "child expected"
    child_change(
        child=child, data=ChildData(first_name="Bo", birth_year=day().year - 3, birth_month=2), actor=actor
    )
    yield "child born"
    adult = support.adults.get()
    second = SupportAdult.objects.create(family=support, first_name="Els", last_name="Bos")
    yield "one more adult"
    adult_change(adult=second, data=person, needs_vog=False, left_household_on=day(-1), actor=actor)
    yield "adult"
    for owner in (family, support):
        consent = consent_give(family=owner, group="health", given_on=day(-3), note="Kort", actor=actor)
        sensitive_note_write(family=owner, group="health", note="Langer", actor=actor)
        yield "sensitive note"
        consent_withdraw(consent=consent, withdrawn_on=day(), actor=actor)
        yield "withdrawn"
    intake_plan(family=family, visit_on=day(-2), actor=actor)
    screening_plan(family=support, visit_on=day(-2), actor=actor)
    yield "visits"
    need = need_save(
        family=family,
        data=NeedData(
            held_on=day(-2), children=[child], question_support="a", question_upbringing="b", question_expectation="c",
            question_reciprocity="d", gives=["cooking"], forms=["overnight", "weekly_half_day"],
            frequency="fortnightly",
            day_parts=["wo-ochtend", "za-middag"], overnight=True, vetoes=["smoking"], wishes=["quiet"], traits=["dog"],
            needs_transport=True, max_distance_km=5,
        ),
        actor=actor,
    )  # fmt: skip
    yield "intake"
    need_complete(need=need, completed_on=day(-1), actor=actor)
    yield "intake done"
    offer = offer_save(
        family=support,
        data=OfferData(
            held_on=day(-2), household="Vier", forms=["overnight", "weekly_half_day"], frequency="fortnightly",
            day_parts=["wo-ochtend", "za-middag"], overnight=True, capacity=2, age_bands=["0-3"],
            own_children_age_bands=["4-7"], traits=["cat"], vetoes=["smoking"], strengths=["quiet"],
            hopes=["company"], has_transport=True,
            max_distance_km=6, house_rules_accepted_on=day(-1), references_reason="Bekend",
        ),
        actor=actor,
    )  # fmt: skip
    yield "offer"
    offer_complete(offer=offer, completed_on=day(-1), actor=actor)
    reference = reference_add(family=support, data=ReferenceData(name="Buur"), actor=actor)
    yield "offer done"
    reference_change(
        reference=reference,
        data=ReferenceData(
            name="Buurvrouw", phone="+31600000011", relation="buren", asked_on=day(), positive=True
        ),
        actor=actor,
    )
    yield "reference"
    check = vog_request(adult=adult, requested_on=day(-8), actor=actor)
    yield "VOG asked for"
    vog_received(check=check, received_on=day(-5), actor=actor)
    yield "VOG received"
    vog_seen(check=check, issued_on=day(-6), seen_on=day(-4), profile="84", actor=actor)
    yield "VOG seen"
    support_family_approve(family=support, approved_on=day(), actor=actor)
    yield "approved"
    support_family_pause(family=support, until=day(9), actor=actor)
    yield "pause"
    support_family_resume(family=support, actor=actor)
    yield "back"
    yield from _couplings(actor)
    requesting_family_close(family=family, reason="other", closed_on=day(), actor=actor)
    yield "closed"
    requesting_family_reopen(family=family, since=day(), actor=actor)
    yield "open again"
    support_family_leave(family=support, reason="other", left_on=day(), actor=actor)
    yield "left"
    support_family_return(family=support, contacted_on=day(), actor=actor)
    yield "returned"
    kept, gone = (chain.waiting_family(name, status=RequestingStatus.REGISTERED) for name in ("Een", "Twee"))
    gone.parents.update(first_name="Zoë", phone="+31600000012")
    gone.children.update(first_name="Ander")
    merge = families_merge(kept=kept, gone=gone, take={"name"}, actor=actor)
    yield "merged"
    merge_undo(merge=merge, kept=kept, gone=gone, actor=actor)
    yield "two again"
    task = task_add(title="Bellen", due_on=day(3), subject=family, actor=actor)
    yield "task"
    task_finish(task=task, actor=actor)
    yield "done"
    task_reopen(task=task, actor=actor)
    yield "not done"


def _couplings(actor: User) -> Iterator[str]:
    made = chain.proposal(chain.waiting_family("Nee"), chain.available_support("Nee"))
    yield "proposal"
    proposal_ask_support(proposal=made, asked_on=day(-1), actor=actor)
    yield "asked"
    proposal_decline(proposal=made, reason="te druk", decided_on=day(), actor=actor)
    yield "declined"
    trial = chain.in_trial(chain.waiting_family("Proef"), chain.available_support("Proef"))
    yield "trial"
    trial_extend(coupling=trial, ends_on=day(40), actor=actor)
    yield "longer"
    trial_stop(coupling=trial, ending=chain.ending(note="Geen klik"), actor=actor)
    yield "stopped"
    introduced = chain.introduced(chain.waiting_family("Duo"), chain.available_support("Duo"))
    yield "introduced"
    start, agreed = day(-20), chain.agreement(on=day(-20))
    trial_start(coupling=introduced, started_on=start, ends_on=day(10), agreement=agreed, actor=actor)
    yield "trial"
    coupling_make_definitive(coupling=introduced, coupled_on=day(-5), agreement=agreed, actor=actor)
    yield "coupled"
    moment = introduced.moments.get(kind=MomentKind.MONTH_3)
    moment_reschedule(moment=moment, due_on=day(20), actor=actor)
    yield "moved"
    moment_drop(moment=introduced.moments.get(kind=MomentKind.MONTH_18), reason="niet nodig", actor=actor)
    yield "dropped"
    moment_hold(moment=moment, held_on=day(), actor=actor)
    yield "held"
    calendar_make(coupling=introduced, party="family", actor=actor)
    yield "calendar"
    calendar_revoke(calendar=introduced.calendars.get(revoked_on=None), actor=actor)
    yield "calendar gone"
    introduced.refresh_from_db()
    chain.finish(introduced, note="Verhuisd", continues_privately=True)
    yield "ended"
    closing_talk_record(coupling=introduced, talk_family_on=day(), talk_support_on=day(), actor=actor)
    yield "closing talks"
    coupling_reopen(coupling=introduced, reopened_on=day(), reason="toch weer", actor=actor)
    yield "reopened"


def test_whatever_a_service_changes_in_a_case_has_its_history(
    in_purmerend: Municipality, coordinator: User
) -> None:
    chain.postcode_areas()
    before, changed = rows_now(), set[tuple[str, str]]()
    missing = {}
    for step in walk(coordinator):
        after = rows_now()
        if found := without_line(before, after, changed):
            missing[step] = found
        before = after
    assert missing == {}
    unproven = [
        f"{model._meta.label_lower}.{field.name}"
        for model in CASE
        for field in columns(model)
        if (model._meta.label_lower, field.name) not in changed
        and field.name not in WRITTEN_ONCE.get(model._meta.label_lower, "").split()
        and field.name not in WITHOUT.get(model._meta.label_lower, {})
        and field.name not in {*ELSEWHERE, "status"}
    ]
    assert unproven == [], "let the walk change these, or say why nothing does"


def test_what_is_about_a_case_is_in_the_walk() -> None:
    about = {RequestingFamily, SupportFamily, Coupling, MatchProposal}
    found = {
        model._meta.label_lower
        for model in apps.get_models()
        if issubclass(model, ScopedModel)
        and not model.append_only
        and any(
            isinstance(field, ForeignKey) and field.related_model in about
            for field in model._meta.concrete_fields
        )
    }
    assert found - {model._meta.label_lower for model in CASE} <= NO_CASE, (
        "add the table to CASE, or to NO_CASE"
    )


def test_the_comparison_notices_a_column_that_was_written_past_the_history(
    in_purmerend: Municipality,
) -> None:
    made = chain.coupled()
    before = rows_now()
    Coupling.objects.filter(pk=made.pk).update(ending_note="zomaar", coupled_on=day(-19))
    assert without_line(before, rows_now(), set()) == [
        "couplings.coupling.coupled_on",
        "couplings.coupling.ending_note",
    ]


@pytest.fixture
def _addresses() -> Iterator[None]:
    set_urlconf("config.urls_municipality")
    yield
    set_urlconf(None)


@pytest.mark.usefixtures("_addresses")
def test_the_file_shows_what_a_date_was(in_purmerend: Municipality, coordinator: User) -> None:
    made = chain.in_trial()
    trial_extend(coupling=made, ends_on=day(50), actor=coordinator)
    entries = [
        entry for entry in coupling_file(made, coordinator).timeline if entry.who == coordinator.full_name
    ]
    labels = {line.label for entry in entries for line in entry.lines}
    assert "Proefperiode tot" in labels
    found = requesting_file(made.family, coordinator)
    assert any(line.label == "Laatst gevraagd op" for entry in found.timeline for line in entry.lines)
