"""The forms around a list: search, filters, order and columns in the address; keeping a view; taking a list along."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField, LineField
from common.forms import NaoberForm
from core.lists.export import Format
from core.lists.frame import COLUMN, SEARCH, SORT, Asked
from core.lists.models import LONGEST_QUERY, ListName
from core.lists.search import LONGEST


class ListForm(NaoberForm):
    """Search, filters, order and columns; shown with what the address asks, never judged."""

    def __init__(self, asked: Asked) -> None:
        """Offer what the list has, with what is asked for chosen."""
        super().__init__()
        definition = asked.definition
        self.fields[SEARCH] = LineField(
            label=definition.search_label, max_length=LONGEST, required=False, initial=asked.search
        )
        self.fields[SEARCH].widget.input_type = "search"
        for one in definition.filters:
            self.fields[one.name] = forms.ChoiceField(
                label=str(one.label),
                required=False,
                choices=[("", one.empty), *((choice.word, choice.label) for choice in one.choices)],
                initial=asked.choices.get(one.name, ""),
            )
        self.fields[SORT] = forms.ChoiceField(
            label=_("Volgorde"), required=False, choices=_orders(asked), initial=asked.order
        )
        self.fields[COLUMN] = forms.MultipleChoiceField(
            label=_("Kolommen"),
            required=False,
            choices=[(column.name, column.label) for column in definition.columns],
            initial=list(asked.columns),
            widget=forms.CheckboxSelectMultiple,
        )
        self.filter_names = [one.name for one in definition.filters]

    @property
    def filters(self) -> list[Any]:
        """Return the fields that narrow the list."""
        return [self[name] for name in self.filter_names]


def _orders(asked: Asked) -> list[tuple[str, Any]]:
    words = {
        "text": (_("%(name)s, van a naar z"), _("%(name)s, van z naar a")),
        "number": (_("%(name)s, laagste eerst"), _("%(name)s, hoogste eerst")),
        "date": (_("%(name)s, vroegste eerst"), _("%(name)s, laatste eerst")),
    }
    found: list[tuple[str, Any]] = []
    for column in asked.definition.orders:
        up, down = (str(word) % {"name": column.label} for word in words[column.kind])
        found += [(column.name, up), (f"-{column.name}", down)]
    return sorted(found, key=lambda order: order[0] != asked.definition.order)


class ViewForm(NaoberForm):
    """A name for the view as it is now."""

    name = LineField(label=_("Naam van deze weergave"), max_length=40)
    list_name = forms.ChoiceField(choices=ListName, widget=forms.HiddenInput)
    query = forms.CharField(required=False, widget=forms.HiddenInput, max_length=LONGEST_QUERY)


class ExportForm(NaoberForm):
    """What the file is for, and which kind."""

    purpose = LineField(
        label=_("Waar heb je de lijst voor nodig?"),
        max_length=120,
        help_text=_(
            "Dit staat straks in het logboek, met je naam. Schrijf geen namen van gezinnen op."
            " Bijvoorbeeld: overleg met de gemeente op maandag."
        ),
    )
    kind = ChoiceField(label=_("Soort bestand"), choices=Format.choices, initial=Format.XLSX)
