"""Questions that were added to an intake: their kinds, and what may not be asked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.errors import Text

MOST_QUESTIONS: Final = 20
MOST_OPTIONS: Final = 12
OPTION_LENGTH: Final = 80


class QuestionKind(models.TextChoices):
    """How an added question is answered."""

    TEXT = "text", _("een paar zinnen")
    LINE = "line", _("een regel")
    YES_NO = "yes_no", _("ja of nee")
    CHOICE = "choice", _("een keuze uit een lijst")
    CHOICES = "choices", _("meer keuzes uit een lijst")


WITH_OPTIONS: Final = frozenset({QuestionKind.CHOICE, QuestionKind.CHOICES})

# Words that ask for what the programme may not know, and for what needs a consent of its own.
_NEVER: Final = re.compile(
    r"\b(bsn|burgerservicenummer\w*|sofi\w*|inkomens?|salaris\w*|uitkering\w*|schuld(?:en)?|schulden\w*"
    r"|paspoort\w*|identiteitsbewij\w*|id-kaart\w*|rijbewijs\w*|foto\w*|strafblad\w*|kenteken\w*)\b",
    re.IGNORECASE,
)
_SENSITIVE: Final = re.compile(
    r"\b(diagnose\w*|ziekte\w*|medicijn\w*|medicatie\w*|geloof\w*|godsdienst\w*|religie\w*|herkomst\w*"
    r"|afkomst\w*|nationaliteit\w*|etnisch\w*|seksue\w*|geaardheid\w*|gezondheid\w*|allergie\w*|psychisch\w*)\b",
    re.IGNORECASE,
)


def problem_of(*texts: str) -> Text | None:
    """Return why a question may not be asked, or nothing."""
    for text in texts:
        if found := _NEVER.search(text):
            return _("Wij mogen niet vragen naar: %(word)s.") % {"word": found[0].lower()}
        if found := _SENSITIVE.search(text):
            return _(
                "%(word)s is een gevoelig gegeven. Dat noteer je alleen bij ‘Gevoelige gegevens’, met toestemming."
            ) % {"word": found[0].capitalize()}
    return None


def extra_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question as it is kept, from what a form gave; a new one gets a code that stays."""
    kind = str(cleaned["kind"])
    return {
        "code": cleaned.get("code") or f"x{uuid4().hex[:10]}",
        "kind": kind,
        "label": cleaned["label"],
        "help": cleaned.get("help") or "",
        "options": list(cleaned.get("options") or ()) if kind in WITH_OPTIONS else [],
    }


def extras_changed(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a new list of questions differs from the one before."""
    return [dict(one) for one in before] != [dict(one) for one in after]
