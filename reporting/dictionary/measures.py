"""The KPI dictionary: every figure that is counted, with the words that stand next to it on every page and in the API.

Public figures mix couplings, families and children, running and since the start; here each has one name and one
definition. How a measure is counted stands in `reporting.facts.formulas`, under the same name.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.vocabulary import (
    AgeBand,
    EndingReason,
    HouseholdKind,
    Interpreter,
    RecruitmentChannel,
    ReferralSource,
    SearchOutcome,
    SupportForm,
)

UNKNOWN = "unknown"
BETWEEN = ":"


class Nature(StrEnum):
    """How a measure behaves over time; decides which sums a reader can make."""

    FLOW = "flow"  # months add up to quarters and years
    STOCK = "stock"  # a snapshot at the end of the period
    DISTINCT = "distinct"  # counted once per period, so months do not add up
    CUMULATIVE = "cumulative"  # everything since the start, up to the end of the period
    DERIVED = "derived"  # a mean or median, computed from counts when a release is made


class Side(StrEnum):
    """Whose families stand behind a figure."""

    ASKING = "asking"
    SUPPORT = "support"


BOTH = frozenset({Side.ASKING, Side.SUPPORT})


@dataclass(frozen=True, slots=True)
class Attribute:
    """A split of a measure into categories that add up to its total."""

    name: str
    label: Promise
    choices: type[TextChoices]
    sensitive: bool = False

    def categories(self) -> tuple[str, ...]:
        """Every category, with the one for lines that do not tell."""
        return (*self.choices.values, UNKNOWN)

    def category_label(self, category: str) -> str:
        """Return the Dutch words of a category."""
        return str(self.choices(category).label) if category in self.choices.values else str(_("onbekend"))


@dataclass(frozen=True, slots=True)
class Crossed(Attribute):
    """A split of a split: every category of ``choices`` for every category of a coarser attribute of the measure."""

    finer_than: Attribute | None = None

    def categories(self) -> tuple[str, ...]:
        """Every pair, what is not told included."""
        return tuple(
            f"{own}{BETWEEN}{coarse}" for coarse in self._coarse for own in (*self.choices.values, UNKNOWN)
        )

    def of(self, coarse: str) -> tuple[str, ...]:
        """The categories that make up one of the coarser attribute."""
        return tuple(name for name in self.categories() if name.endswith(f"{BETWEEN}{coarse}"))

    def category_label(self, category: str) -> str:
        """Return the Dutch words of both."""
        own, _between, coarse = category.partition(BETWEEN)
        wide = self.finer_than.category_label(coarse) if self.finer_than else coarse
        return f"{Attribute.category_label(self, own)}: {wide}"

    @property
    def _coarse(self) -> tuple[str, ...]:
        return self.finer_than.categories() if self.finer_than else ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: what it is called, what it means and how it may be split."""

    name: str
    api_name: str
    label: Promise
    definition: Promise
    unit: Promise
    nature: Nature
    sides: frozenset[Side]
    attributes: tuple[Attribute, ...] = ()


REFERRAL = Attribute("referral_source", _("verwijzer"), ReferralSource)
CHANNEL = Attribute("channel", _("hoe zij van ons hoorden"), RecruitmentChannel)
FORM = Attribute("support_form", _("vorm van steun"), SupportForm)
AGE = Attribute("age_band", _("leeftijd"), AgeBand)
OUTCOME = Attribute("outcome", _("afloop"), SearchOutcome, sensitive=True)
HOUSEHOLD = Crossed(
    "household_outcome", _("gezinsvorm en afloop"), HouseholdKind, sensitive=True, finer_than=OUTCOME
)
INTERPRETER = Crossed(
    "interpreter_outcome", _("tolk en afloop"), Interpreter, sensitive=True, finer_than=OUTCOME
)
REASON = Attribute("ending_reason", _("reden van beëindigen"), EndingReason, sensitive=True)

