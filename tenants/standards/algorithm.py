"""The card of the ranking of candidates for the Algoritmeregister, filled in from the code and the weights that count.

The names of the fields are those of the register of the Dutch government (github.com/MinBZK/Algoritmeregister). The
text is Dutch, whoever reads it: it is handed in as it stands. Tests hold the lists below to the rules of matching: a
gate or a field that the rules know and this card does not, or the other way round, fails them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from common.formats import long_date
from common.language import in_dutch
from common.vocabulary import AreaKind, ScorePart
from tenants.standards.selectors import Version
from tenants.standards.weighing import ALL_POINTS, weighing_of

NAME: Final = "Ordenen van steungezinnen bij een vraaggezin"

# Every gate of matching by its code: what is in the way, whatever the score.
GATES: Final[Mapping[str, str]] = {
    "consent": "elke ouder met gezag is akkoord",
    "need": "het vraaggezin zoekt nu en er is een kind gekozen",
    "closing_talk": "een eerdere koppeling is met een gesprek afgesloten",
    "together": "de twee gezinnen zijn nog niet aan elkaar voorgesteld",
    "vog": "elke volwassene die er een nodig heeft, heeft een geldige VOG",
    "available": "het steungezin is goedgekeurd en beschikbaar",
    "capacity": "er is plek voor alle kinderen op een gevraagd dagdeel",
    "veto": "niets wat voor een van beide gezinnen echt niet kan",
    "form": "ten minste een gevraagde steunvorm wordt aangeboden",
    "day_part": "ten minste een dagdeel past bij allebei",
    "overnight": "er is een slaapplek als logeren nodig is",
    "distance": "niet verder weg dan een van beide gezinnen wil",
}
# Every field the rules read, by its name in the code: of the asking family, of the support family, or of both.
FIELDS: Final[Mapping[str, str]] = {
    "age_bands": "leeftijdsklassen van de kinderen, en welke passen bij het steungezin",
    "own_children_age_bands": "leeftijdsklassen van de eigen kinderen van het steungezin",
    "forms": "gevraagde en aangeboden steunvormen",
    "frequency": "hoe vaak",
    "day_parts": "dagdelen",
    "booked": "dagdelen waarop een steungezin al een kind heeft",
    "overnight": "of blijven slapen nodig is en kan",
    "vetoes": "wat echt niet kan: hond, kat, roken, trappen",
    "traits": "hoe beide huizen zijn: hond, kat, roken, trappen",
    "wishes": "wensen die het vraaggezin zelf noemt",
    "strengths": "ervaring en wat het steungezin graag doet",
    "gives": "wat het vraaggezin graag terugdoet",
    "hopes": "wat het steungezin fijn zou vinden",
    "needs_transport": "of halen en brengen nodig is",
    "has_transport": "of het steungezin kan halen en brengen",
    "max_distance_km": "hoe ver hoogstens, van beide kanten",
    "place": "het midden van het postcodegebied (vier cijfers), nooit het adres",
    "waiting": "of het vraaggezin zoekt",
    "has_custody_holder": "of bekend is wie het gezag heeft",
    "parents_to_ask": "of ouders met gezag nog akkoord moeten geven",
    "talks_due": "of een afsluitend gesprek nog moet",
    "together_with": "of de twee gezinnen al een voorstel of koppeling hebben",
    "availability": "of het steungezin goedgekeurd en beschikbaar is",
    "approved_on": "hoe lang het steungezin al beschikbaar is (dat ordent alleen bij gelijke punten)",
    "paused_until": "tot wanneer het steungezin rust",
    "free_places": "hoeveel plekken er vrij zijn",
    "has_screened_adult": "of er een volwassene met een VOG is",
    "adults_without_vog": "of er nog een VOG ontbreekt",
    "family": "welk steungezin het is, om een dubbel voorstel te vinden",
}
# What is kept for the work and never counts: the column in the code, and what it is.
NEVER: Final[Mapping[str, str]] = {
    "families.RequestingFamily.household": "gezinsvorm",
    "families.RequestingFamily.interpreter_language": "taal en tolk",
    "families.RequestingFamily.referral_source": "wie het gezin heeft verwezen",
    "families.RequestingFamily.waiting_since": "hoe lang het gezin wacht (dat ordent alleen de lijst van"
    " vraaggezinnen)",
    "families.RequestingFamily.safe_contact": "wanneer en hoe veilig gebeld kan worden",
    "families.SupportedChild.first_name": "namen",
    "intake.SupportNeed.question_support": "vrije tekst van de intake",
}
# What is not even kept.
NOT_KEPT: Final = (
    "inkomen en schulden",
    "burgerservicenummer",
    "herkomst, nationaliteit en geboorteland",
    "de VOG zelf",
    "foto’s van kinderen",
)


@dataclass(frozen=True, slots=True)
class CardField:
    """A field of the register: its name there, its Dutch heading, and its text in paragraphs."""

    key: str
    label: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the text as one."""
        return "\n\n".join(self.paragraphs)


