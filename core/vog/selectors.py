"""Reading the register of certificates of conduct."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import SupportAdult, SupportFamily
from core.families.workflow import SupportStatus
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus
from tenants.accounts.models import Actor
from tenants.context import current_scope
from tenants.municipalities.models import Municipality

OPEN = (VogStatus.REQUESTED, VogStatus.RECEIVED)
DEFAULT_TERM_MONTHS = 36


@dataclass(frozen=True, slots=True)
class AdultVog:
    """An adult with everything the register knows of them, latest first."""

    adult: SupportAdult
    checks: list[ConductCertificateCheck]
    valid: bool

    @property
    def latest(self) -> ConductCertificateCheck | None:
        """Return the newest cycle."""
        return self.checks[0] if self.checks else None

    @property
    def open(self) -> ConductCertificateCheck | None:
        """Return the cycle that is under way."""
        return next((check for check in self.checks if check.status in OPEN), None)

    @property
    def can_request(self) -> bool:
        """Tell whether a VOG may be asked for now."""
        return self.open is None and self.adult.needs_vog and self.adult.left_household_on is None


def check_for(actor: Actor, public_id: UUID) -> ConductCertificateCheck:
    """Return a check with adult and family, to change; absent and forbidden look alike."""
    found = ConductCertificateCheck.objects.select_related("adult__family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def adults_without_valid_vog(support_family: SupportFamily, on: date) -> list[SupportAdult]:
    """Return the adults of the household who need a VOG and have none that counts on a day."""
    return list(_without_valid(on).filter(family=support_family))


def families_without_valid_vog(
    support_family_ids: Collection[UUID], on: date
) -> dict[UUID, list[SupportAdult]]:
    """Return per support family the adults without a VOG that counts; families that are in order are absent."""
    missing: dict[UUID, list[SupportAdult]] = {}
    for adult in _without_valid(on).filter(family_id__in=support_family_ids):
        missing.setdefault(adult.family_id, []).append(adult)
    return missing


def vog_of(support_family: SupportFamily, on: date) -> list[AdultVog]:
    """Return every adult of the household with their checks, for the file page."""
    adults = support_family.adults.prefetch_related("vog_checks")
    rows = []
    for adult in adults:
        checks = list(adult.vog_checks.all())
        rows.append(AdultVog(adult=adult, checks=checks, valid=any(_counts(check, on) for check in checks)))
    return rows


def checks_open(*, requested_until: date | None = None) -> list[ConductCertificateCheck]:
    """Return checks under way, the oldest first: to ask after."""
    checks = ConductCertificateCheck.objects.filter(status__in=OPEN).select_related("adult__family")
    if requested_until:
        checks = checks.filter(requested_on__lte=requested_until)
    return list(checks.order_by("requested_on"))


def reviews_due(*, until: date) -> list[ConductCertificateCheck]:
    """Return certificates that stop counting by a day, of adults who have no newer cycle and whose family goes on."""
    renewed = ConductCertificateCheck.objects.filter(status=VogStatus.SEEN, review_due__gt=until)
    return list(
        ConductCertificateCheck.objects.filter(
            status=VogStatus.SEEN, review_due__lte=until, adult__needs_vog=True, adult__left_household_on=None
        )
        .exclude(adult__vog_checks__status__in=OPEN)
        .exclude(adult_id__in=renewed.values("adult_id"))
        .exclude(adult__family__status=SupportStatus.LEFT)
        .select_related("adult__family")
        .order_by("review_due")
    )


def overdue(on: date) -> QuerySet[ConductCertificateCheck]:
    """Return seen certificates whose day of review has come."""
    return ConductCertificateCheck.objects.filter(status=VogStatus.SEEN, review_due__lte=on)


def term_months() -> int:
    """Return after how many months this municipality asks for a new VOG."""
    tenant_id = current_scope().tenant_id
    tenant = Municipality.objects.filter(pk=tenant_id).first() if tenant_id else None
    return tenant.vog_term_months if tenant else DEFAULT_TERM_MONTHS


def _without_valid(on: date) -> QuerySet[SupportAdult]:
    valid = ConductCertificateCheck.objects.filter(
        status__in=[VogStatus.SEEN, VogStatus.EXPIRED], seen_on__lte=on, review_due__gt=on
    )
    return SupportAdult.objects.filter(
        Q(left_household_on__isnull=True) | Q(left_household_on__gt=on), needs_vog=True
    ).exclude(pk__in=valid.values("adult_id"))


def _counts(check: ConductCertificateCheck, on: date) -> bool:
    return (
        check.status in {VogStatus.SEEN, VogStatus.EXPIRED}
        and check.seen_on is not None
        and check.review_due is not None
        and check.seen_on <= on < check.review_due
    )
