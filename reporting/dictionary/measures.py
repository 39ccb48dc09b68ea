"""The KPI dictionary: every figure that is counted, with the words that stand next to it on every page and in the API.

Public figures mix couplings, families and children, running and since the start; here each has one name and one
definition. How a measure is counted stands in `reporting.facts.formulas`, under the same name; the same in words, with
five invented families to check it by, in `reporting.dictionary.examples`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.vocabulary import (
    AgeBand,
    AreaKind,
    Change,
    EndingReason,
    Goal,
    HouseholdKind,
    Interpreter,
    MarkBand,
    RecruitmentChannel,
    ReferralSource,
    ReviewSide,
    SearchOutcome,
    SupportForm,
    Timeliness,
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


class Counts(TextChoices):
    """The unit of count: what one is, of everything a measure counts. Two of them are never added up."""

    COUPLING = "coupling", _("koppelingen")
    FAMILY = "family", _("gezinnen")
    CHILD = "child", _("kinderen")
    TALK = "talk", _("gesprekken")


class Statistic(StrEnum):
    """What is computed from all values of a period together."""

    MEAN = "mean"
    MEDIAN = "median"
    P80 = "p80"  # four out of five stay at or below it


class Side(StrEnum):
    """Whose families stand behind a figure."""

    ASKING = "asking"
    SUPPORT = "support"


ASKING = frozenset({Side.ASKING})
SUPPORT = frozenset({Side.SUPPORT})
BOTH = ASKING | SUPPORT


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
class Average:
    """How a derived figure comes from values in the vault: which ones, what of them, and from how many families on."""

    values: str
    statistic: Statistic
    least: int = 10  # a middle or an average; what lies higher up asks for more (disclosure.md 7.9)
    decimals: int = 0
    families: str = ""  # the count that tells how many families are behind it; else that of the values


@dataclass(frozen=True, slots=True)
class Version:
    """A wording of a definition and the day from which it holds; all periods are counted by the latest."""

    number: int
    valid_from: date
    change: Promise


FOUNDATION = _("het landelijk bureau")
SINCE_2026: tuple[Version, ...] = (Version(1, date(2026, 1, 1), _("Eerste versie.")),)
ADDED: tuple[Version, ...] = (Version(1, date(2026, 11, 23), _("Eerste versie.")),)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure: what it is called, what it means, how it is counted and how it may be split."""

    name: str
    api_name: str
    label: Promise
    definition: Promise
    unit: Promise
    counts: Counts
    nature: Nature
    sides: frozenset[Side]
    attributes: tuple[Attribute, ...] = ()
    average: Average | None = None
    versions: tuple[Version, ...] = SINCE_2026
    owner: Promise = FOUNDATION

    @property
    def version(self) -> Version:
        """The wording that holds now."""
        return self.versions[-1]

    @property
    def decimals(self) -> int:
        """How many decimals a value has; it is kept as a whole number of tenths when that is one."""
        return self.average.decimals if self.average else 0

    def number(self, value: int) -> int | float:
        """Return a kept value as the number it stands for."""
        return value / 10**self.decimals if self.decimals else value


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
AREA = Crossed("area_outcome", _("soort gebied en afloop"), AreaKind, sensitive=True, finer_than=OUTCOME)
REASON = Attribute("ending_reason", _("reden van beëindigen"), EndingReason, sensitive=True)
TIMELINESS = Attribute("timeliness", _("op tijd"), Timeliness)
SPOKEN = Attribute("review_side", _("met wie"), ReviewSide)
MARK = Attribute("mark", _("rapportcijfer"), MarkBand, sensitive=True)
GOAL = Attribute("goal", _("doel"), Goal, sensitive=True)
CHANGES: dict[Goal, Attribute] = {
    goal: Attribute(f"change_{goal.value}", goal.label, Change, sensitive=True) for goal in Goal
}

# Values in the vault from which averages are computed; they stay there and are never published.
LEAD_TIME = "lead_time"
LEAD_TIME_DAYS = "days"
VALUE = "value"
INTRODUCTION_DAYS = "introduction_time"
WAITING_DAYS = "waiting_time"
MARKS = "marks"
SCORES_AT_START = "scores_at_start"
SCORES_AFTER = "scores_after"

