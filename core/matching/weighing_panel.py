"""What the page about the order shows: rules, weights and versions, in words that everybody can check."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from common.formats import number
from common.permissions import Permission
from common.vocabulary import AreaKind, ScorePart
from core.matching.models import LocalWeights
from core.matching.weighing import in_force, local_versions
from core.matching.weights import TENTHS
from tenants.accounts.models import User
from tenants.standards.models import StandardKind
from tenants.standards.selectors import history


@dataclass(frozen=True, slots=True)
class FactorLine:
    """A factor with its points here, the national points and the bounds."""

    label: str
    counts: str
    points: str
    national: str
    bounds: str
    tenths: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of the weighing, with who set it and why where that was this municipality."""

    name: str
    at: datetime | None
    what: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class WeighingPage:
    """How the order comes about."""

    version: str
    area: str
    near_km: str
    far_km: str
    factors: list[FactorLine]
    gates: list[str]
    versions: list[VersionLine]
    differs: bool
    lapsed: bool
    may_edit: bool


def weighing_page(actor: User) -> WeighingPage:
    """Gather the page."""
    now = in_force()
    weights, weighing = now.weights, now.weighing
    counts = _counts()
    return WeighingPage(
        version=now.version,
        area=str(now.area.label),
        near_km=number(weights.near_km),
        far_km=number(weights.far_km),
        factors=[
            FactorLine(
                label=str(part.label),
                counts=counts[part],
                points=number(weights.parts[part] / TENTHS),
                national=number(weighing.points[part]),
                bounds=f"{weighing.least[part]}–{weighing.most[part]}",
                tenths=weights.parts[part],
            )
            for part in ScorePart
        ],
        gates=_gates(),
        versions=_versions(),
        differs=now.differs,
        lapsed=now.lapsed,
        may_edit=actor.may(Permission.EDIT_CASES),
    )


def _counts() -> dict[ScorePart, str]:
    return {
        ScorePart.DAYS: _("Op hoeveel van de gevraagde dagdelen kan het, en kan het zo vaak als gevraagd?"),
        ScorePart.DISTANCE: _(
            "De rechte lijn tussen de postcodegebieden. Dichtbij telt helemaal, te ver niet."
        ),
        ScorePart.FORM: _("Hoeveel van de gevraagde steunvormen biedt het steungezin?"),
        ScorePart.AGE: _("Past de leeftijd, en is er een kind van die leeftijd in huis?"),
        ScorePart.WISHES: _("Wensen van het vraaggezin, en wat het steungezin fijn zou vinden."),
        ScorePart.EXPERIENCE: _("Alleen als het vraaggezin zelf om ervaring vraagt."),
        ScorePart.TRANSPORT: _("Alleen als halen en brengen nodig is."),
    }


def _gates() -> list[str]:
    return [
        _("Iedere ouder met gezag is het eens met steun."),
        _("Het gezin zoekt een steungezin, en na een vorige koppeling is er een afsluitend gesprek geweest."),
        _("Het steungezin is goedgekeurd en beschikbaar."),
        _("Iedere volwassene van het steungezin voor wie dat moet, heeft een geldige VOG."),
        _("Er is plek op een dagdeel dat bij allebei past."),
        _("Geen grens van de een past niet bij het huis van de ander: huisdieren, roken, trappen."),
        _("Het steungezin biedt de steunvorm die wordt gevraagd, en een slaapplek als die nodig is."),
        _("De afstand is niet groter dan een van de gezinnen zelf heeft gezegd."),
    ]


def _versions() -> list[VersionLine]:
    national = [
        VersionLine(
            name=str(one.version),
            at=one.published_at,
            what=_("Landelijk") if one.published_at else _("Landelijk, meegeleverd"),
            who="",
            reason="",
        )
        for one in history(StandardKind.WEIGHING.value)
    ]
    return [*(_local_line(row) for row in local_versions()), *national]


def _local_line(row: LocalWeights) -> VersionLine:
    area = str(AreaKind(row.area).label)
    what = _("Eigen punten, %(area)s gebied") if row.points else _("Landelijke punten, %(area)s gebied")
    return VersionLine(
        name=f"{row.national_version}.{row.version}",
        at=row.made_at,
        what=what % {"area": area},
        who=row.made_by,
        reason=row.reason,
    )