@in_dutch()
def algorithm_card(version: Version, organisation: str, on: date) -> tuple[CardField, ...]:
    """Return the card with the weights of a version, as it is on a day, for the organisation that hands it in."""
    return tuple(_fields(version, organisation, on))


def as_json(card: tuple[CardField, ...]) -> dict[str, str]:
    """Return the card by the names of the register."""
    return {field.key: field.text for field in card}


def as_markdown(card: tuple[CardField, ...]) -> str:
    """Return the card as a document."""
    parts = [f"# {card[0].text}"]
    parts += [f"## {field.label}\n\n{field.text}" for field in card[1:]]
    return "\n\n".join(parts) + "\n"


def _fields(version: Version, organisation: str, on: date) -> Iterator[CardField]:
    def field(key: str, label: str, *paragraphs: str) -> CardField:
        return CardField(key, label, paragraphs)

    weighing = weighing_of(version.content)
    published = version.published_at
    since = f"gepubliceerd op {long_date(published)}" if published else "meegeleverd met het product"
    yield field("name", "Naam", NAME)
    yield field("organization", "Organisatie", organisation)
    yield field(
        "description_short",
        "Korte omschrijving",
        "Zet steungezinnen op volgorde voor een gezin dat steun zoekt, en zegt bij elk waarom. De coördinator"
        " kiest.",
    )
    yield field("type", "Soort algoritme", "Rekenregels die mensen hebben vastgesteld. Niet zelflerend.")
    yield field("status", "Status", "In gebruik")
    yield field(
        "goal",
        "Doel",
        "Een coördinator in korte tijd laten zien welke steungezinnen passen bij een vraaggezin, met de redenen"
        " voor en"
        " tegen, wat nog niet bekend is, en wat een combinatie in de weg staat.",
    )
    yield field(
        "impact",
        "Gevolgen",
        "Wie hoger staat, wordt eerder bekeken. Een steungezin dat laag staat, blijft zichtbaar. Een gezin"
        " krijgt of"
        " verliest geen recht door de volgorde; meedoen is vrijwillig en kan altijd stoppen.",
    )
    yield field(
        "proportionality",
        "Afwegingen",
        "Zonder ordening hangt de keuze af van wie een coördinator toevallig voor ogen heeft. Er is gekozen voor"
        " een som"
        " van punten die iedereen kan narekenen, en niet voor een model dat van eerdere keuzes leert: dat zou oude"
        " voorkeuren herhalen.",
        "Wat niet bekend is, telt voor de helft en wordt een vraag om te stellen, zodat een gat in een dossier"
        " een gezin"
        " niet hoger of lager zet. Landelijk wordt gevolgd hoe lang gezinnen wachten, in beschermde totalen.",
    )
    yield field(
        "decision_making_process",
        "Besluitvorming",
        "Er is geen besluit in de zin van de Algemene wet bestuursrecht. De coördinator doet een voorstel; het"
        " steungezin en de ouders zeggen ja of nee.",
    )
    yield field(
        "human_intervention",
        "Menselijke tussenkomst",
        "Altijd. De coördinator kiest, mag iemand van buiten de getoonde lijst kiezen en schrijft dan op waarom."
        " Daarna"
        " vraagt zij eerst het steungezin en dan de ouders. Er gebeurt niets vanzelf.",
    )
    yield field(
        "risks",
        "Risicobeheer",
        "Voorwaarden gaan voor de punten: is er een niet vervuld, dan is een voorstel niet mogelijk, wat de"
        " score ook is.",
        "Bij elke wijziging wordt met duizenden verzonnen gezinnen beproefd dat de getoonde punten samen precies"
        " de score"
        " zijn, dat een voorwaarde niet te omzeilen is, en dat gegevens die niet mogen tellen niets veranderen.",
        "Elk voorstel bewaart de punten, de redenen en de versie van de weging. Alle inzage en wijziging wordt"
        " vastgelegd.",
    )
    yield field(
        "lawful_basis",
        "Wettelijke basis",
        "Uitvoering van de afspraak met het gezin en met de vrijwilliger (AVG artikel 6, eerste lid, onder b)."
        " Bijzondere"
        " persoonsgegevens tellen alleen als het gezin er zelf een wens van maakt, met uitdrukkelijke"
        " toestemming (AVG"
        " artikel 9, tweede lid, onder a). Geen uitsluitend geautomatiseerd besluit (AVG artikel 22).",
    )
    yield field(
        "dpia_description",
        "Impacttoetsen",
        "De verwerkingsverantwoordelijke vult hier de datum van de gegevensbeschermingseffectbeoordeling (DPIA)"
        " in.",
    )
    yield field(
        "objection_procedure",
        "Bezwaar",
        "Een gezin vraagt de coördinator waarom een voorstel is gedaan en krijgt de redenen te zien. Nee zeggen of"
        " stoppen kan altijd, zonder gevolgen.",
    )
    yield field(
        "source_data",
        "Gegevens",
        "Deze gegevens tellen mee: " + _sentence(FIELDS.values()),
        "Deze gegevens zijn er wel en tellen nooit mee: " + _sentence(NEVER.values()),
        "Deze gegevens worden niet bewaard: " + _sentence(NOT_KEPT),
    )
    yield field(
        "methods_and_models",
        "Technische werking",
        "Eerst de voorwaarden: " + _sentence(GATES.values()),
        f"Dan de punten, samen hoogstens {ALL_POINTS}: "
        + _sentence(f"{part.label} {weighing.points[part.value]}" for part in ScorePart),
        "Een gemeente mag afwijken binnen grenzen: "
        + _sentence(
            f"{part.label} {weighing.least[part.value]} tot en met {weighing.most[part.value]}"
            for part in ScorePart
        ),
        "Afstand telt in een rechte lijn: "
        + _sentence(
            f"{area.label} volle punten tot {weighing.bands[area.value].near_km} km en geen punten vanaf"
            f" {weighing.bands[area.value].far_km} km"
            for area in AreaKind
        ),
        "Bij gelijke punten staat het steungezin dat het langst beschikbaar is bovenaan.",
    )
    yield field(
        "monitoring",
        "Toezicht",
        "De stichting volgt landelijk hoe lang gezinnen wachten en hoeveel er gekoppeld worden, in totalen"
        " waaruit geen"
        " gezin te herleiden is. Elke versie van de weging wordt gepubliceerd en blijft bewaard.",
    )
    yield field(
        "revision_date",
        "Versie en datum",
        f"Weging versie {version.version}, {since}. Kaart gemaakt op {long_date(on)}.",
    )
    yield field("lang", "Taal", "Nederlands")


def _sentence(items: Iterable[str]) -> str:
    return "; ".join(items) + "."
