"""Two people who edit the same thing: the second is told what changed and loses nothing.

A form that shows known values carries a signed token: a digest of each value as it was shown. When it comes back, three
values meet: as shown, as typed, and as it is now. What only one of the two changed is taken; lists are merged item by
item; where both changed the same field, both values are shown and the person chooses. Nothing is written before that.

The caller locks what is edited before it reads ``initial``; otherwise a third person could slip in between.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from common.formats import listing, long_date
from common.forms import NaoberForm, lists_of

TAKE_OVER = "neem-over-"
Shown = bool | str | list[str]
Who = Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed: what the other made of it, in words, and the name of the box to take it over."""

    theirs: str
    who: str
    box: str


class MergingForm(NaoberForm):
    """A form about something that exists. Call `merge_with` at the end of the constructor: it needs ``initial``."""

    # Fields that ask something anew each time: no value of theirs can be lost.
    never_merged: ClassVar[Collection[str]] = ()

    shown_version = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to merge with until `merge_with`."""
        super().__init__(*args, **kwargs)
        self.clashes: dict[str, Clash] = {}
        self.kept: list[str] = []
        self._key = ""
        self._who: Who = lambda _names: {}

    def merge_with(self, key: str, who: Who | None = None) -> None:
        """Compare with the present values in ``initial``. ``key`` names the thing; ``who`` tells who changed fields."""
        self._key = f"merge:{key}"
        self._who = who or self._who
        if not self.is_bound:
            self.initial["shown_version"] = self._token({name: self._now(name) for name in self._merged()})

    def start_with(self, row: Any, who: Who | None = None) -> None:
        """Show what a row says now, and merge with what others make of it meanwhile."""
        self.initial = {name: getattr(row, name) for name in self._merged() if hasattr(row, name)}
        self.merge_with(f"{type(row).__name__}:{row.pk}", who)

    def clean(self) -> dict[str, Any]:
        """Merge what was typed with what others saved since this form was shown."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        shown = self._shown()
        if shown is None:
            return cleaned
        clashing: list[str] = []
        for name in self._merged():
            if name not in shown or name not in cleaned:
                continue
            mine, theirs = self._plain(name, cleaned[name]), self._now(name)
            if self.data.get(TAKE_OVER + self.add_prefix(name)):
                cleaned[name] = self.initial.get(name)
            elif _digest(theirs) == shown[name] or theirs == mine:
                continue
            elif _digest(mine) == shown[name]:
                cleaned[name] = self.initial.get(name)
                self.kept.append(name)
            elif isinstance(mine, list) and isinstance(theirs, list) and isinstance(shown[name], list):
                cleaned[name] = _merge(cleaned[name], shown[name], theirs)
                self.kept.append(name)
            else:
                clashing.append(name)
        if clashing:
            self._ask(clashing, shown)
        return cleaned

    def second_look(self, name: str) -> list[dict[str, str]]:
        """Return the box with which the value of the other is taken over."""
        clash = self.clashes.get(name)
        if clash is None:
            return []
        label = _("Neem over wat %(who)s invulde") % {"who": clash.who}
        return [{"name": clash.box, "value": "ja", "label": label}]

    @property
    def merge_report(self) -> str:
        """Return in a sentence what somebody else changed meanwhile and was kept; nothing when nobody did."""
        if not self.kept:
            return ""
        names = sorted(set(self._who(self.kept).values()))
        return _("%(who)s veranderde intussen ook: %(fields)s. Dat is bewaard gebleven.") % {
            "who": listing(names) or _("Iemand anders"),
            "fields": listing(str(self.fields[name].label).rstrip("?").lower() for name in self.kept),
        }

    def _ask(self, names: list[str], shown: dict[str, Any]) -> None:
        who = self._who(names)
        for name in names:
            person = who.get(name) or _("Iemand anders")
            theirs = self._words(name)
            self.clashes[name] = Clash(theirs=theirs, who=person, box=TAKE_OVER + self.add_prefix(name))
            self.add_error(
                name,
                _(
                    "%(who)s veranderde dit intussen in: %(theirs)s. Wat jij invulde staat er nog. "
                    "Kies wat klopt en bewaar nog een keer."
                )
                % {"who": person, "theirs": theirs or _("leeg")},
            )
            shown[name] = _digest(self._now(name))
        data = MultiValueDict(dict(lists_of(self.data)))
        data[self.add_prefix("shown_version")] = self._sign(shown)
        self.data = data

    def _merged(self) -> list[str]:
        return [name for name in self.fields if name != "shown_version" and name not in self.never_merged]

    def _now(self, name: str) -> Shown:
        return self._plain(name, self.get_initial_for_field(self.fields[name], name))

    def _plain(self, name: str, value: Any) -> Shown:
        if isinstance(self.fields[name], forms.BooleanField):
            return bool(value)
        if isinstance(self.fields[name], forms.MultipleChoiceField):
            return sorted(str(getattr(item, "value", item)) for item in value or ())
        if value is None:
            return ""
        if isinstance(value, date):
            return value.isoformat()
        return " ".join(str(getattr(value, "value", value)).split())

    def _words(self, name: str) -> str:
        field, value = self.fields[name], self.get_initial_for_field(self.fields[name], name)
        if isinstance(value, bool):
            return _("ja") if value else _("nee")
        if isinstance(value, date):
            return long_date(value)
        labels = dict(getattr(field, "choices", ()))
        if isinstance(value, list | tuple | set):
            return listing(str(labels.get(item, item)) for item in value)
        return "" if value is None else str(labels.get(value, value))

    def _token(self, values: Mapping[str, Shown]) -> str:
        return self._sign({name: _digest(value) for name, value in values.items()})

    def _sign(self, shown: Mapping[str, Any]) -> str:
        return signing.dumps(dict(shown), salt=self._key, compress=True)

    def _shown(self) -> dict[str, Any] | None:
        try:
            read: dict[str, Any] = signing.loads(
                self.data.get(self.add_prefix("shown_version"), ""), salt=self._key
            )
        except signing.BadSignature:
            return None  # no page of ours: there is nothing to compare with
        return read


def _digest(value: Shown) -> Any:
    """Return what the token says of a value: a list as it is (codes of closed lists), of the rest only a digest."""
    if isinstance(value, list):
        return value
    return salted_hmac("common.merging", json.dumps(value), algorithm="sha256").hexdigest()[:16]


def _merge(mine: list[Any], shown: list[str], theirs: list[str]) -> list[Any]:
    """Return their list with what I added and without what I took away."""
    chosen = [str(getattr(item, "value", item)) for item in mine]
    removed = set(shown) - set(chosen)
    return [item for item in theirs if item not in removed] + [
        item for item in chosen if item not in shown and item not in theirs
    ]
