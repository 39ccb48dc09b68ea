"""An agreement as both families read it: the national text of its day, filled in."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import Text
from common.formats import listing, long_date
from common.language import in_dutch
from common.vocabulary import DayPart, SupportForm
from core.agreements.models import AgreementAcceptance, CouplingAgreement, Party
from core.agreements.rhythm import occurrences
from core.agreements.selectors import acceptances_of, in_force
from core.agreements.week import pattern_of, rhythm_words
from core.couplings.models import Coupling
from tenants.standards.defaults import shipped
from tenants.standards.models import Region, StandardKind
from tenants.standards.wording import Block, blocks

NEXT_TIMES = 4
LOOK_AHEAD_DAYS = 120


@dataclass(frozen=True, slots=True)
class AcceptanceLine:
    """Whether one family said yes."""

    party: Text
    accepted_on: date | None
    how: Text


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on the paper."""

    title: str
    lead: str
    blocks: list[Block]
    acceptances: list[AcceptanceLine]
    about: str
    version: int

    @property
    def accepted(self) -> bool:
        """Tell whether both families said yes."""
        return all(line.accepted_on for line in self.acceptances)


@in_dutch()
def paper_of(agreement: CouplingAgreement, *, municipality: str) -> Paper:
    """Return an agreement in words: Dutch, as both families have it, whoever looks."""
    definitive = agreement.kind == CouplingAgreement.Kind.DEFINITIVE
    coupling = agreement.coupling
    known = acceptances_of(agreement)
    found = [known.get(party.value) for party in Party]
    return Paper(
        title=_("Onze afspraken") if definitive else _("Onze afspraken voor de proefperiode"),
        lead=_("Van gezin %(family)s en steungezin %(support)s")
        % {"family": capfirst(coupling.family.name), "support": capfirst(coupling.support_family.name)},
        blocks=blocks(_text(agreement, definitive=definitive), _values(agreement, coupling, municipality)),
        acceptances=[
            AcceptanceLine(
                party.label,
                row.accepted_on if row else None,
                AgreementAcceptance.How(row.how).label if row else "",
            )
            for party, row in zip(Party, found, strict=True)
        ],
        about=_("Afgesproken op %(day)s, versie %(version)d.")
        % {"day": long_date(agreement.agreed_on), "version": agreement.version},
        version=agreement.version,
    )


def next_times(agreement: CouplingAgreement, today: date) -> list[str]:
    """Return the first times to come, in words; nothing for what is arranged as it comes."""
    until = next(
        (end for one, end in in_force(agreement.coupling) if one.pk == agreement.pk), agreement.valid_from
    )
    horizon = date.fromordinal(today.toordinal() + LOOK_AHEAD_DAYS)
    pattern = pattern_of(agreement, until=until, horizon=horizon)
    found = []
    for one in occurrences(pattern, today, horizon):
        found.append(f"{DayPart(one.day_part).label} {long_date(one.day)}")
        if len(found) == NEXT_TIMES:
            break
    return found


def file_name(agreement: CouplingAgreement) -> str:
    """Return a name for the file that names nobody."""
    return f"afspraken-{timezone.localdate().isoformat()}-versie-{agreement.version}.pdf"


def _text(agreement: CouplingAgreement, *, definitive: bool) -> str:
    if agreement.text:
        return agreement.text
    kind = StandardKind.AGREEMENT if definitive else StandardKind.TRIAL_AGREEMENT
    text: str = shipped(kind)["text"]
    return text


def _values(agreement: CouplingAgreement, coupling: Coupling, municipality: str) -> dict[str, Any]:
    parts = [str(part.label) for part in DayPart if part.value in agreement.day_parts]
    when = [listing(parts) if parts else _("in overleg"), *([rhythm_words(agreement)] if parts else [])]
    return {
        "kinderen": listing(child.first_name or str(child) for child in coupling.children.all()),
        "vraaggezin": capfirst(coupling.family.name),
        "steungezin": capfirst(coupling.support_family.name),
        "steun": str(SupportForm(agreement.support_form).label),
        "wanneer": ", ".join(when),
        "vakanties": _holidays(agreement),
        "vanaf": long_date(agreement.first_on or agreement.valid_from),
        "tot_en_met": long_date(agreement.valid_until) if agreement.valid_until else "",
        "nood": agreement.emergency_contact or _("de coördinator"),
        "andere_afspraken": agreement.arrangements,
        "huisregels": agreement.house_rules,
        "gemeente": municipality,
    }


def _holidays(agreement: CouplingAgreement) -> str:
    if agreement.holiday_region:
        return _("niet in de schoolvakanties van regio %(region)s") % {
            "region": Region(agreement.holiday_region).label
        }
    return _("gaan gewoon door") if agreement.day_parts else ""