REGISTRATIONS_ASKING = Measure(
    "registrations_asking",
    "aanmeldingenVraaggezinnen",
    _("aanmeldingen van vraaggezinnen"),
    _("Gezinnen die in de periode om steun vroegen. Een gezin dat later terugkomt, telt dan opnieuw mee."),
    _("aanmeldingen"),
    Nature.FLOW,
    frozenset({Side.ASKING}),
    (REFERRAL,),
)
REGISTRATIONS_SUPPORT = Measure(
    "registrations_support",
    "aanmeldingenSteungezinnen",
    _("aanmeldingen van steungezinnen"),
    _("Gezinnen die in de periode steun aanboden."),
    _("aanmeldingen"),
    Nature.FLOW,
    frozenset({Side.SUPPORT}),
    (CHANNEL,),
)
WAITING = Measure(
    "waiting",
    "wachtendeVraaggezinnen",
    _("wachtende vraaggezinnen"),
    _("Vraaggezinnen die aan het eind van de periode na de intake op een steungezin wachtten."),
    _("gezinnen"),
    Nature.STOCK,
    frozenset({Side.ASKING}),
)
SEARCHES_ENDED = Measure(
    "searches_ended",
    "afgerondeZoektochten",
    _("afgeronde zoektochten"),
    _(
        "Keren dat een vraaggezin in de periode van de wachtlijst ging: door een proefperiode, of zonder koppeling."
    ),
    _("zoektochten"),
    Nature.FLOW,
    frozenset({Side.ASKING}),
    (OUTCOME, HOUSEHOLD, INTERPRETER),
)
TRIALS_STARTED = Measure(
    "trials_started",
    "gestarteProefperiodes",
    _("gestarte proefperiodes"),
    _("Proefperiodes die in de periode begonnen."),
    _("proefperiodes"),
    Nature.FLOW,
    BOTH,
)
TRIALS_STOPPED = Measure(
    "trials_stopped",
    "gestopteProefperiodes",
    _("proefperiodes die niet doorgingen"),
    _("Proefperiodes die in de periode stopten zonder koppeling."),
    _("proefperiodes"),
    Nature.FLOW,
    BOTH,
)
COUPLINGS_STARTED = Measure(
    "couplings_started",
    "nieuweKoppelingen",
    _("nieuwe koppelingen"),
    _("Koppelingen die in de periode definitief werden: de afspraken zijn door beide gezinnen ondertekend."),
    _("koppelingen"),
    Nature.FLOW,
    BOTH,
    (FORM,),
)
COUPLINGS_RUNNING = Measure(
    "couplings_running",
    "lopendeKoppelingen",
    _("lopende koppelingen"),
    _(
        "Definitieve koppelingen die aan het eind van de periode werden begeleid. Proefperiodes tellen niet mee."
    ),
    _("koppelingen"),
    Nature.STOCK,
    BOTH,
)
COUPLINGS_ENDED = Measure(
    "couplings_ended",
    "beeindigdeKoppelingen",
    _("beëindigde koppelingen"),
    _("Koppelingen waarvan de begeleiding in de periode stopte, ook als de gezinnen elkaar blijven zien."),
    _("koppelingen"),
    Nature.FLOW,
    BOTH,
    (REASON,),
)
COUPLINGS_TOTAL = Measure(
    "couplings_total",
    "koppelingenSindsStart",
    _("koppelingen sinds de start"),
    _("Alle koppelingen die ooit definitief werden, tot en met het eind van de periode."),
    _("koppelingen"),
    Nature.CUMULATIVE,
    BOTH,
)
FAMILIES_REACHED = Measure(
    "families_reached",
    "bereikteGezinnen",
    _("bereikte gezinnen"),
    _("Vraaggezinnen met ten minste één lopende koppeling in de periode. Elk gezin telt één keer."),
    _("gezinnen"),
    Nature.DISTINCT,
    BOTH,
)
CHILDREN_REACHED = Measure(
    "children_reached",
    "bereikteKinderen",
    _("bereikte kinderen"),
    _("Kinderen in een koppeling die in de periode liep. Elk kind telt één keer."),
    _("kinderen"),
    Nature.DISTINCT,
    BOTH,
    (AGE,),
)
LEAD_TIME_MEAN = Measure(
    "lead_time_mean",
    "doorlooptijdGemiddeld",
    _("gemiddelde doorlooptijd"),
    _(
        "Dagen van aanmelding tot koppeling, gemiddeld over de nieuwe koppelingen. Alleen vanaf tien koppelingen."
    ),
    _("dagen"),
    Nature.DERIVED,
    BOTH,
)
LEAD_TIME_MEDIAN = Measure(
    "lead_time_median",
    "doorlooptijdMediaan",
    _("middelste doorlooptijd"),
    _(
        "Dagen van aanmelding tot koppeling: de helft van de nieuwe koppelingen ging sneller. Vanaf tien koppelingen."
    ),
    _("dagen"),
    Nature.DERIVED,
    BOTH,
)

COUNTED: tuple[Measure, ...] = (
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    WAITING,
    SEARCHES_ENDED,
    TRIALS_STARTED,
    TRIALS_STOPPED,
    COUPLINGS_STARTED,
    COUPLINGS_RUNNING,
    COUPLINGS_ENDED,
    COUPLINGS_TOTAL,
    FAMILIES_REACHED,
    CHILDREN_REACHED,
)
DERIVED: tuple[Measure, ...] = (LEAD_TIME_MEAN, LEAD_TIME_MEDIAN)
MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*COUNTED, *DERIVED)}

# The raw material of both lead times; stays in the vault and is never published.
LEAD_TIME = "lead_time"
LEAD_TIME_DAYS = "days"

# Counted in the vault and published for the whole country only (`reporting.nationwide`), never of a municipality.
INTEREST = "interest"
INTEREST_FROM = "lives_in"
CONCERNS = "concerns"
