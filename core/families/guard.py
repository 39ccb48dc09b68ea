"""The privacy guard of every form with free text: it warns before saving, and never forbids.

A form that has it shows beside the field what it found, with a box: "save it as it is". Whoever ticks it, saves.
What counts is in `common.privacy`; here the names of the families of this municipality are added.
"""

import re
from collections.abc import Collection
from itertools import chain
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from common.fields import TextField, without_bsn
from common.forms import NaoberForm
from common.privacy import Finding, Kind, findings, name_candidates, plain
from core.families.models import (
    AnyFamily,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportFamily,
)

BOX: Final = "toch-"
_WORD: Final = re.compile(r"[^\W\d_]+")
WORDS: Final[dict[Kind, Text]] = {
    Kind.BSN: gettext_lazy("een burgerservicenummer"),
    Kind.PHONE: gettext_lazy("een telefoonnummer"),
    Kind.ADDRESS: gettext_lazy("een adres"),
    Kind.NAME: gettext_lazy("de naam van een ander gezin"),
}


class GuardedForm(NaoberForm):
    """A form that looks at its free text. ``about`` is whom it may be about: their own names are no warning."""

    # One-line fields in which people write sentences; fields of several lines are always looked at.
    guarded: Collection[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let the guard warn for a citizen service number where other forms refuse it."""
        super().__init__(*args, **kwargs)
        self.about: Collection[AnyFamily] = ()
        # Names that stand there because we wrote them ourselves, such as under a letter.
        self.signed_by = ""
        self.warned: dict[str, list[Finding]] = {}
        for name in self._looked_at():
            field = self.fields[name]
            field.validators = [check for check in field.validators if check is not without_bsn]

    def clean(self) -> dict[str, Any]:
        """Warn for what had better not be there, unless the person says that it may."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts = {name: cleaned[name] for name in self._looked_at() if cleaned.get(name)}
        known = other_names(texts.values(), self.about) if texts else frozenset()
        known -= {plain(word) for word in self.signed_by.split()}
        for name, text in texts.items():
            if name in self.changed_data and (found := findings(text, names=known)):
                if self.data.get(BOX + self.add_prefix(name)) == _proof(found):
                    continue
                self.warned[name] = found
                self.add_error(name, _warning(found))
        return cleaned

    def second_look(self, name: str) -> list[dict[str, str]]:
        """Return the box that says that it may stand there."""
        boxes: list[dict[str, str]] = getattr(super(), "second_look", lambda _name: [])(name)
        if name not in self.warned:
            return boxes
        label = _("Ik heb dit bekeken. Bewaar het zoals het er staat.")
        return [
            *boxes,
            {"name": BOX + self.add_prefix(name), "value": _proof(self.warned[name]), "label": label},
        ]

    def _looked_at(self) -> list[str]:
        return [
            name
            for name, field in self.fields.items()
            if isinstance(field, TextField) or (name in self.guarded and isinstance(field, forms.CharField))
        ]


def other_names(texts: Collection[str], about: Collection[AnyFamily]) -> frozenset[str]:
    """Return which words of these texts are surnames of families in this municipality that they are not about."""
    wanted = set(chain.from_iterable(name_candidates(text) for text in texts))
    if not wanted:
        return frozenset()
    own = {plain(word) for family in about for word in _names_of(family)}
    spoken = {word for text in texts for word in _WORD.findall(text) if plain(word) in wanted}
    asked = (wanted - own) | {word for word in spoken if plain(word) not in own}
    found: set[str] = set()
    for people in (RequestingParent.objects, SupportAdult.objects):
        found |= set(people.filter(_is_called("last_name", asked)).values_list("last_name", flat=True))
    for families in (RequestingFamily.objects, SupportFamily.objects):
        found |= set(families.filter(_is_called("name", asked)).values_list("name", flat=True))
    return frozenset({plain(word) for name in found for word in name.split()} - own)


def _is_called(column: str, words: Collection[str]) -> Q:
    """Return what finds a surname that is, or ends in, one of these words: "Vries" and "de Vries"."""
    asked = Q(pk__in=[])
    for word in words:
        asked |= Q(**{f"{column}__iexact": word}) | Q(**{f"{column}__iendswith": f" {word}"})
    return asked


def _names_of(family: AnyFamily) -> set[str]:
    people = family.parents if isinstance(family, RequestingFamily) else family.adults
    names = {family.name, *people.values_list("last_name", flat=True)}
    return {word for name in names for word in (name, *name.split())}


def _warning(found: Collection[Finding]) -> str:
    what = {str(WORDS[finding.kind]): finding.text for finding in found}
    shown = "; ".join(f"{kind} (“{text}”)" for kind, text in what.items())
    return _(
        "Hier lijkt iets te staan dat niet in een notitie hoort: %(what)s. Haal het weg, of zet het vinkje."
    ) % {"what": shown}


def _proof(found: Collection[Finding]) -> str:
    """Return what a tick in the box is worth: only what was warned about, not what is typed after it."""
    return salted_hmac("core.families.guard", "|".join(finding.text for finding in found)).hexdigest()[:16]
