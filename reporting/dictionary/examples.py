"""How every figure is counted, in words, and what it is for the five families of the story: each example is a test.

The figures are those of 2025. Averages need more families than five; here they are computed all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.vocabulary import Goal
from reporting.dictionary import measures as m
from reporting.dictionary.story import STORY, Told


@dataclass(frozen=True, slots=True)
class Example:
    """A formula in words, the events of the story that it reads, and the figures of 2025 that follow from them.

    Figures are kept as in a release: of a measure with one decimal in tenths. A category that is not named is zero.
    """

    formula: Promise
    because: Promise
    reads: frozenset[str]
    total: int
    splits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def events(self) -> tuple[Told, ...]:
        """The events of the story that matter here, oldest first."""
        return tuple(told for told in STORY if told.event in self.reads)


EXAMPLES: dict[str, Example] = {
    m.REGISTRATIONS_ASKING.name: Example(
        _("Tel de aanmeldingen van vraaggezinnen in de periode."),
        _("C, D en E vroegen in 2025 om steun. A en B deden dat al in 2024."),
        frozenset({"family_registered"}),
        3,
        {m.REFERRAL.name: {"self": 1, "social_team": 1, "school": 1}},
    ),
    m.REGISTRATIONS_SUPPORT.name: Example(
        _("Tel de aanmeldingen van steungezinnen in de periode."),
        _("R, S en T meldden zich in 2025 aan. Dat T nog niet is goedgekeurd, maakt hier niet uit."),
        frozenset({"support_registered"}),
        3,
        {m.CHANNEL.name: {"website": 2, "press": 1}},
    ),
    m.INTAKES_DONE.name: Example(
        _("Tel de intakes die in de periode werden afgerond."),
        _("De intakes met C, D en E waren in 2025 klaar."),
        frozenset({"intake_done"}),
        3,
    ),
    m.WAITING.name: Example(
        _("Tel wie op de wachtlijst kwam en er op de laatste dag van de periode nog op stond."),
        _(
            "Eind 2025 wacht alleen C: de proefperiode stopte en C kwam opnieuw op de wachtlijst. D en E "
            "zijn er af."
        ),
        frozenset({"waiting_started", "waiting_ended"}),
        1,
    ),
    m.SEARCHES_ENDED.name: Example(
        _(
            "Tel hoe vaak een gezin van de wachtlijst ging. Begon in die maand een proefperiode, dan is "
            "het gekoppeld: binnen drie maanden is tot en met 91 dagen wachten."
        ),
        _(
            "In 2025 gingen B, C, D en E van de wachtlijst. Bij D begon er geen proefperiode. B wachtte "
            "100 dagen, langer dan drie maanden. Welk soort gebied het is, heeft de gemeente hier niet "
            "gezegd."
        ),
        frozenset({"waiting_ended", "trial_started"}),
        4,
        {
            m.OUTCOME.name: {"soon": 2, "later": 1, "stopped": 1},
            m.HOUSEHOLD.name: {
                "two_parents:later": 1,
                "single_parent:soon": 1,
                "two_parents:stopped": 1,
                "co_parenting:soon": 1,
            },
            m.INTERPRETER.name: {
                "not_needed:later": 1,
                "needed:soon": 1,
                "not_needed:stopped": 1,
                "not_needed:soon": 1,
            },
            m.AREA.name: {"unknown:soon": 2, "unknown:later": 1, "unknown:stopped": 1},
        },
    ),
    m.INTRODUCTIONS.name: Example(
        _("Tel de kennismakingen in de periode, ook als er geen proefperiode op volgde."),
        _("B en Q, C en R, en E en R leerden elkaar in 2025 kennen."),
        frozenset({"introduction"}),
        3,
    ),
    m.TRIALS_STARTED.name: Example(
        _("Tel de proefperiodes die in de periode begonnen."),
        _("In 2025 begonnen de proefperiodes van B, C en E. Die van A begon in 2024."),
        frozenset({"trial_started"}),
        3,
    ),
    m.TRIALS_STOPPED.name: Example(
        _("Tel de proefperiodes die in de periode stopten en geen koppeling werden."),
        _("Alleen de proefperiode van C en R stopte zonder koppeling."),
        frozenset({"trial_stopped"}),
        1,
    ),
    m.COUPLINGS_STARTED.name: Example(
        _("Tel elke koppeling in de periode waarin zij voor het eerst definitief werd."),
        _("B en E werden in 2025 gekoppeld. A al in 2024. C niet: daar stopte de proefperiode."),
        frozenset({"coupling_started"}),
        2,
        {m.FORM.name: {"weekly_half_day": 1, "overnight": 1}},
    ),
    m.COUPLINGS_RUNNING.name: Example(
        _("Lopend aan het begin, plus nieuw, min beëindigd."),
        _("Eind 2025 lopen de koppelingen van A en B. Die van E is in december geëindigd."),
        frozenset({"coupling_started", "coupling_ended"}),
        2,
    ),
    m.COUPLINGS_ENDED.name: Example(
        _("Tel elke koppeling in de periode waarin zij eindigde. Een einde dat is teruggedraaid, telt niet."),
        _("Alleen de koppeling van E eindigde."),
        frozenset({"coupling_started", "coupling_ended"}),
        1,
        {m.REASON.name: {"family_changed": 1}},
    ),
    m.COUPLINGS_TOTAL.name: Example(
        _("Tel alle nieuwe koppelingen van de eerste dag tot en met de periode op."),
        _("Eén in 2024 (A) en twee in 2025 (B en E): samen drie. Dat die van E eindigde, maakt niet uit."),
        frozenset({"coupling_started"}),
        3,
    ),
    m.FAMILIES_REACHED.name: Example(
        _("Neem alle koppelingen die in de periode liepen. Tel de verschillende vraaggezinnen."),
        _("A, B en E hadden in 2025 een lopende koppeling. C en D niet."),
        frozenset({"coupling_started"}),
        3,
    ),
    m.CHILDREN_REACHED.name: Example(
        _("Neem alle koppelingen die in de periode liepen. Tel de verschillende kinderen."),
        _("Twee kinderen van A, één van B en één van E: samen vier."),
        frozenset({"coupling_started"}),
        4,
        {m.AGE.name: {"0-3": 1, "4-7": 1, "8-11": 1, "12-15": 1}},
    ),
    m.SUPPORT_APPROVALS.name: Example(
        _("Tel de goedkeuringen in de periode. Wie stopt en terugkomt, wordt opnieuw goedgekeurd."),
        _("R en S werden in 2025 goedgekeurd. T meldde zich wel aan, maar is nog niet goedgekeurd."),
        frozenset({"support_approved"}),
        2,
        {m.CHANNEL.name: {"website": 1, "press": 1}},
    ),
    m.SUPPORT_FAMILIES.name: Example(
        _("Tel wie is goedgekeurd en op de laatste dag van de periode niet was gestopt."),
        _("Eind 2025 zijn P, Q en R goedgekeurd. S stopte in augustus, T is nog niet goedgekeurd."),
        frozenset({"support_approved", "support_left"}),
        3,
    ),
    m.REVIEW_TALKS.name: Example(
        _(
            "Tel de evaluaties in de periode, per gezin dat gesproken is. Op tijd is tot en met 14 dagen "
            "na de dag die was afgesproken."
        ),
        _(
            "Vier evaluaties in 2025, elk met beide gezinnen: acht gesprekken. De twee gesprekken van B "
            "en Q waren 20 dagen te laat."
        ),
        frozenset({"evaluation_done"}),
        8,
        {m.TIMELINESS.name: {"on_time": 6, "late": 2}, m.SPOKEN.name: {"family": 4, "support": 4}},
    ),
    m.REVIEWS_OVERDUE.name: Example(
        _(
            "Neem de koppelingen die aan het eind van de periode liepen. Tel die waarvan de start en de "
            "laatste evaluatie beide voor de laatste zeven maanden liggen."
        ),
        _(
            "A en B zijn eind 2025 langer dan zeven maanden gekoppeld. Met A was er in oktober nog een "
            "evaluatie, met B voor het laatst in maart."
        ),
        frozenset({"coupling_started", "evaluation_done"}),
        1,
    ),
    m.MARKS_GIVEN.name: Example(
        _("Tel de evaluatiegesprekken in de periode met een cijfer van 1 tot en met 10."),
        _("In alle acht gesprekken van 2025 kwam er een cijfer: 6, 7, 8, 8, 8, 8, 9 en 9."),
        frozenset({"evaluation_done"}),
        8,
        {m.MARK.name: {"middle": 2, "high": 6}},
    ),
    m.OUTCOMES_MEASURED.name: Example(
        _(
            "Tel de gesprekken met vier scores na één en na twee jaar. Vergelijk elke score met die van "
            "de start van dezelfde koppeling."
        ),
        _(
            "Alleen met A was er in 2025 een gesprek na een jaar. De scores gingen van 2, 3, 3, 2 naar 4, "
            "4, 3, 2."
        ),
        frozenset({"evaluation_done"}),
        1,
        {
            m.CHANGES[Goal.RELIEF].name: {"better": 1},
            m.CHANGES[Goal.STRENGTH].name: {"better": 1},
            m.CHANGES[Goal.CLIMATE].name: {"same": 1},
            m.CHANGES[Goal.NETWORK].name: {"same": 1},
        },
    ),
    m.LEAD_TIME_MEAN.name: Example(
        _("Tel de dagen van alle nieuwe koppelingen op en deel door het aantal. Rond af op hele dagen."),
        _("Bij B duurde het 180 dagen, bij E 130: gemiddeld 155."),
        frozenset({"coupling_started"}),
        155,
    ),
    m.LEAD_TIME_MEDIAN.name: Example(
        _(
            "Zet de nieuwe koppelingen op volgorde van dagen. Neem de middelste; van twee middelste de "
            "kortste."
        ),
        _("Bij E duurde het 130 dagen, bij B 180. Van twee middelste telt de kortste: 130."),
        frozenset({"coupling_started"}),
        130,
    ),
    m.LEAD_TIME_P80.name: Example(
        _(
            "Zet de nieuwe koppelingen op volgorde van dagen. Neem die op vier vijfde van de rij. Vanaf "
            "dertig gezinnen."
        ),
        _("Bij E duurde het 130 dagen, bij B 180. Pas bij 180 zijn het er vier van de vijf."),
        frozenset({"coupling_started"}),
        180,
    ),
    m.INTRODUCTION_TIME.name: Example(
        _("Zet de kennismakingen op volgorde van dagen. Neem de middelste; van twee middelste de kortste."),
        _("Op volgorde: C 60, E 95 en B 110 dagen. De middelste is 95."),
        frozenset({"introduction"}),
        95,
    ),
    m.WAITING_TIME.name: Example(
        _("Zet de zoektochten die tot een proefperiode leidden op volgorde van dagen. Neem de middelste."),
        _(
            "Op volgorde: C 50, E 60 en B 100 dagen. De middelste is 60. D telt niet mee: daar begon geen "
            "proefperiode."
        ),
        frozenset({"waiting_ended", "trial_started"}),
        60,
    ),
    m.SATISFACTION.name: Example(
        _("Tel de gegeven cijfers op en deel door het aantal. Rond af op één decimaal."),
        _("De acht cijfers van 2025 zijn samen 63. Gedeeld door acht is dat 7,9."),
        frozenset({"evaluation_done"}),
        79,
    ),
    m.GOALS_AT_START.name: Example(
        _("Neem de metingen van het effect. Tel de scores van de start op en deel door het aantal."),
        _("De scores van A bij de start waren 2, 3, 3 en 2: gemiddeld 2,5."),
        frozenset({"evaluation_done"}),
        25,
        {m.GOAL.name: {"relief": 20, "strength": 30, "climate": 30, "network": 20}},
    ),
    m.GOALS_AFTER.name: Example(
        _("Neem de metingen van het effect. Tel de scores na één of twee jaar op en deel door het aantal."),
        _("De scores van A na een jaar waren 4, 4, 3 en 2: gemiddeld 3,3."),
        frozenset({"evaluation_done"}),
        33,
        {m.GOAL.name: {"relief": 40, "strength": 40, "climate": 30, "network": 20}},
    ),
}
