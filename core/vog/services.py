"""Writing the register of certificates of conduct: only that one was asked for and seen, and when."""

from datetime import date

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from core.families.models import SupportAdult
from core.families.rules import Problems
from core.vog.models import ConductCertificateCheck
from core.vog.rules import review_due
from core.vog.selectors import overdue, term_months
from core.vog.workflow import ALLOWED, VogStatus
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic

BEFORE_REQUEST = _("Deze datum ligt voor de aanvraag.")


@atomic()
def vog_request(*, adult: SupportAdult, requested_on: date, actor: Actor) -> ConductCertificateCheck:
    """Write down that a VOG was asked for; one at a time per adult."""
    problems = Problems()
    problems.not_later("requested_on", requested_on, timezone.localdate())
    problems.not_before(
        "requested_on", requested_on, adult.family.registered_on, _("Deze datum ligt voor de aanmelding.")
    )
    problems.refuse()
    if adult.left_household_on is not None or not adult.needs_vog:
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
    check.received_on = received_on
    check.save(update_fields=["received_on"])
    return check


@atomic()
def vog_seen(
    *, check: ConductCertificateCheck, issued_on: date, seen_on: date, profile: str, actor: Actor
) -> ConductCertificateCheck:
    """Write down that the VOG was shown and is in order. The paper goes back; nothing of it is kept."""
    due = review_due(issued_on, term_months())
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
    problems.refuse()
    check.issued_on = issued_on
    check.seen_on = seen_on
    check.seen_by = actor.full_name
    check.profile = profile
    check.review_due = due
    check.save(update_fields=["issued_on", "seen_on", "seen_by", "profile", "review_due"])
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
