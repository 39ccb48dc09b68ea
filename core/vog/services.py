"""Writing the register of certificates of conduct: only that one was asked for and seen, and when."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from core.families.models import SupportAdult
from core.families.rows import insert
from core.families.rules import Problems
from core.vog.models import (
    ConductCertificateCheck,
    RulesAcceptance,
    RulesDocument,
    ScreeningAspect,
    VogPolicy,
)
from core.vog.rules import review_due
from core.vog.selectors import overdue, policy_on, term_on
from core.vog.workflow import ALLOWED, VogStatus
from tenants.accounts.models import Actor
from tenants.audit.history import change_fields
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

SHORTEST_TERM, LONGEST_TERM, MOST_REFERENCES = 12, 60, 4
BEFORE_REQUEST = _("Deze datum ligt voor de aanvraag.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyData:
    """What a municipality asks of support families."""

    every_adult: bool
    profile: str
    term_months: int
    references_wanted: int
    conduct_version: str = ""
    house_rules_version: str = ""


@atomic()
def policy_set(*, data: PolicyData, valid_from: date, actor: Actor) -> VogPolicy:
    """Decide what counts from a day on. What was seen before keeps the day that was set then."""
    problems = Problems()
    problems.not_before("valid_from", valid_from, timezone.localdate(), _("Kies een dag vanaf vandaag."))
    problems.check(data.profile in ScreeningAspect.values, "profile", _("Kies een functieaspect."))
    problems.check(
        SHORTEST_TERM <= data.term_months <= LONGEST_TERM,
        "term_months",
        _("Kies een termijn van 12 tot en met 60 maanden."),
    )
    problems.check(
        0 <= data.references_wanted <= MOST_REFERENCES,
        "references_wanted",
        _("Kies een aantal van 0 tot en met 4."),
    )
    problems.refuse()
    policy = insert(VogPolicy, valid_from=valid_from, made_by=actor.full_name, **asdict(data))
    audit_log(action="vog_policy_set", subject=policy, actor=actor)
    return policy


@atomic()
def rules_accept(
    *, adult: SupportAdult, documents: Collection[str], accepted_on: date, actor: Actor
) -> list[RulesAcceptance]:
    """Write down that an adult agrees to the versions that count now; agreeing twice is once."""
    today = timezone.localdate()
    versions = policy_on(today).versions
    problems = Problems()
    problems.check(bool(documents), "documents", _("Kruis aan waarmee deze persoon akkoord gaat."))
    problems.check(
        set(documents) <= set(versions), "documents", _("Van dit document is geen versie vastgesteld.")
    )
    problems.not_later("accepted_on", accepted_on, today)
    problems.not_before(
        "accepted_on", accepted_on, adult.family.registered_on, _("Deze datum ligt voor de aanmelding.")
    )
    problems.refuse()
    made = []
    for document in RulesDocument.values:
        if document in documents:
            row, new = RulesAcceptance.objects.get_or_create(
                adult=adult,
                document=document,
                version=versions[document],
                defaults={"accepted_on": accepted_on, "recorded_by": actor.full_name},
            )
            if new:
                audit_log(action="rules_accepted", subject=row, actor=actor, purpose=document)
                made.append(row)
    return made


@atomic()
def vog_request(*, adult: SupportAdult, requested_on: date, actor: Actor) -> ConductCertificateCheck:
    """Write down that a VOG was asked for; one at a time per adult."""
    problems = Problems()
    problems.not_later("requested_on", requested_on, timezone.localdate())
    problems.not_before(
        "requested_on", requested_on, adult.family.registered_on, _("Deze datum ligt voor de aanmelding.")
    )
    problems.refuse()
    required = adult.needs_vog or policy_on(requested_on).every_adult
    if adult.left_household_on is not None or not required:
        raise Conflict(_("Voor deze persoon is geen VOG nodig."))
    try:
        with atomic():
            check: ConductCertificateCheck = ConductCertificateCheck.objects.create(
                adult=adult, requested_on=requested_on
            )
    except IntegrityError as error:
        raise Conflict(_("Voor deze persoon loopt al een aanvraag.")) from error
    audit_log(action="vog_requested", subject=check, actor=actor)
    return check


@atomic()
def vog_received(
    *, check: ConductCertificateCheck, received_on: date, actor: Actor
) -> ConductCertificateCheck:
    """Write down that the adult has received the VOG at home."""
    problems = Problems()
    problems.not_later("received_on", received_on, timezone.localdate())
    problems.not_before("received_on", received_on, check.requested_on, BEFORE_REQUEST)
    problems.refuse()
    change_state(check, VogStatus.RECEIVED, allowed=ALLOWED, actor=actor)
    _write(check, actor, received_on=received_on)
    return check


@atomic()
def vog_seen(
    *, check: ConductCertificateCheck, issued_on: date, seen_on: date, profile: str, actor: Actor
) -> ConductCertificateCheck:
    """Write down that the VOG was shown and is in order. The paper goes back; nothing of it is kept."""
    policy = policy_on(seen_on)
    due = review_due(issued_on, term_on(seen_on))
    problems = Problems()
    today = timezone.localdate()
    problems.not_later("issued_on", issued_on, today)
    problems.not_later("seen_on", seen_on, today)
    problems.not_before(
        "seen_on", seen_on, issued_on, _("De VOG kan niet zijn gezien voordat hij is afgegeven.")
    )
    problems.not_before("seen_on", seen_on, check.requested_on, BEFORE_REQUEST)
    problems.check(due > seen_on, "issued_on", _("Deze VOG is te oud. Vraag een nieuwe aan."))
    problems.check(bool(profile), "profile", _("Kies het functieaspect dat op de VOG staat."))
    problems.check(
        not profile or set(policy.profile.split("+")) <= set(profile.split("+")),
        "profile",
        _("Deze gemeente vraagt een VOG met functieaspect %(profile)s.") % {"profile": policy.profile},
    )
    problems.refuse()
    _write(
        check,
        actor,
        issued_on=issued_on,
        seen_on=seen_on,
        seen_by=actor.full_name,
        profile=profile,
        review_due=due,
    )
    change_state(check, VogStatus.SEEN, allowed=ALLOWED, actor=actor)
    return check


@atomic()
def vog_not_presented(*, check: ConductCertificateCheck, actor: Actor) -> ConductCertificateCheck:
    """Write down that no VOG was shown. Why is not asked and not kept: it could be criminal data."""
    change_state(check, VogStatus.NOT_PRESENTED, allowed=ALLOWED, actor=actor)
    return check


@atomic()
def vog_expire_overdue(*, on: date, actor: Actor) -> int:
    """Mark every certificate whose day of review has come as expired; return how many."""
    checks = list(overdue(on))
    for check in checks:
        change_state(check, VogStatus.EXPIRED, allowed=ALLOWED, actor=actor)
    return len(checks)


def _write(check: ConductCertificateCheck, actor: Actor, **values: object) -> None:
    """Write columns of the register, with what they were in the history of the support family."""
    change_fields(check, values, about=check.adult.family, actor=actor)
