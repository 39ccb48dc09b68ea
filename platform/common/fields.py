"""Form fields for what Dutch forms ask: dates, months, day-parts, postcodes, telephone numbers, plain texts."""

import unicodedata
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as NumberError
from stdnum.nl import bsn, postcode

from common import widgets
from common.vocabulary import DayPart

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)
LINE_LENGTH = 200
TEXT_LENGTH = 4000
HOME_DIGITS = 9


def readable(value: str) -> None:
    """Refuse control characters (a NUL byte first of all) that no person types and PostgreSQL cannot keep."""
    if any(unicodedata.category(char) in {"Cc", "Cs", "Cn"} and char not in "\r\n\t" for char in value):
        raise ValidationError(
            _("Deze tekst bevat een teken dat wij niet kunnen bewaren. Typ de tekst opnieuw."),
            code="unreadable",
        )


def without_bsn(value: str) -> None:
    """Refuse a citizen service number in free text: the programme may not keep it."""
    for word in value.replace(".", "").split():
        digits = word.strip(",;:()")
        if len(digits) == len("123456789") and digits.isdigit() and bsn.is_valid(digits):
            raise ValidationError(
                _("Dit lijkt een burgerservicenummer. Dat mogen wij niet bewaren; haal het weg."), code="bsn"
            )


class LineField(forms.CharField):
    """One line of text: a name, a street, a place."""

    def __init__(self, *, max_length: int = LINE_LENGTH, **kwargs: Any) -> None:
        """Always with an end, which the Dutch message names."""
        super().__init__(max_length=max_length, **kwargs)
        self.validators.append(readable)
        self.error_messages["max_length"] = _("Dit is te lang.")

    def clean(self, value: Any) -> str:
        """Clean, and put runs of blanks together."""
        cleaned: str = super().clean(value)
        return " ".join(cleaned.split()) if cleaned else cleaned


class TextField(forms.CharField):
    """Several lines of text, without citizen service numbers."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = TEXT_LENGTH, rows: int = 4, **kwargs: Any) -> None:
        """Always with an end; ``rows`` is the height on the screen."""
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=None, **kwargs)
        self.validators += [
            MaxLengthValidator(
                max_length,
                _(
                    "Deze tekst is te lang: niet meer dan %(limit_value)d tekens (het zijn er nu %(show_value)d)."
                ),
            ),
            readable,
            without_bsn,
        ]


class DateField(forms.DateField):
    """A day between 1900 and 2100, as 2026-03-12 or 12-03-2026."""

    widget = widgets.DateInput
    default_error_messages = {
        "invalid": _("Vul een datum in die bestaat, bijvoorbeeld 12-03-2026."),
        "range": _("Vul een datum in tussen 1900 en 2100."),
    }

    def clean(self, value: Any) -> date | None:
        """Clean, and refuse years that are surely slips."""
        cleaned: date | None = super().clean(value)
        if cleaned is not None and not EARLIEST <= cleaned <= LATEST:
            raise ValidationError(self.error_messages["range"], code="range")
        return cleaned


class MonthField(forms.MultiValueField):
    """A month: the first day of it as a date."""

    widget = widgets.MonthInput

    def __init__(self, **kwargs: Any) -> None:
        """Month and year are needed together."""
        parts = (
            forms.IntegerField(min_value=1, max_value=12),
            forms.IntegerField(
                min_value=EARLIEST.year,
                max_value=LATEST.year,
                error_messages={
                    "invalid": _("Vul het jaar in met vier cijfers, bijvoorbeeld 2019."),
                    "min_value": _("Vul een jaar in na 1900."),
                    "max_value": _("Vul een jaar in voor 2100."),
                },
            ),
        )
        super().__init__(fields=parts, require_all_fields=True, **kwargs)
        self.error_messages["incomplete"] = _("Vul de maand en het jaar in.")

    def compress(self, data_list: list[int]) -> date | None:
        """Return the first day of the month."""
        if not data_list:
            return None
        if None in data_list:
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        return date(data_list[1], data_list[0], 1)


class DayPartsField(forms.MultipleChoiceField):
    """Parts of the week, as a sorted list of ``DayPart``."""

    widget = widgets.DayPartGrid

    def __init__(self, **kwargs: Any) -> None:
        """All 28 parts can be chosen."""
        super().__init__(choices=DayPart.choices, **kwargs)

    def clean(self, value: Any) -> list[DayPart]:
        """Return the chosen parts in the order of the week, each once."""
        chosen = set(super().clean(value))
        return [part for part in DayPart if part.value in chosen]


class PostcodeField(LineField):
    """A Dutch postcode, kept as ``1234 AB``."""

    def __init__(self, **kwargs: Any) -> None:
        """Tell browsers and phones what it is."""
        super().__init__(max_length=12, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "postal-code")
        self.widget.attrs["class"] = "naober-short"

    def clean(self, value: Any) -> str:
        """Normalise and check (letters SA, SD and SS do not exist)."""
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return str(postcode.validate(typed))
        except NumberError as error:
            raise ValidationError(_("Vul een postcode in zoals 1234 AB."), code="postcode") from error


class PhoneField(LineField):
    """A telephone number, kept as ``+31612345678``."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        """Tell browsers and phones what it is."""
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(max_length=30, **kwargs)
        self.widget.attrs["class"] = "naober-medium"

    def clean(self, value: Any) -> str:
        """Normalise to E.164; Dutch numbers have nine digits after the country code."""
        typed = super().clean(value)
        if not typed:
            return ""
        message = _("Vul een telefoonnummer in van tien cijfers, bijvoorbeeld 06 12345678.")
        try:
            parsed = phonenumbers.parse(typed, "NL")
        except phonenumbers.NumberParseException as error:
            raise ValidationError(message, code="phone") from error
        home = parsed.country_code == phonenumbers.country_code_for_region("NL")
        if not phonenumbers.is_possible_number(parsed) or (
            home and len(phonenumbers.national_significant_number(parsed)) != HOME_DIGITS
        ):
            raise ValidationError(message, code="phone")
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

    def prepare_value(self, value: Any) -> Any:
        """Show what was typed, or a kept number."""
        return value


class EmailField(forms.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        """With the length that mail servers allow."""
        kwargs.setdefault("max_length", 254)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "email")
        self.error_messages["invalid"] = _("Vul een e-mailadres in zoals naam@voorbeeld.nl.")


class ChoiceField(forms.ChoiceField):
    """One of a few, as radio buttons."""

    widget = forms.RadioSelect


class YesNoField(forms.TypedChoiceField):
    """Yes or no, with neither chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self, *, yes: Any = None, no: Any = None, **kwargs: Any) -> None:
        """Words for the two answers may be given."""
        super().__init__(
            choices=(("ja", yes or _("Ja")), ("nee", no or _("Nee"))),
            coerce=lambda value: value == "ja",
            empty_value=None,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a kept truth value as its answer."""
        return {True: "ja", False: "nee"}.get(value, value) if isinstance(value, bool) else value