REGISTRATIONS_ASKING = Measure(
    "registrations_asking",
    "aanmeldingenVraaggezinnen",
    _("aanmeldingen van vraaggezinnen"),
    _("Gezinnen die in de periode om steun vroegen. Een gezin dat later terugkomt, telt dan opnieuw mee."),
    _("aanmeldingen"),
    Counts.FAMILY,
    Nature.FLOW,
    ASKING,
    (REFERRAL,),
)
REGISTRATIONS_SUPPORT = Measure(
    "registrations_support",
    "aanmeldingenSteungezinnen",
    _("aanmeldingen van steungezinnen"),
    _("Gezinnen die in de periode steun aanboden."),
    _("aanmeldingen"),
    Counts.FAMILY,
    Nature.FLOW,
    SUPPORT,
    (CHANNEL,),
)
INTAKES_DONE = Measure(
    "intakes_done",
    "afgerondeIntakes",
    _("afgeronde intakes"),
    _("Intakes met een vraaggezin die in de periode werden afgerond."),
    _("intakes"),
    Counts.FAMILY,
    Nature.FLOW,
    ASKING,
    versions=ADDED,
)
WAITING = Measure(
    "waiting",
    "wachtendeVraaggezinnen",
    _("wachtende vraaggezinnen"),
    _("Vraaggezinnen die aan het eind van de periode na de intake op een steungezin wachtten."),
    _("gezinnen"),
    Counts.FAMILY,
    Nature.STOCK,
    ASKING,
)
SEARCHES_ENDED = Measure(
    "searches_ended",
    "afgerondeZoektochten",
    _("afgeronde zoektochten"),
    _(
        "Keren dat een vraaggezin in de periode van de wachtlijst ging: door een proefperiode, of zonder koppeling."
    ),
    _("zoektochten"),
    Counts.FAMILY,
    Nature.FLOW,
    ASKING,
    (OUTCOME, HOUSEHOLD, INTERPRETER, AREA),
)
INTRODUCTIONS = Measure(
    "introductions",
    "kennismakingen",
    _("kennismakingen"),
    _("Keren dat een vraaggezin en een steungezin elkaar in de periode leerden kennen."),
    _("kennismakingen"),
    Counts.COUPLING,
    Nature.FLOW,
    BOTH,
    versions=ADDED,
)
TRIALS_STARTED = Measure(
    "trials_started",
    "gestarteProefperiodes",
    _("gestarte proefperiodes"),
    _("Proefperiodes die in de periode begonnen."),
    _("proefperiodes"),
    Counts.COUPLING,
    Nature.FLOW,
    BOTH,
)
TRIALS_STOPPED = Measure(
    "trials_stopped",
    "gestopteProefperiodes",
    _("proefperiodes die niet doorgingen"),
    _("Proefperiodes die in de periode stopten zonder koppeling."),
    _("proefperiodes"),
    Counts.COUPLING,
    Nature.FLOW,
    BOTH,
)
COUPLINGS_STARTED = Measure(
    "couplings_started",
    "nieuweKoppelingen",
    _("nieuwe koppelingen"),
    _("Koppelingen die in de periode definitief werden: de afspraken zijn door beide gezinnen ondertekend."),
    _("koppelingen"),
    Counts.COUPLING,
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
    Counts.COUPLING,
    Nature.STOCK,
    BOTH,
)
COUPLINGS_ENDED = Measure(
    "couplings_ended",
    "beeindigdeKoppelingen",
    _("beëindigde koppelingen"),
    _("Koppelingen waarvan de begeleiding in de periode stopte, ook als de gezinnen elkaar blijven zien."),
    _("koppelingen"),
    Counts.COUPLING,
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
    Counts.COUPLING,
    Nature.CUMULATIVE,
    BOTH,
)
FAMILIES_REACHED = Measure(
    "families_reached",
    "bereikteGezinnen",
    _("bereikte gezinnen"),
    _("Vraaggezinnen met ten minste één lopende koppeling in de periode. Elk gezin telt één keer."),
    _("gezinnen"),
    Counts.FAMILY,
    Nature.DISTINCT,
    BOTH,
)
CHILDREN_REACHED = Measure(
    "children_reached",
    "bereikteKinderen",
    _("bereikte kinderen"),
    _("Kinderen in een koppeling die in de periode liep. Elk kind telt één keer."),
    _("kinderen"),
    Counts.CHILD,
    Nature.DISTINCT,
    BOTH,
    (AGE,),
)
SUPPORT_APPROVALS = Measure(
    "support_approved",
    "goedgekeurdeSteungezinnen",
    _("goedgekeurde steungezinnen"),
    _("Steungezinnen die in de periode werden goedgekeurd, met huisbezoek, referenties en VOG."),
    _("goedkeuringen"),
    Counts.FAMILY,
    Nature.FLOW,
    SUPPORT,
    (CHANNEL,),
    versions=ADDED,
)
SUPPORT_FAMILIES = Measure(
    "support_families",
    "steungezinnen",
    _("steungezinnen"),
    _(
        "Goedgekeurde steungezinnen die aan het eind van de periode niet waren gestopt, met of zonder koppeling."
    ),
    _("gezinnen"),
    Counts.FAMILY,
    Nature.STOCK,
    SUPPORT,
    versions=ADDED,
)
REVIEW_TALKS = Measure(
    "review_talks",
    "evaluatiegesprekken",
    _("evaluatiegesprekken"),
    _("Evaluaties met één van de twee gezinnen van een koppeling, in de periode. Elk gesprek telt."),
    _("gesprekken"),
    Counts.TALK,
    Nature.FLOW,
    BOTH,
    (TIMELINESS, SPOKEN),
    versions=ADDED,
)
REVIEWS_OVERDUE = Measure(
    "reviews_overdue",
    "koppelingenZonderRecenteEvaluatie",
    _("koppelingen zonder recente evaluatie"),
    _(
        "Lopende koppelingen waarbij er in de laatste zeven maanden geen evaluatie was. Er hoort er elk half jaar een "
        "te zijn."
    ),
    _("koppelingen"),
    Counts.COUPLING,
    Nature.STOCK,
    BOTH,
    versions=ADDED,
)
MARKS_GIVEN = Measure(
    "marks_given",
    "gegevenRapportcijfers",
    _("gegeven rapportcijfers"),
    _("Evaluatiegesprekken in de periode waarin een gezin een rapportcijfer gaf."),
    _("cijfers"),
    Counts.TALK,
    Nature.FLOW,
    BOTH,
    (MARK,),
    versions=ADDED,
)
OUTCOMES_MEASURED = Measure(
    "outcomes_measured",
    "metingenVanHetEffect",
    _("metingen van het effect"),
    _(
        "Gesprekken met een vraaggezin na één of twee jaar, waarin het de vier doelen opnieuw een score gaf. "
        "Alleen als er ook scores van de start zijn."
    ),
    _("metingen"),
    Counts.TALK,
    Nature.FLOW,
    BOTH,
    tuple(CHANGES.values()),
    versions=ADDED,
)
LEAD_TIME_MEAN = Measure(
    "lead_time_mean",
    "doorlooptijdGemiddeld",
    _("gemiddelde doorlooptijd"),
    _(
        "Dagen van aanmelding tot koppeling, gemiddeld over de nieuwe koppelingen. Alleen vanaf tien koppelingen."
    ),
    _("dagen"),
    Counts.COUPLING,
    Nature.DERIVED,
    BOTH,
    average=Average(LEAD_TIME, Statistic.MEAN),
)
LEAD_TIME_MEDIAN = Measure(
    "lead_time_median",
    "doorlooptijdMediaan",
    _("middelste doorlooptijd"),
    _(
        "Dagen van aanmelding tot koppeling: de helft van de nieuwe koppelingen ging sneller. Vanaf tien koppelingen."
    ),
    _("dagen"),
    Counts.COUPLING,
    Nature.DERIVED,
    BOTH,
    average=Average(LEAD_TIME, Statistic.MEDIAN),
)
LEAD_TIME_P80 = Measure(
    "lead_time_p80",
    "doorlooptijdVierVanDeVijf",
    _("doorlooptijd van vier van de vijf"),
    _(
        "Zo veel dagen of minder duurde het van aanmelding tot koppeling bij vier van de vijf nieuwe koppelingen."
    ),
    _("dagen"),
    Counts.COUPLING,
    Nature.DERIVED,
    BOTH,
    average=Average(LEAD_TIME, Statistic.P80, least=30, families=COUPLINGS_STARTED.name),
    versions=ADDED,
)
INTRODUCTION_TIME = Measure(
    "introduction_time_median",
    "dagenTotKennismaking",
    _("dagen tot de kennismaking"),
    _(
        "Dagen van aanmelding tot kennismaking: de helft van de kennismakingen kwam sneller. Vanaf tien gezinnen."
    ),
    _("dagen"),
    Counts.COUPLING,
    Nature.DERIVED,
    BOTH,
    average=Average(INTRODUCTION_DAYS, Statistic.MEDIAN),
    versions=ADDED,
)
WAITING_TIME = Measure(
    "waiting_time_median",
    "wachttijdMediaan",
    _("middelste wachttijd"),
    _(
        "Dagen op de wachtlijst van gezinnen die in de periode een proefperiode begonnen: de helft wachtte korter. "
        "Vanaf tien gezinnen."
    ),
    _("dagen"),
    Counts.FAMILY,
    Nature.DERIVED,
    ASKING,
    average=Average(WAITING_DAYS, Statistic.MEDIAN),
    versions=ADDED,
)
SATISFACTION = Measure(
    "satisfaction_mean",
    "gemiddeldRapportcijfer",
    _("gemiddeld rapportcijfer"),
    _("Het gemiddelde van de rapportcijfers die beide gezinnen in de evaluaties gaven. Vanaf tien gezinnen."),
    _("punten van de 10"),
    Counts.TALK,
    Nature.DERIVED,
    BOTH,
    average=Average(MARKS, Statistic.MEAN, decimals=1),
    versions=ADDED,
)
GOALS_AT_START = Measure(
    "goals_at_start",
    "doelenBijDeStart",
    _("score op de doelen bij de start"),
    _(
        "De score (1 tot en met 5) van het vraaggezin bij de start, gemiddeld over de metingen. Vanaf tien gezinnen."
    ),
    _("punten van de 5"),
    Counts.TALK,
    Nature.DERIVED,
    BOTH,
    (GOAL,),
    average=Average(SCORES_AT_START, Statistic.MEAN, decimals=1),
    versions=ADDED,
)
GOALS_AFTER = Measure(
    "goals_after",
    "doelenNaEenOfTweeJaar",
    _("score op de doelen na één of twee jaar"),
    _(
        "De score (1 tot en met 5) van dezelfde vraaggezinnen na één of twee jaar, gemiddeld over de metingen. "
        "Vanaf tien gezinnen."
    ),
    _("punten van de 5"),
    Counts.TALK,
    Nature.DERIVED,
    BOTH,
    (GOAL,),
    average=Average(SCORES_AFTER, Statistic.MEAN, decimals=1),
    versions=ADDED,
)

