"""The words of the work, in one place: for the help at each term, the page of words and platform/docs/glossary.md.

A test holds the document to this list, word for word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from common.errors import Text


@dataclass(frozen=True, slots=True)
class Term:
    """A word: its name in addresses, the question and the answer in plain Dutch, and what it is called in the code."""

    key: str
    dutch: str
    question: Text
    answer: Text
    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Group:
    """Words that belong together, with the heading above them."""

    title: Text
    terms: tuple[Term, ...]


GROUPS: Sequence[Group] = (
    Group(
        _("Mensen en organisaties"),
        (
            Term(
                "gemeente",
                "gemeente",
                _("Wat is hier een gemeente?"),
                _(
                    "De gemeente die het programma betaalt. Elke gemeente heeft een eigen, afgesloten deel van Naober."
                    " Soms werken een paar gemeenten samen als een werkgebied."
                ),
                "`Municipality`",
                "contract partner and tenant: one programme area, usually one municipality",
            ),
            Term(
                "oefengemeente",
                "oefengemeente",
                _("Wat is de oefengemeente?"),
                _(
                    "Een gemeente waarin alles verzonnen is. Je kunt er alles uitproberen. Er gaat geen mail uit, er"
                    " wordt niets geteld, en met een knop begin je opnieuw."
                ),
                "`Kind.PRACTICE`",
                "municipality with invented people only: never counted, sends no mail, can be reset",
            ),
            Term(
                "coordinator",
                "coördinator",
                _("Wat doet een coördinator?"),
                _(
                    "De coördinator praat met de gezinnen, zoekt wie bij elkaar past en begeleidt hen twee jaar lang."
                ),
                "`Role.COORDINATOR`",
                "local professional who registers, matches and guides",
            ),
            Term(
                "waarnemer",
                "waarnemer",
                _("Wat is een waarnemer?"),
                _(
                    "Een collega die het werk van een coördinator overneemt, tot een afgesproken dag. Daarna eindigen"
                    " de rechten vanzelf."
                ),
                "`Role.DEPUTY`",
                "colleague who stands in for a coordinator",
            ),
            Term(
                "aandachtsfunctionaris",
                "aandachtsfunctionaris",
                _("Wat doet de aandachtsfunctionaris?"),
                _(
                    "De collega die het meest weet van de meldcode. Met haar of hem overleg je als je je zorgen maakt"
                    " over een kind."
                ),
                "`Role.SAFEGUARDING_OFFICER`",
                "expert on the reporting code",
            ),
            Term(
                "landelijk-bureau",
                "landelijk bureau, stichting",
                _("Wat is het landelijk bureau?"),
                _("De stichting achter het programma. Die ziet alleen aantallen en nooit een gezin."),
                "`foundation`",
                "the national foundation; sees totals, never a family",
            ),
        ),
    ),
    Group(
        _("Gezinnen"),
        (
            Term(
                "vraaggezin",
                "vraaggezin",
                _("Wat is een vraaggezin?"),
                _(
                    "Een gezin dat het zwaar heeft en steun vraagt. Er is geen verwijzing of diagnose nodig, en het"
                    " kost het gezin niets."
                ),
                "`RequestingFamily`",
                "family that asks for support",
            ),
            Term(
                "vraagouder",
                "vraagouder",
                _("Wat is een vraagouder?"),
                _("Een ouder of verzorger in een vraaggezin."),
                "`RequestingParent`",
                "parent or guardian in it",
            ),
            Term(
                "vraagkind",
                "vraagkind",
                _("Wat is een vraagkind?"),
                _("Een kind dat naar het steungezin gaat, of een kind dat nog geboren moet worden."),
                "`SupportedChild`",
                "child that is supported, born or expected",
            ),
            Term(
                "gezag",
                "gezag",
                _("Wat is gezag?"),
                _(
                    "Wie gezag heeft, mag volgens de wet over het kind beslissen. Alle ouders met gezag moeten akkoord"
                    " zijn voordat je een voorstel doet. Ook een ouder die ergens anders woont."
                ),
                "`has_custody`",
                "who may decide for the child; all of them must agree",
            ),
            Term(
                "steungezin",
                "steungezin",
                _("Wat is een steungezin?"),
                _(
                    "Vrijwilligers die een gezin in de buurt willen helpen: een gezin, een stel of iemand alleen. Zij"
                    " hebben ervaring met opvoeden."
                ),
                "`SupportFamily`",
                "volunteer family, couple or person",
            ),
            Term(
                "steunouder",
                "steunouder, huisgenoot",
                _("Wat is een steunouder of huisgenoot?"),
                _(
                    "Een volwassene in het huis van het steungezin. Wie alleen met een kind kan zijn, heeft een VOG"
                    " nodig."
                ),
                "`SupportAdult`",
                "adult in that household",
            ),
        ),
    ),
    Group(
        _("Van aanmelding tot koppeling"),
        (
            Term(
                "aanmelding",
                "aanmelding",
                _("Wat is een aanmelding?"),
                _(
                    "Het eerste bericht van een gezin. Dat kan via de website, door een verwijzer of aan de telefoon."
                    " Bel binnen twee werkdagen terug."
                ),
                "registration",
                "first sign-up, by the family, a referrer or the coordinator",
            ),
            Term(
                "verwijzer",
                "verwijzer",
                _("Wat is een verwijzer?"),
                _(
                    "Iemand die het gezin op het programma wees, zoals een juf of het wijkteam. Wij tellen alleen de"
                    " soort verwijzer, geen namen."
                ),
                "`ReferralSource`",
                "who pointed the family here: only a category is counted",
            ),
            Term(
                "toestemming",
                "toestemming",
                _("Waarvoor is toestemming nodig?"),
                _(
                    "Voor gevoelige gegevens, zoals gezondheid of geloof. Vraag het per onderwerp en schrijf de datum"
                    " op. Een gezin mag het altijd weer intrekken. Dan verdwijnt wat je opschreef."
                ),
                "`Consent`",
                "dated, per group of special personal data, can be withdrawn",
            ),
            Term(
                "intake",
                "intake, hulpvraag",
                _("Wat is de intake?"),
                _(
                    "Het gesprek bij het gezin thuis over wat het nodig heeft. Je stelt vier vaste vragen. Daarna staat"
                    " het gezin op de wachtlijst."
                ),
                "`SupportNeed`",
                "the talk at home and what is asked",
            ),
            Term(
                "wachtend",
                "wachtend, wachtlijst",
                _("Wanneer is een gezin wachtend?"),
                _(
                    "Na de intake, zolang er nog geen proefperiode loopt. De dagen tellen vanaf de dag dat de intake"
                    " klaar was."
                ),
                "`RequestingStatus.WAITING`",
                "after the intake, without a running trial or coupling",
            ),
            Term(
                "samenvoegen",
                "samenvoegen",
                _("Wat is samenvoegen?"),
                _(
                    "Een gezin dat twee keer in de lijst staat, voeg je samen tot een dossier. Je ziet eerst wat er"
                    " gebeurt, en je kunt het terugdraaien."
                ),
                "`RequestingStatus.MERGED`",
                "two files of one family made into one; can be undone",
            ),
            Term(
                "steunaanbod",
                "steunaanbod",
                _("Wat is een steunaanbod?"),
                _("Wat een steungezin kan bieden: welke steun, wanneer, hoe vaak en voor hoeveel kinderen."),
                "`SupportOffer`",
                "what a support family can give",
            ),
            Term(
                "screening",
                "goedkeuring",
                _("Wat gebeurt er voor de goedkeuring?"),
                _(
                    "Je bezoekt het steungezin, belt de referenties en ziet de VOG van iedereen die er een nodig heeft."
                    " Is alles in orde, dan keur je het gezin goed."
                ),
                "`SupportStatus.SCREENING`",
                "visit, references and certificates before a support family is approved",
            ),
            Term(
                "beschikbaar",
                "beschikbaar",
                _("Wanneer is een steungezin beschikbaar?"),
                _("Het gezin is goedgekeurd en doet niet aan een pauze. Je kunt het voorstellen."),
                "`SupportStatus.AVAILABLE`",
                "approved, and can be proposed",
            ),
            Term(
                "gepauzeerd",
                "gepauzeerd",
                _("Wat is een pauze?"),
                _(
                    "Het steungezin wil even niets nieuws, bijvoorbeeld door een verhuizing. Een koppeling die loopt,"
                    " gaat gewoon door."
                ),
                "`SupportStatus.PAUSED`",
                "takes nobody new for a while",
            ),
            Term(
                "dagdeel",
                "dagdeel",
                _("Wat is een dagdeel?"),
                _("De ochtend, middag, avond of nacht van een dag in de week, bijvoorbeeld woensdagmiddag."),
                "`DayPart`",
                "morning, afternoon, evening or night of a weekday",
            ),
            Term(
                "steunvorm",
                "steunvorm",
                _("Wat is een steunvorm?"),
                _("De soort steun, zoals een vaste middag per week, een weekend of hulp bij het huiswerk."),
                "`SupportForm`",
                "kind of support",
            ),
            Term(
                "vog",
                "VOG",
                _("Wat is een VOG?"),
                _(
                    "Een Verklaring Omtrent het Gedrag. Het steungezin vraagt die gratis aan en laat haar zien. Jij"
                    " schrijft alleen op wanneer je haar zag. Het papier geef je terug, en je bewaart geen kopie."
                ),
                "`ConductCertificateCheck`",
                "certificate of conduct: seen and given back, never stored",
            ),
            Term(
                "referentie",
                "referentie",
                _("Wat is een referentie?"),
                _("Iemand die het steungezin goed kent en die je belt om te vragen hoe het daar gaat."),
                "`Reference`",
                "person asked about a support family",
            ),
            Term(
                "huisregels",
                "huisregels, gedragscode",
                _("Wat zijn de huisregels en de gedragscode?"),
                _(
                    "De huisregels horen bij elke overeenkomst. De gedragscode is voor iedere steunouder. Je legt vast"
                    " met welke versie iemand akkoord ging."
                ),
                "`RulesAcceptance`",
                "documents to which an adult agrees, by version",
            ),
            Term(
                "wens",
                "wens, wat echt niet kan",
                _("Wat is het verschil tussen een wens en wat echt niet kan?"),
                _(
                    "Een wens telt mee, maar houdt niets tegen. Wat echt niet kan, houdt een voorstel wel tegen,"
                    " bijvoorbeeld een hond in huis bij een allergie."
                ),
                "`Wish`, `Veto`",
                "soft and blocking",
            ),
            Term(
                "weging",
                "weging",
                _("Wat is de weging?"),
                _(
                    "Hoeveel punten elk onderdeel van de score krijgt. De stichting stelt ze vast. Een gemeente mag"
                    " binnen grenzen afwijken. Elk voorstel houdt de weging waarmee het is gemaakt."
                ),
                "`Weights`, `LocalWeights`",
                "points per factor of the score, national and versioned, adjusted locally within bounds",
            ),
            Term(
                "terugdoen",
                "iets terugdoen",
                _("Waarom vragen wij wat een gezin terugdoet?"),
                _(
                    "Samen iets doen maakt het contact gelijkwaardig. Niets hoeft. Wat het ene gezin graag doet en het"
                    " andere fijn vindt, telt mee als wens."
                ),
                "`Return`",
                "what an asking family likes to do in return, and what a support family would enjoy",
            ),
            Term(
                "wachtlijstbord",
                "wachtlijstbord",
                _("Wat is het wachtlijstbord?"),
                _(
                    "Een voorzet voor iedereen die wacht: welk steungezin bij welk gezin past, zo dat samen de meeste"
                    " gezinnen geholpen zijn. Het bord legt niets vast."
                ),
                "`Question`, `Answer`",
                "the best set of proposals for all who wait: a draft",
            ),
            Term(
                "matchvoorstel",
                "matchvoorstel",
                _("Wat is een matchvoorstel?"),
                _(
                    "Jouw idee welk steungezin bij een vraaggezin past, met de redenen. Je vraagt eerst het steungezin,"
                    " zonder namen te noemen. Daarna vraag je de ouders."
                ),
                "`MatchProposal`",
                "proposed combination with its reasons",
            ),
            Term(
                "kaart-over-de-grens",
                "kaart over de grens",
                _("Wat is een kaart over de grens?"),
                _(
                    "Een kaart zonder naam voor een buurgemeente: hoe ver weg ongeveer, welke dagdelen, leeftijden en"
                    " steunvorm. Namen gaan pas over als beide coördinatoren en beide gezinnen ja zeggen."
                ),
                "`Card`, `CounterCard`, `BorderExchange`",
                "anonymous card shown to a neighbouring municipality that both sides allow",
            ),
            Term(
                "kennismaking",
                "kennismaking",
                _("Wat is de kennismaking?"),
                _("De eerste keer dat de twee gezinnen elkaar zien. Jij bent erbij."),
                "`CouplingStatus.INTRODUCTION`",
                "first meeting",
            ),
            Term(
                "proefperiode",
                "proefperiode",
                _("Wat is de proefperiode?"),
                _(
                    "Een of twee maanden om te kijken of het past, met een voorlopige overeenkomst. Aan het eind praat"
                    " je met allebei de gezinnen apart."
                ),
                "`CouplingStatus.TRIAL`",
                "one to two months with an agreement of its own",
            ),
            Term(
                "koppeling",
                "koppeling",
                _("Wat is een koppeling?"),
                _(
                    "Een vraaggezin en een steungezin die bij elkaar horen, met de kinderen om wie het gaat. Definitief"
                    " is zij pas als de overeenkomst er is."
                ),
                "`Coupling`",
                "combination of two families and a set of children; definitive once the agreement is signed",
            ),
            Term(
                "overeenkomst",
                "overeenkomst, afspraken",
                _("Wat staat er in de overeenkomst?"),
                _(
                    "Wat de gezinnen afspreken: de dagen, halen en brengen, de huisregels en wie je belt bij nood."
                    " Verandert er iets, dan maak je een nieuwe versie. De oude blijft bewaard."
                ),
                "`CouplingAgreement`",
                "what was agreed, in dated versions, with the house rules",
            ),
        ),
    ),
    Group(
        _("Begeleiding en einde"),
        (
            Term(
                "begeleiding",
                "begeleiding",
                _("Hoe lang duurt de begeleiding?"),
                _("Twee jaar vanaf de koppeling, met gesprekken op vaste momenten."),
                "`guidance`",
                "two years of planned talks",
            ),
            Term(
                "evaluatie",
                "evaluatie",
                _("Wat is een evaluatie?"),
                _(
                    "Een gepland gesprek over hoe het gaat: met elk gezin apart, over de vier doelen en of zij"
                    " doorgaan."
                ),
                "`Evaluation`",
                "talk with one side on the four goals",
            ),
            Term(
                "vier-doelen",
                "vier doelen",
                _("Wat zijn de vier doelen?"),
                _(
                    "De ouders ontlasten, de ouders sterker maken, het opvoedklimaat verbeteren en het netwerk"
                    " uitbreiden."
                ),
                "`Goal`",
                "what the programme wants to reach; scored from 1 to 5",
            ),
            Term(
                "contactmoment",
                "contactmoment",
                _("Wat is een contactmoment?"),
                _("Een telefoontje, bezoek of bericht tussen de geplande gesprekken door."),
                "`ContactMoment`",
                "call, visit or message in between",
            ),
            Term(
                "beeindiging",
                "beëindiging, afsluiten",
                _("Wat gebeurt er bij het einde?"),
                _(
                    "Je schrijft de reden op, voert met elk gezin een afsluitend gesprek en vraagt of het steungezin"
                    " weer beschikbaar is."
                ),
                "`EndingReason`",
                "end of a coupling or of a file, with its reason",
            ),
            Term(
                "brief",
                "brief, mail",
                _("Hoe gaat een brief of mail?"),
                _(
                    "Je kiest een tekst, leest hem na en verstuurt hem of drukt hem af. Wat je stuurde blijft in het"
                    " dossier staan. Komt een mail niet aan, dan zie je dat op je lijst."
                ),
                "`Letter`, `MailDelivery`",
                "what was written to one person, as it went; what became of the mail",
            ),
            Term(
                "onderwerp-van-een-mail",
                "onderwerp van een mail",
                _("Waarom kies je het onderwerp uit een lijst?"),
                _(
                    "Iedereen kan een onderwerp zien, ook op een vergrendeld scherm. Daarom staan er nooit namen in."
                ),
                "`Topic`",
                "from a fixed list, without personal data",
            ),
            Term(
                "klein-gebaar",
                "klein gebaar",
                _("Wat is een klein gebaar?"),
                _(
                    "Een kaartje, een belletje of een mail waarmee een steungezin zonder koppeling betrokken blijft."
                ),
                "`Deed`",
                "what keeps a support family without a coupling warm",
            ),
            Term(
                "nazorg",
                "nazorg",
                _("Wat is nazorg?"),
                _("Drie maanden na het einde bel je nog een keer om te horen hoe het gaat."),
                "`MomentKind.AFTERCARE`",
                "call three months after the end",
            ),
        ),
    ),
    Group(
        _("Zorgen om een kind"),
        (
            Term(
                "zorg",
                "zorg, niet-pluisgevoel",
                _("Wat is een zorg?"),
                _(
                    "Het gevoel dat een kind misschien niet veilig is. Je legt het apart vast. Alleen jij, de"
                    " aandachtsfunctionaris en een vervanger zien het."
                ),
                "`Concern`",
                "worry about safety; stands apart and is seen by few",
            ),
            Term(
                "meldcode",
                "meldcode",
                _("Wat is de meldcode?"),
                _(
                    "Vijf stappen die de wet je vraagt bij een vermoeden van huiselijk geweld of kindermishandeling:"
                    " signalen opschrijven, overleggen, praten met het gezin, wegen en beslissen."
                ),
                "`EntryKind`",
                "the five legal steps",
            ),
            Term(
                "veilig-thuis",
                "Veilig Thuis",
                _("Wat is Veilig Thuis?"),
                _(
                    "De plek waar je dag en nacht gratis advies krijgt en kunt melden: 0800-2000. Advies vragen kan"
                    " zonder een naam te noemen. Bij direct gevaar bel je 112."
                ),
                "`veilig_thuis_number`",
                "advice and report centre",
            ),
        ),
    ),
    Group(
        _("Cijfers"),
        (
            Term(
                "grootboek",
                "grootboek",
                _("Wat is het grootboek?"),
                _("De lijst van wat er gebeurde, zonder namen. Daaruit komen alle aantallen."),
                "`LedgerEntry`",
                "what happened, without identity; append-only",
            ),
            Term(
                "kluis",
                "kluis",
                _("Wat is de kluis?"),
                _(
                    "De plek waar de aantallen staan voordat ze beschermd zijn. Geen enkele pagina kan daarbij."
                ),
                "`vault`",
                "facts: counts only; no web process can read them",
            ),
            Term(
                "publicatie",
                "publicatie",
                _("Wat is een publicatie?"),
                _("De beschermde cijfers van een moment. Ze veranderen daarna niet meer."),
                "`Release`",
                "protected tables, versioned and frozen",
            ),
            Term(
                "niet-getoond",
                "niet getoond",
                _("Waarom wordt een cijfer niet getoond?"),
                _(
                    "Het aantal is zo klein dat je zou kunnen raden om welk gezin het gaat. Niet getoond betekent dus"
                    " niet nul."
                ),
                "status `C`",
                "hidden to protect families; never zero",
            ),
            Term(
                "gemeentecode",
                "gemeentecode",
                _("Wat is een gemeentecode?"),
                _("De code die het CBS aan een gemeente geeft, zoals GM0439."),
                "`MunicipalityCode`",
                "CBS code `GMxxxx` with its period of validity",
            ),
        ),
    ),
)
TERMS: dict[str, Term] = {term.key: term for group in GROUPS for term in group.terms}
# A state of a family, proposal or coupling is explained by the word it belongs to.
STATES: dict[str, str] = {
    "registered": "aanmelding",
    "contacted": "aanmelding",
    "waiting": "wachtend",
    "supported": "koppeling",
    "available": "beschikbaar",
    "paused": "gepauzeerd",
    "draft": "matchvoorstel",
    "support_asked": "matchvoorstel",
    "parents_asked": "matchvoorstel",
    "accepted": "matchvoorstel",
    "declined_by_support": "matchvoorstel",
    "declined_by_parents": "matchvoorstel",
    "withdrawn": "matchvoorstel",
    "introduced": "kennismaking",
    "introduction": "kennismaking",
    "trial": "proefperiode",
    "coupled": "koppeling",
    "not_continued": "proefperiode",
    "closed": "beeindiging",
    "left": "beeindiging",
    "ended": "beeindiging",
    "merged": "samenvoegen",
}


def term_for(key: str) -> Term:
    """Return a word by its key, or the word that explains a state."""
    return TERMS[STATES.get(key, key)]
