"""Reading the register of certificates of conduct."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import SupportAdult, SupportFamily
from core.families.workflow import SupportStatus
from core.vog.models import (
    ConductCertificateCheck,
    RulesAcceptance,
    RulesDocument,
    ScreeningAspect,
    VogPolicy,
)
from core.vog.workflow import VogStatus
from tenants.accounts.models import Actor
from tenants.context import current_scope
from tenants.municipalities.models import Municipality

OPEN = (VogStatus.REQUESTED, VogStatus.RECEIVED)
DEFAULT_TERM_MONTHS = 36
USUAL_REFERENCES = 2


@dataclass(frozen=True, slots=True)
class RuleState:
    """Whether an adult agreed to the version of a document that counts now."""

    document: str
    version: str
    accepted_on: date | None

    @property
    def label(self) -> str:
        """Return what the document is called."""
        return str(RulesDocument(self.document).label)


@dataclass(frozen=True, slots=True)
class AdultVog:
    """An adult with everything the register knows of them, latest first."""

    adult: SupportAdult
    checks: list[ConductCertificateCheck]
    valid: bool
    required: bool = True
    rules: tuple[RuleState, ...] = ()

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
        return self.open is None and self.required and self.adult.left_household_on is None

    @property
    def rules_open(self) -> bool:
        """Tell whether a document that counts now was not agreed to yet."""
        return self.adult.left_household_on is None and any(rule.accepted_on is None for rule in self.rules)


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
    support_family_ids: "Collection[UUID] | QuerySet[Any, Any]", on: date
) -> dict[UUID, list[str]]:
    """Return per support family the first names of who has no VOG that counts; families in order are absent."""
    missing: dict[UUID, list[str]] = {}
    found = _without_valid(on).filter(family_id__in=support_family_ids).values_list("family_id", "first_name")
    for family, name in found:
        missing.setdefault(family, []).append(name)
    return missing


def vog_of(support_family: SupportFamily, on: date) -> list[AdultVog]:
    """Return every adult of the household with their checks, for the file page."""
    adults = support_family.adults.prefetch_related("vog_checks")
    policy = policy_on(on)
    rules = rules_of(list(adults), policy) if policy.versions else {}
    rows = []
    for adult in adults:
        checks = list(adult.vog_checks.all())
        rows.append(
            AdultVog(
                adult=adult,
                checks=checks,
                valid=any(_counts(check, on) for check in checks),
                required=adult.needs_vog or policy.every_adult,
                rules=tuple(rules.get(adult.pk, ())),
            )
        )
    return rows


def checks_open(*, requested_until: date | None = None) -> list[ConductCertificateCheck]:
    """Return checks under way, the oldest first: to ask after."""
    checks = ConductCertificateCheck.objects.filter(status__in=OPEN).select_related("adult__family")
    if requested_until:
        checks = checks.filter(requested_on__lte=requested_until)
    return list(checks.order_by("requested_on"))


def reviews_due(*, until: date) -> list[ConductCertificateCheck]:
    """Return certificates that stop counting by a day, of adults who have no newer cycle and whose family goes on."""
    return list(reviews_due_by(until).select_related("adult__family").order_by("review_due"))


def checks_with_family(ids: Collection[UUID]) -> list[ConductCertificateCheck]:
    """Return these checks with the adult and the family."""
    return list(ConductCertificateCheck.objects.filter(pk__in=ids).select_related("adult__family"))


def families_with_gap(statuses: Collection[str], on: date) -> dict[UUID, list[SupportAdult]]:
    """Return per support family in one of these states the adults without a VOG that counts, with the family."""
    missing: dict[UUID, list[SupportAdult]] = {}
    for adult in _without_valid(on).filter(family__status__in=statuses).select_related("family"):
        missing.setdefault(adult.family_id, []).append(adult)
    return missing


def reviews_due_by(until: date) -> QuerySet[ConductCertificateCheck]:
    """Return the certificates to be renewed up to a day, to be counted: of adults who still need one and asked none."""
    renewed = ConductCertificateCheck.objects.filter(status=VogStatus.SEEN, review_due__gt=until)
    return (
        ConductCertificateCheck.objects.filter(
            status=VogStatus.SEEN, review_due__lte=until, adult__needs_vog=True, adult__left_household_on=None
        )
        .exclude(adult__vog_checks__status__in=OPEN)
        .exclude(adult_id__in=renewed.values("adult_id"))
        .exclude(adult__family__status__in=[SupportStatus.LEFT, SupportStatus.MERGED])
    )


def overdue(on: date) -> QuerySet[ConductCertificateCheck]:
    """Return seen certificates whose day of review has come."""
    return ConductCertificateCheck.objects.filter(status=VogStatus.SEEN, review_due__lte=on)


@dataclass(frozen=True, slots=True)
class Policy:
    """What counts in this municipality on a day."""

    every_adult: bool
    profile: str
    references_wanted: int
    versions: dict[str, str]


def policy_row(on: date) -> VogPolicy | None:
    """Return what the municipality itself decided last, up to a day."""
    return VogPolicy.objects.filter(valid_from__lte=on).first()


def policy_on(on: date) -> Policy:
    """Return the policy of a day; without a decision of the municipality the usual one."""
    row = policy_row(on)
    if row is None:
        return Policy(False, ScreeningAspect.MINORS, USUAL_REFERENCES, {})
    versions = {
        RulesDocument.CONDUCT.value: row.conduct_version,
        RulesDocument.HOUSE_RULES.value: row.house_rules_version,
    }
    return Policy(
        every_adult=row.every_adult,
        profile=row.profile,
        references_wanted=row.references_wanted,
        versions={document: version for document, version in versions.items() if version},
    )


def term_on(on: date) -> int:
    """Return after how many months this municipality asks for a new VOG, on a day."""
    row = policy_row(on)
    return row.term_months if row else term_months()


def policies() -> list[VogPolicy]:
    """Return every decision, the latest first."""
    return list(VogPolicy.objects.all())


def rules_of(adults: Collection[SupportAdult], policy: Policy) -> dict[UUID, list[RuleState]]:
    """Return per adult the documents that count now, and when they were agreed to."""
    accepted = {
        (row.adult_id, row.document): row.accepted_on
        for row in RulesAcceptance.objects.filter(
            adult__in=[adult.pk for adult in adults], version__in=policy.versions.values()
        )
        if policy.versions.get(row.document) == row.version
    }
    return {
        adult.pk: [
            RuleState(document, version, accepted.get((adult.pk, document)))
            for document, version in policy.versions.items()
        ]
        for adult in adults
    }


def rules_missing(support_family: SupportFamily, policy: Policy) -> list[tuple[SupportAdult, RuleState]]:
    """Return what adults of a household have not agreed to yet."""
    if not policy.versions:
        return []
    adults = [adult for adult in support_family.adults.all() if adult.left_household_on is None]
    states = rules_of(adults, policy)
    return [(adult, state) for adult in adults for state in states[adult.pk] if state.accepted_on is None]


def term_months() -> int:
    """Return after how many months this municipality asks for a new VOG, when it decided nothing else."""
    tenant_id = current_scope().tenant_id
    tenant = Municipality.objects.filter(pk=tenant_id).first() if tenant_id else None
    return tenant.vog_term_months if tenant else DEFAULT_TERM_MONTHS


def _without_valid(on: date) -> QuerySet[SupportAdult]:
    valid = ConductCertificateCheck.objects.filter(
        status__in=[VogStatus.SEEN, VogStatus.EXPIRED], seen_on__lte=on, review_due__gt=on
    )
    everybody = VogPolicy.objects.filter(valid_from__lte=on).values("every_adult")[:1]
    return (
        SupportAdult.objects.alias(every_adult=Subquery(everybody))
        .filter(Q(left_household_on__isnull=True) | Q(left_household_on__gt=on))
        .filter(Q(needs_vog=True) | Q(every_adult=True))
        .exclude(pk__in=valid.values("adult_id"))
    )


def _counts(check: ConductCertificateCheck, on: date) -> bool:
    return (
        check.status in {VogStatus.SEEN, VogStatus.EXPIRED}
        and check.seen_on is not None
        and check.review_due is not None
        and check.seen_on <= on < check.review_due
    )