COUNTED: tuple[Measure, ...] = (
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    INTAKES_DONE,
    WAITING,
    SEARCHES_ENDED,
    INTRODUCTIONS,
    TRIALS_STARTED,
    TRIALS_STOPPED,
    COUPLINGS_STARTED,
    COUPLINGS_RUNNING,
    COUPLINGS_ENDED,
    COUPLINGS_TOTAL,
    FAMILIES_REACHED,
    CHILDREN_REACHED,
    SUPPORT_APPROVALS,
    SUPPORT_FAMILIES,
    REVIEW_TALKS,
    REVIEWS_OVERDUE,
    MARKS_GIVEN,
    OUTCOMES_MEASURED,
)
DERIVED: tuple[Measure, ...] = (LEAD_TIME_MEAN, LEAD_TIME_MEDIAN)
AVERAGED: tuple[Measure, ...] = (
    LEAD_TIME_P80,
    INTRODUCTION_TIME,
    WAITING_TIME,
    SATISFACTION,
    GOALS_AT_START,
    GOALS_AFTER,
)
MEASURES: dict[str, Measure] = {measure.name: measure for measure in (*COUNTED, *DERIVED, *AVERAGED)}

# Counted in the vault and published for the whole country only (`reporting.nationwide`), never of a municipality.
INTEREST = "interest"
INTEREST_FROM = "lives_in"
CONCERNS = "concerns"
