"""The tour: what each step says, and which page of the practice municipality it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Text
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import RequestingFamily
from core.families.workflow import RequestingStatus
from core.matching.models import MatchProposal
from core.matching.workflow import ProposalStatus

Rows = Callable[[], "QuerySet[Model]"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step: what to look at and what to try. Somebody who moved the example on meets the list instead."""

    title: Text
    text: Text
    # The page of one example, and where to go when there is none.
    page: str
    otherwise: str = "home:today"
    rows: Rows | None = None

    def address(self) -> str:
        """Return the page of this step as things stand now."""
        if self.rows is None:
            return reverse(self.page)
        example = self.rows().order_by("pk").first()
        return reverse(self.page, args=[example.pk]) if example else reverse(self.otherwise)


def _families(status: RequestingStatus) -> Rows:
    return lambda: RequestingFamily.objects.filter(status=status)


def _proposals(status: ProposalStatus) -> Rows:
    return lambda: MatchProposal.objects.filter(status=status)


def _couplings(status: CouplingStatus) -> Rows:
    return lambda: Coupling.objects.filter(status=status)


STEPS: tuple[Step, ...] = (
    Step(
        _("Vandaag"),
        _(
            "Hier begin je elke dag. Bij elke regel staat waarom hij er staat en wat je kunt doen. Komt het nu niet"
            " uit? Stel de regel uit, met een reden."
        ),
        "home:today",
    ),
    Step(
        _("Een nieuwe aanmelding"),
        _(
            "Dit gezin meldde zich aan. Kijk of er staat wanneer je veilig kunt bellen. Heb je gebeld? Druk dan op"
            " Gebeld en schrijf kort op wat er is gezegd."
        ),
        "families:requesting_detail",
        "families:registrations",
        _families(RequestingStatus.REGISTERED),
    ),
    Step(
        _("De intake"),
        _(
            "Je bent op huisbezoek. Vul in wat je hoort, bewaar, en rond het later af. Met Een onderwerp per scherm"
            " gaat het goed op je telefoon."
        ),
        "intake:requesting",
        "families:registrations",
        _families(RequestingStatus.INTAKE),
    ),
    Step(
        _("Wie wacht er?"),
        _("Wie het langst wacht, staat bovenaan. Open een gezin om het hele dossier te zien."),
        "home:waiting",
    ),
    Step(
        _("Een steungezin zoeken"),
        _(
            "Je ziet welke steungezinnen passen en waarom. Wat in de weg staat, zie je ook. De score ordent de lijst,"
            " maar jij kiest."
        ),
        "matching:candidates",
        "home:waiting",
        _families(RequestingStatus.WAITING),
    ),
    Step(
        _("Een voorstel"),
        _(
            "Bel eerst het steungezin en lees het profiel zonder namen voor. Zegt het ja, bel dan de ouders. Leg elk"
            " antwoord vast met de knoppen."
        ),
        "matching:proposal_detail",
        "matching:proposal_list",
        _proposals(ProposalStatus.SUPPORT_ASKED),
    ),
    Step(
        _("De afspraken op papier"),
        _(
            "Deze gezinnen hebben elkaar ontmoet en willen het proberen. Vul de dagen, de huisregels en het nummer bij"
            " nood in. Daarmee begint de proefperiode."
        ),
        "guidance:trial",
        "couplings:coupling_list",
        _couplings(CouplingStatus.INTRODUCTION),
    ),
    Step(
        _("Een koppeling begeleiden"),
        _(
            "Twee jaar lang praat je op vaste momenten met allebei de gezinnen, apart. De volgende datum komt vanzelf"
            " op je lijst."
        ),
        "couplings:coupling_detail",
        "couplings:coupling_list",
        _couplings(CouplingStatus.COUPLED),
    ),
    Step(
        _("De VOG"),
        _(
            "Wat het eerst afloopt, staat bovenaan. Leg vast dat je de VOG zag en geef haar terug. Een kopie bewaar je"
            " nooit."
        ),
        "home:vog",
    ),
    Step(
        _("Een zorg melden"),
        _(
            "Heb je een niet-pluisgevoel? Leg het hier vast, apart van het dossier. De vijf stappen van de meldcode"
            " helpen je verder. Bij direct gevaar bel je 112."
        ),
        "safeguarding:raise_coupling",
        "couplings:coupling_list",
        _couplings(CouplingStatus.COUPLED),
    ),
)
LAST = len(STEPS)
