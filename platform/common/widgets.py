"""Controls that HTML lacks: a week of day-parts, a month with a year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from common.vocabulary import DayPart

# The code of a day, its name and the short one.
WEEKDAYS = (
    ("ma", _("maandag"), _("ma")),
    ("di", _("dinsdag"), _("di")),
    ("wo", _("woensdag"), _("wo")),
    ("do", _("donderdag"), _("do")),
    ("vr", _("vrijdag"), _("vr")),
    ("za", _("zaterdag"), _("za")),
    ("zo", _("zondag"), _("zo")),
)
PARTS = (("ochtend", _("ochtend")), ("middag", _("middag")), ("avond", _("avond")), ("nacht", _("nacht")))


class DateInput(forms.DateInput):
    """The browser's own date control; where there is none, a text box that takes 12-03-2026."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Always write the value in the form that the date control asks for."""
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own control for a day with a time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Always write the value in the form that the control asks for."""
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell of the week says besides its tick box: a kind for the colour, a word to see and words to hear."""

    kind: str
    word: str
    spoken: str


class DayPartGrid(forms.CheckboxSelectMultiple):
    """Seven days by four parts as a table of tick boxes, each with a full name for screen readers."""

    template_name = "forms/day_part_grid.html"
    marks: Mapping[str, Mark] = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the rows of the table."""
        context = super().get_context(name, value, attrs)
        chosen = {str(item) for item in value or ()}
        base = context["widget"]["attrs"].get("id", f"id_{name}")
        number = 0
        rows = []
        for day, day_label, short in WEEKDAYS:
            cells = []
            for part, part_label in PARTS:
                code = f"{day}-{part}"
                mark = self.marks.get(code)
                name = str(DayPart(code).label)
                cells.append(
                    {
                        "value": code,
                        "id": f"{base}_{number}",
                        "label": f"{name}, {mark.word}: {mark.spoken}" if mark else name,
                        "mark": mark,
                        "part": part_label,
                        "checked": code in chosen,
                    }
                )
                number += 1
            rows.append({"label": day_label, "short": short, "cells": cells})
        context["rows"] = rows
        context["widget"]["marked"] = bool(self.marks)
        context["parts"] = [label for _code, label in PARTS]
        return context


class MonthInput(forms.MultiWidget):
    """A month by name and a year of four digits."""

    template_name = "forms/month.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make the two controls."""
        months = [("", _("Kies een maand")), *((str(n), MONTHS[n]) for n in range(1, 13))]
        super().__init__(
            {
                "maand": forms.Select(
                    attrs={"class": "utrecht-select utrecht-select--html-select"}, choices=months
                ),
                "jaar": forms.TextInput(
                    attrs={
                        "class": "utrecht-textbox utrecht-textbox--html-input",
                        "inputmode": "numeric",
                        "maxlength": "4",
                        "autocomplete": "off",
                    }
                ),
            },
            attrs,
        )

    def decompress(self, value: date | str | None) -> list[Any]:
        """Split a date in month and year."""
        return [value.month, value.year] if isinstance(value, date) else [None, None]


class Honeypot(forms.TextInput):
    """A box that people do not see and programs fill in."""

    template_name = "forms/honeypot.html"

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        """A missing box is an empty box."""
        return False
