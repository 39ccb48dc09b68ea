"""Version 1 of every national text: what the product comes with, until the foundation publishes its own.

Once given out these texts are not edited here: a better one is a new version, published by the foundation.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.language import in_dutch
from tenants.standards.letters import LETTER_TEXTS
from tenants.standards.models import StandardKind
from tenants.standards.weighing import SHIPPED

SHIPPED_VERSION: Final = 1

_AGREEMENT_BEGIN = """# Wie
- Voor: {kinderen}
- Vraaggezin: {vraaggezin}
- Steungezin: {steungezin}

# Wat en wanneer
- Wat: {steun}
- Wanneer: {wanneer}
- Schoolvakanties: {vakanties}
- Vanaf: {vanaf}
- Tot en met: {tot_en_met}

# Bij nood
- Bel eerst: {nood}
- Is er direct gevaar? Bel 112.

# Andere afspraken
{andere_afspraken}

# Huisregels bij het steungezin
{huisregels}
"""
_AGREEMENT_END = """
# Goed om te weten
- U kunt altijd stoppen. Bel dan eerst de coördinator.
- De coördinator praat een paar keer per jaar met u over hoe het gaat.
- Wat u van elkaar weet, vertelt u niet verder.
- Kan een dag niet doorgaan? Laat het elkaar zo vroeg mogelijk weten.
- Maakt u zich zorgen over een kind? Bel de coördinator.
"""
TRIAL_TEXT = (
    _AGREEMENT_BEGIN
    + """
# Dit is een proef
Wij proberen of het klikt. Aan het eind van de proefperiode praat de coördinator met ieder gezin apart. Daarna kiezen
wij samen of wij doorgaan. Niet doorgaan mag altijd, ook zonder reden.
"""
    + _AGREEMENT_END
)
AGREEMENT_TEXT = _AGREEMENT_BEGIN + _AGREEMENT_END

Words = str | Promise
# Per side: subject (a screen on the phone) with its title, and the questions on it with wording and help.
Subject = tuple[str, Words, tuple[tuple[str, Words, Words], ...]]

REQUESTING_SUBJECTS: Final[tuple[Subject, ...]] = (
    (
        "bezoek",
        _("Het bezoek"),
        (
            ("held_on", _("Datum van het huisbezoek"), ""),
            ("children", _("Voor wie is de steun?"), ""),
        ),
    ),
    ("steun", _("De vraag"), (("question_support", _("Welke steun heeft u nodig?"), ""),)),
    (
        "opvoeding",
        _("Opvoeding"),
        (("question_upbringing", _("Wat vindt u belangrijk in de opvoeding?"), ""),),
    ),
    (
        "verwachting",
        _("Verwachting"),
        (("question_expectation", _("Wat verwacht u van een steungezin?"), ""),),
    ),
    (
        "terugdoen",
        _("Iets terugdoen"),
        (
            ("question_reciprocity", _("Wat kunt u zelf doen voor het steungezin of de buurt?"), ""),
            (
                "gives",
                _("Wat doet u graag terug?"),
                _("Het hoeft niet. Sommige steungezinnen vinden het fijn."),
            ),
        ),
    ),
    (
        "vorm",
        _("Wat voor steun"),
        (
            ("forms", _("Steunvormen"), _("Kies alles wat past. De eerste telt als hoofdvorm.")),
            ("frequency", _("Hoe vaak?"), ""),
            ("overnight", _("Logeren hoort erbij"), ""),
        ),
    ),
    ("dagdelen", _("Wanneer"), (("day_parts", _("Welke dagdelen kunnen?"), ""),)),
    (
        "vervoer",
        _("Vervoer en afstand"),
        (
            ("needs_transport", _("Is halen en brengen nodig?"), ""),
            ("max_distance_km", _("Hoogstens hoeveel kilometer?"), ""),
        ),
    ),
    ("wensen", _("Wensen"), (("wishes", _("Wensen"), ""),)),
    (
        "grenzen",
        _("Wat niet kan"),
        (
            ("vetoes", _("Wat kan echt niet?"), ""),
            ("traits", _("Wat moet een steungezin weten van dit huis?"), ""),
        ),
    ),
)
SUPPORT_SUBJECTS: Final[tuple[Subject, ...]] = (
    (
        "gezin",
        _("Het gezin"),
        (
            ("held_on", _("Datum van het huisbezoek"), ""),
            ("household", _("Wie wonen er in huis?"), _("Ook huisdieren.")),
            ("own_children_age_bands", _("Leeftijden van eigen kinderen thuis"), ""),
        ),
    ),
    ("huis", _("Het huis"), (("traits", _("Hoe is het bij u thuis?"), ""),)),
    (
        "vorm",
        _("Wat voor steun"),
        (
            ("forms", _("Steunvormen"), ""),
            ("frequency", _("Hoe vaak?"), ""),
            ("overnight", _("Een kind kan blijven slapen"), ""),
        ),
    ),
    ("dagdelen", _("Wanneer"), (("day_parts", _("Welke dagdelen kunnen?"), ""),)),
    (
        "plek",
        _("Hoeveel plek"),
        (
            ("capacity", _("Hoeveel kinderen tegelijk?"), ""),
            ("age_bands", _("Welke leeftijden passen?"), ""),
        ),
    ),
    (
        "vervoer",
        _("Vervoer en afstand"),
        (
            ("has_transport", _("Kunt u halen en brengen?"), ""),
            ("max_distance_km", _("Hoogstens hoeveel kilometer?"), ""),
        ),
    ),
    (
        "aanbod",
        _("Wat u te bieden hebt"),
        (
            ("strengths", _("Wat hebt u te bieden?"), ""),
            (
                "hopes",
                _("Wat zou u fijn vinden als het andere gezin dat terugdoet?"),
                _("Niets hoeft. Het helpt om gezinnen te vinden die bij u passen."),
            ),
        ),
    ),
    ("grenzen", _("Wat niet kan"), (("vetoes", _("Wat kan echt niet?"), ""),)),
    (
        "goedkeuring",
        _("Voor de goedkeuring"),
        (
            ("house_rules_accepted_on", _("Huisregels besproken op"), ""),
            ("references_reason", _("Minder dan twee referenties? Waarom?"), ""),
        ),
    ),
)
SUBJECTS: Final[Mapping[str, tuple[Subject, ...]]] = {
    StandardKind.REQUESTING_INTAKE: REQUESTING_SUBJECTS,
    StandardKind.SUPPORT_INTAKE: SUPPORT_SUBJECTS,
}


@in_dutch()
def shipped(kind: str) -> dict[str, Any]:
    """Return the content of version 1: national wording, the same for everybody."""
    if kind in SUBJECTS:
        questions = [
            {"code": code, "label": str(label), "help": str(hint)}
            for _subject, _title, asked in SUBJECTS[kind]
            for code, label, hint in asked
        ]
        return {"questions": questions, "extra": []}
    if kind == StandardKind.WEIGHING:
        return SHIPPED.as_kept()
    if kind in LETTER_TEXTS:
        return {"text": LETTER_TEXTS[kind]}
    return {"text": TRIAL_TEXT if kind == StandardKind.TRIAL_AGREEMENT else AGREEMENT_TEXT}
