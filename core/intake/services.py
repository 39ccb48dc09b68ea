"""From first talk to waiting list or approval: visits, what is asked, what is offered, references, approval."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.errors import Conflict, InvalidInput
from common.vocabulary import SupportForm
from core.families.models import AnyFamily, RequestingFamily, RequestingParent, SupportedChild, SupportFamily
from core.families.record_services import parents_agree, sensitive_notes_record
from core.families.rows import insert
from core.families.rules import Problems
from core.families.services import BEFORE_REGISTRATION, requesting_family_wait
from core.families.workflow import REQUESTING_ALLOWED, SUPPORT_ALLOWED, RequestingStatus, SupportStatus
from core.intake.models import LocalQuestions, NeedChild, Reference, SupportNeed, SupportOffer
from core.intake.questions import (
    QuestionSet,
    answers_in_words,
    questions_keep,
    questions_now,
    questions_of,
)
from core.ledger.models import Event
from core.ledger.services import record
from core.vog.selectors import adults_without_valid_vog, policy_on, rules_missing
from tenants.accounts.models import Actor
from tenants.audit.history import Change, change_fields, changes_append
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic, current_scope
from tenants.standards.defaults import SUBJECTS
from tenants.standards.models import StandardKind
from tenants.standards.questions import extras_changed, problem_of

VISIT_AT_MOST_AHEAD = timedelta(days=366)
NEED_IN_STATES = frozenset({RequestingStatus.INTAKE, RequestingStatus.WAITING, RequestingStatus.SUPPORTED})
OFFER_IN_STATES = frozenset({SupportStatus.SCREENING, SupportStatus.AVAILABLE, SupportStatus.PAUSED})
# What an intake has beside plain columns.
APART = frozenset({"children", "answers"})
NOT_NOW = _("De intake kan in deze stand van het dossier niet worden ingevuld.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedData:
    """The intake of an asking family. Everything but the day may wait until the intake is finished."""

    held_on: date
    children: Sequence[SupportedChild] = ()
    question_support: str = ""
    question_upbringing: str = ""
    question_expectation: str = ""
    question_reciprocity: str = ""
    forms: Sequence[str] = ()
    frequency: str = ""
    day_parts: Sequence[str] = ()
    overnight: bool = False
    vetoes: Sequence[str] = ()
    wishes: Sequence[str] = ()
    gives: Sequence[str] = ()
    traits: Sequence[str] = ()
    needs_transport: bool | None = None
    max_distance_km: int | None = None
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferData:
    """The intake of a support family."""

    held_on: date
    household: str = ""
    forms: Sequence[str] = ()
    frequency: str = ""
    day_parts: Sequence[str] = ()
    overnight: bool = False
    capacity: int = 1
    age_bands: Sequence[str] = ()
    own_children_age_bands: Sequence[str] = ()
    traits: Sequence[str] = ()
    vetoes: Sequence[str] = ()
    strengths: Sequence[str] = ()
    hopes: Sequence[str] = ()
    has_transport: bool | None = None
    max_distance_km: int | None = None
    house_rules_accepted_on: date | None = None
    references_reason: str = ""
    answers: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceData:
    """Somebody who can tell about a support family; ``positive`` is known after the talk."""

    name: str
    phone: str = ""
    relation: str = ""
    asked_on: date | None = None
    positive: bool | None = field(default=None)


# ---------------------------------------------------------------------------------------------------------- visits


@atomic()
def intake_plan(*, family: RequestingFamily, visit_on: date, actor: Actor) -> RequestingFamily:
    """Plan the home visit of an asking family, or move it."""
    _check_visit(family, visit_on)
    if family.status != RequestingStatus.INTAKE:
        change_state(family, RequestingStatus.INTAKE, allowed=REQUESTING_ALLOWED, actor=actor)
    _visit_write(family, visit_on, actor)
    return family


@atomic()
def screening_plan(*, family: SupportFamily, visit_on: date, actor: Actor) -> SupportFamily:
    """Plan the home visit of a support family, or move it."""
    _check_visit(family, visit_on)
    if family.status != SupportStatus.SCREENING:
        change_state(family, SupportStatus.SCREENING, allowed=SUPPORT_ALLOWED, actor=actor)
    _visit_write(family, visit_on, actor)
    return family


# ------------------------------------------------------------------------------------------------- asking families


@atomic()
def need_save(*, family: RequestingFamily, data: NeedData, actor: Actor) -> SupportNeed:
    """Keep what was noted at the kitchen table, finished or not."""
    locked = RequestingFamily.objects.select_for_update().get(pk=family.pk)
    if locked.status not in NEED_IN_STATES:
        raise Conflict(NOT_NOW)
    problems = Problems()
    _check_held(problems, family, data.held_on)
    children = list(data.children)
    own = {child.pk for child in family.children.all()}
    problems.check(
        all(child.pk in own for child in children), "children", _("Dit kind hoort niet bij dit gezin.")
    )
    need = SupportNeed.objects.filter(family=family).first()
    if need and need.completed_on:
        _check_need(problems, data)
    problems.refuse()
    values = {name: value for name, value in _columns(data).items() if name not in APART}
    if need is None:
        asked = questions_keep(questions_now(StandardKind.REQUESTING_INTAKE))
        need = insert(SupportNeed, family=family, asked=asked, **values)
    else:
        before = sorted(str(child) for child in need.children.all())
        change_fields(need, values, about=family, actor=actor)
        after = sorted(str(child) for child in children)
        changes_append(need, [Change(field="children", old=before, new=after)], about=family, actor=actor)
        NeedChild.objects.filter(need=need).delete()
    for child in children:
        NeedChild.objects.create(need=need, child=child)
    _answers_save(need, questions_of(StandardKind.REQUESTING_INTAKE, need), data.answers, family, actor)
    audit_log(action="intake_saved", subject=family, actor=actor)
    return need


@atomic()
def need_complete(*, need: SupportNeed, completed_on: date, actor: Actor) -> SupportNeed:
    """Finish the intake: from now on the family waits for a support family."""
    family = need.family
    children = list(need.children.all())
    problems = Problems()
    _check_need(problems, _need_data(need, children))
    problems.not_later("completed_on", completed_on, timezone.localdate())
    problems.not_before(
        "completed_on", completed_on, need.held_on, _("De intake kan niet zijn afgerond voor het huisbezoek.")
    )
    problems.refuse()
    requesting_family_wait(family=family, since=completed_on, actor=actor)
    change_fields(need, {"completed_on": completed_on}, about=family, actor=actor)
    record(
        event=Event.INTAKE_DONE,
        happened_on=completed_on,
        municipality_code=family.municipality_code,
        family=family,
        children=children,
        support_form=need.forms[0],
        referral_source=family.referral_source,
        days=(completed_on - family.registered_on).days,
        actor=actor,
    )
    return need


@atomic()
def requesting_family_reopen(
    *, family: RequestingFamily, since: date, reason: str = "", actor: Actor
) -> RequestingFamily:
    """Put a closed family back on the waiting list; without a finished intake it has to register anew."""
    if not SupportNeed.objects.filter(family=family, completed_on__isnull=False).exists():
        raise Conflict(_("Dit gezin heeft geen afgeronde intake. Schrijf het gezin opnieuw in."))
    problems = Problems()
    problems.not_before("since", since, family.closed_on, _("Deze datum ligt voor de afsluiting."))
    problems.refuse()
    return requesting_family_wait(family=family, since=since, actor=actor, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """What a family agreed to in an intake: sensitive groups, and the notes about them."""

    given: Collection[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


@atomic()
def need_write(
    *,
    family: RequestingFamily,
    data: NeedData,
    consents: Consents,
    agreed: Sequence[RequestingParent] = (),
    complete: bool = False,
    actor: Actor,
) -> SupportNeed:
    """Keep a whole page of the intake: needs, consents with their notes, parents who agree; and finish it if asked."""
    need = need_save(family=family, data=data, actor=actor)
    sensitive_notes_record(
        family=family, given=consents.given, notes=consents.notes, on=data.held_on, actor=actor
    )
    parents_agree(parents=agreed, agreed_on=data.held_on, actor=actor)
    if complete and need.completed_on is None:
        need_complete(need=need, completed_on=timezone.localdate(), actor=actor)
    return need


# ------------------------------------------------------------------------------------------------ support families


@atomic()
def offer_save(*, family: SupportFamily, data: OfferData, actor: Actor) -> SupportOffer:
    """Keep what a support family offers, finished or not."""
    locked = SupportFamily.objects.select_for_update().get(pk=family.pk)
    if locked.status not in OFFER_IN_STATES:
        raise Conflict(NOT_NOW)
    problems = Problems()
    _check_held(problems, family, data.held_on)
    problems.check(1 <= data.capacity <= 6, "capacity", _("Vul een getal in van 1 tot en met 6."))  # noqa: PLR2004
    problems.not_later("house_rules_accepted_on", data.house_rules_accepted_on, timezone.localdate())
    offer = SupportOffer.objects.filter(family=family).first()
    if offer and offer.completed_on:
        _check_offer(problems, data)
    problems.refuse()
    values = {name: value for name, value in _columns(data).items() if name not in APART}
    if offer is None:
        asked = questions_keep(questions_now(StandardKind.SUPPORT_INTAKE))
        offer = insert(SupportOffer, family=family, asked=asked, **values)
    else:
        change_fields(offer, values, about=family, actor=actor)
    _answers_save(offer, questions_of(StandardKind.SUPPORT_INTAKE, offer), data.answers, family, actor)
    audit_log(action="intake_saved", subject=family, actor=actor)
    return offer


@atomic()
def offer_complete(*, offer: SupportOffer, completed_on: date, actor: Actor) -> SupportOffer:
    """Finish the intake of a support family; approval follows when references and VOG are in order too."""
    problems = Problems()
    _check_offer(problems, _offer_data(offer))
    problems.not_later("completed_on", completed_on, timezone.localdate())
    problems.not_before(
        "completed_on",
        completed_on,
        offer.held_on,
        _("De intake kan niet zijn afgerond voor het huisbezoek."),
    )
    problems.refuse()
    change_fields(offer, {"completed_on": completed_on}, about=offer.family, actor=actor)
    audit_log(action="intake_completed", subject=offer.family, actor=actor)
    return offer


@atomic()
def offer_write(
    *, family: SupportFamily, data: OfferData, consents: Consents, complete: bool = False, actor: Actor
) -> SupportOffer:
    """Keep a whole page of the intake of a support family; and finish it if asked."""
    offer = offer_save(family=family, data=data, actor=actor)
    sensitive_notes_record(
        family=family, given=consents.given, notes=consents.notes, on=data.held_on, actor=actor
    )
    if complete and offer.completed_on is None:
        offer_complete(offer=offer, completed_on=timezone.localdate(), actor=actor)
    return offer


@atomic()
def local_questions_save(
    *, kind: StandardKind, questions: Sequence[Mapping[str, Any]], actor: Actor
) -> LocalQuestions | None:
    """Write a new version of what this municipality adds; intakes that have begun keep what they asked."""
    if kind not in SUBJECTS:
        raise InvalidInput(_("Hier zijn geen vragen bij."))
    for one in questions:
        if problem := problem_of(one["label"], one["help"], *one["options"]):
            raise InvalidInput(problem)
    # Two people who save at the same moment: the second waits, and writes the version after.
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"local questions {kind}"])
    last = LocalQuestions.objects.filter(kind=kind).order_by("-version").first()
    if not extras_changed(last.questions if last else [], questions):
        return last
    row = LocalQuestions.objects.create(
        kind=kind,
        version=last.version + 1 if last else 1,
        questions=[dict(one) for one in questions],
        made_by=actor.full_name,
    )
    audit_log(action="local_questions_saved", subject=row, actor=actor)
    return row


def need_missing(need: SupportNeed) -> dict[str, Any]:
    """Return what an intake still lacks before it can be finished, a sentence per field."""
    problems = Problems()
    _check_need(problems, _need_data(need, list(need.children.all())))
    return problems.fields


def offer_missing(offer: SupportOffer) -> dict[str, Any]:
    """Return what the intake of a support family still lacks before it can be finished, a sentence per field."""
    problems = Problems()
    _check_offer(problems, _offer_data(offer))
    return problems.fields


@atomic()
def reference_add(*, family: SupportFamily, data: ReferenceData, actor: Actor) -> Reference:
    """Name somebody who can tell about a support family."""
    _check_reference(family, data)
    reference = insert(Reference, family=family, **asdict(data))
    audit_log(action="reference_added", subject=family, actor=actor)
    return reference


@atomic()
def reference_change(*, reference: Reference, data: ReferenceData, actor: Actor) -> Reference:
    """Write down how the talk with a reference went."""
    _check_reference(reference.family, data)
    values = asdict(data)
    change_fields(reference, values, about=reference.family, actor=actor)
    audit_log(action="reference_changed", subject=reference.family, actor=actor)
    return reference


@atomic()
def support_family_approve(*, family: SupportFamily, approved_on: date, actor: Actor) -> SupportFamily:
    """Approve a support family: from now on it can be proposed. Refused with everything that is still missing."""
    problems = Problems()
    problems.not_later("approved_on", approved_on, timezone.localdate())
    problems.not_before("approved_on", approved_on, family.registered_on, BEFORE_REGISTRATION)
    problems.refuse()
    missing = missing_for_approval(family, approved_on)
    if missing:
        raise Conflict(" ".join(missing), code="not_complete")
    change_fields(family, {"approved_on": approved_on}, about=family, actor=actor)
    change_state(family, SupportStatus.AVAILABLE, allowed=SUPPORT_ALLOWED, actor=actor)
    record(
        event=Event.SUPPORT_APPROVED,
        happened_on=approved_on,
        municipality_code=family.municipality_code,
        support_family=family,
        channel=family.channel,
        days=(approved_on - family.registered_on).days,
        actor=actor,
    )
    return family


def missing_for_approval(family: SupportFamily, on: date) -> list[str]:
    """Return in words what a support family still lacks before it may be approved; nothing missing is an empty list."""
    missing: list[str] = []
    offer = SupportOffer.objects.filter(family=family).first()
    if offer is None or offer.completed_on is None:
        missing.append(str(_("De intake is nog niet afgerond.")))
    if offer is None or offer.house_rules_accepted_on is None:
        missing.append(str(_("De huisregels zijn nog niet besproken.")))
    positive = family.references.filter(positive=True).count()
    policy = policy_on(on)
    wanted = policy.references_wanted
    if positive < wanted and not (offer and offer.references_reason):
        left = wanted - positive
        missing.append(
            ngettext(
                "Er ontbreekt nog %(left)s goede referentie.",
                "Er ontbreken nog %(left)s goede referenties.",
                left,
            )
            % {"left": left}
        )
    missing += [
        str(_("%(name)s heeft nog geen geldige VOG.") % {"name": adult.full_name})
        for adult in adults_without_valid_vog(family, on)
    ]
    missing += [
        str(
            _("%(name)s is nog niet akkoord met de %(document)s (versie %(version)s).")
            % {"name": adult.full_name, "document": rule.label, "version": rule.version}
        )
        for adult, rule in rules_missing(family, policy)
    ]
    return missing


# ----------------------------------------------------------------------------------------------------------- rules


def _check_visit(family: AnyFamily, visit_on: date) -> None:
    problems = Problems()
    problems.not_before("visit_on", visit_on, family.registered_on, BEFORE_REGISTRATION)
    problems.not_later(
        "visit_on",
        visit_on,
        timezone.localdate() + VISIT_AT_MOST_AHEAD,
        _("Deze datum ligt te ver in de toekomst."),
    )
    problems.refuse()


def _visit_write(family: AnyFamily, visit_on: date, actor: Actor) -> None:
    change_fields(family, {"visit_on": visit_on}, about=family, actor=actor)
    audit_log(action="visit_planned", subject=family, actor=actor)


def _check_held(problems: Problems, family: AnyFamily, held_on: date) -> None:
    problems.not_later("held_on", held_on, timezone.localdate())
    problems.not_before("held_on", held_on, family.registered_on, BEFORE_REGISTRATION)


def _check_need(problems: Problems, data: NeedData) -> None:
    problems.check(
        bool(data.children), "children", _("Kies voor welk kind of welke kinderen steun nodig is.")
    )
    problems.check(bool(data.question_support), "question_support", _("Schrijf op welke steun nodig is."))
    problems.check(bool(data.forms), "forms", _("Kies ten minste een steunvorm."))
    problems.check(bool(data.frequency), "frequency", _("Kies hoe vaak."))
    problems.check(bool(data.day_parts), "day_parts", _("Kies ten minste een dagdeel."))
    if data.overnight:
        problems.check(
            SupportForm.OVERNIGHT in data.forms,
            "forms",
            _("Logeren hoort erbij: kies dan ook de steunvorm logeren."),
        )


def _check_offer(problems: Problems, data: OfferData) -> None:
    problems.check(bool(data.household), "household", _("Schrijf op wie er in huis wonen."))
    problems.check(bool(data.forms), "forms", _("Kies ten minste een steunvorm."))
    problems.check(bool(data.frequency), "frequency", _("Kies hoe vaak."))
    problems.check(bool(data.day_parts), "day_parts", _("Kies ten minste een dagdeel."))
    problems.check(bool(data.age_bands), "age_bands", _("Kies welke leeftijden passen."))
    if SupportForm.OVERNIGHT in data.forms:
        problems.check(
            data.overnight, "overnight", _("Logeren is gekozen: kruis aan dat een kind kan blijven slapen.")
        )


def _check_reference(family: SupportFamily, data: ReferenceData) -> None:
    problems = Problems()
    problems.not_later("asked_on", data.asked_on, timezone.localdate())
    problems.not_before("asked_on", data.asked_on, family.registered_on, BEFORE_REGISTRATION)
    if data.positive is not None:
        problems.check(
            data.asked_on is not None, "asked_on", _("Vul in wanneer je deze persoon hebt gesproken.")
        )
    problems.refuse()


def _columns(data: NeedData | OfferData) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, (list, tuple)) else value
        for name, value in ((column, getattr(data, column)) for column in data.__dataclass_fields__)
    }


def _answers_save(
    intake: SupportNeed | SupportOffer,
    questions: QuestionSet,
    answers: Mapping[str, Any] | None,
    family: AnyFamily,
    actor: Actor,
) -> None:
    """Keep the answers to added questions: of those that this intake asks, and of no others."""
    if answers is None:
        return
    asked = {question.code for question in questions.extras}
    before, after = intake.answers or {}, dict(intake.answers or {})
    after.update({code: value for code, value in answers.items() if code in asked})
    if after == before:
        return
    intake.answers = after
    intake.save(update_fields=["answers"])
    old, new = (
        [f"{label} {value}" for label, value in answers_in_words(questions, given)]
        for given in (before, after)
    )
    changes_append(intake, [Change(field="answers", old=old, new=new)], about=family, actor=actor)


def _need_data(need: SupportNeed, children: Sequence[SupportedChild]) -> NeedData:
    columns = [name for name in NeedData.__dataclass_fields__ if name != "children"]
    return NeedData(children=children, **{name: getattr(need, name) for name in columns})


def _offer_data(offer: SupportOffer) -> OfferData:
    return OfferData(**{name: getattr(offer, name) for name in OfferData.__dataclass_fields__})
