"""Writing agreements: a change is a new version; an old one stays as it was agreed."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.vocabulary import DayPart, Frequency, SupportForm
from core.agreements.models import CouplingAgreement
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING
from core.families.rules import Problems
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic

PLAN_AHEAD = timedelta(days=124)


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


@atomic()
def agreement_add_version(
    *, coupling: Coupling, kind: str, data: AgreementData, actor: Actor
) -> CouplingAgreement:
    """Write down a new version of what both families agreed."""
    locked = Coupling.objects.select_for_update().get(pk=coupling.pk)
    if locked.status not in RUNNING:
        raise InvalidInput(_("Deze koppeling is voorbij: er is niets meer af te spreken."))
    _check(locked, kind, data)
    last = CouplingAgreement.objects.filter(coupling=locked).aggregate(last=Max("version"))["last"] or 0
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
    )
    audit_log(action="agreement_made", subject=agreement, actor=actor)
    return agreement


def _check(coupling: Coupling, kind: str, data: AgreementData) -> None:
    today = timezone.localdate()
    problems = Problems()
    problems.check(kind in CouplingAgreement.Kind.values, "kind", _("Kies een soort afspraak."))
    problems.check(data.support_form in SupportForm.values, "support_form", _("Kies een steunvorm."))
    problems.check(data.frequency in Frequency.values, "frequency", _("Kies hoe vaak."))
    problems.check(set(data.day_parts) <= set(DayPart.values), "day_parts", _("Kies dagdelen uit de lijst."))
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
