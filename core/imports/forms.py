"""Choosing a file, saying what its columns are, and what to do with rows that are wrong or resemble others."""

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.fields import ChoiceField
from common.forms import NaoberForm
from core.imports.columns import COLUMNS, Kind
from core.imports.models import ImportRun

ACCEPTED = ".xlsx,.ods,.xls,.csv"
_EXAMPLES = 3


class FileForm(NaoberForm):
    """A list that somebody kept before."""

    kind = ChoiceField(label=_("Welke gezinnen staan in het bestand?"), choices=Kind.choices)
    file = forms.FileField(
        label=_("Bestand"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_("Een Excel-bestand, OpenDocument of CSV met één gezin per regel. Niet groter dan 10 MB."),
        error_messages={"required": _("Kies een bestand."), "empty": _("Dit bestand is leeg.")},
    )


class ColumnsForm(NaoberForm):
    """For each column of the file a list with what it may be."""

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        """Show what was guessed, with the first values of the column beside it."""
        super().__init__(*args, **kwargs)
        choices = [("", _("niet overnemen")), *((column.name, column.label) for column in COLUMNS[run.kind])]
        self.names = [f"column_{index}" for index in range(len(run.header))]
        for index, (name, header) in enumerate(zip(self.names, run.header, strict=True)):
            self.fields[name] = forms.ChoiceField(
                label=header,
                choices=choices,
                required=False,
                initial=run.mapping[index],
                help_text=_examples(run, index),
            )
            self.fields[name].says_optional = False  # type: ignore[attr-defined]

    @cached_property
    def mapping(self) -> list[str]:
        """Return what was chosen, in the order of the columns."""
        return [self.cleaned_data[name] for name in self.names]


class StartForm(NaoberForm):
    """What to do with rows that are wrong, and with rows that resemble a family that is there."""

    leave_out = forms.BooleanField(
        label=_("Laat de regels met fouten weg en neem de andere over"), required=False
    )
    twins_too = forms.BooleanField(
        label=_("Neem ook de regels over die op een ander gezin lijken"),
        required=False,
        help_text=_("Zonder vinkje laten wij die weg."),
    )

    def __init__(self, *args: Any, wrong: int, twins: int, **kwargs: Any) -> None:
        """Ask only what there is to decide."""
        super().__init__(*args, **kwargs)
        if not wrong:
            del self.fields["leave_out"]
        if not twins:
            del self.fields["twins_too"]


def _examples(run: ImportRun, index: int) -> str:
    values = [cells[index] for _number, cells in run.rows[:50] if cells[index]]
    return " · ".join(value[:30] for value in dict.fromkeys(values[:_EXAMPLES]))
