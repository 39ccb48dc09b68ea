"""Forms for the national texts, and the block for an added question that municipalities use too."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.fields import LineField, TextField
from common.forms import NaoberForm, repeating
from common.vocabulary import AreaKind, ScorePart
from tenants.municipalities.models import Municipality
from tenants.standards.defaults import SUBJECTS
from tenants.standards.models import StandardKind
from tenants.standards.questions import (
    MOST_OPTIONS,
    MOST_QUESTIONS,
    OPTION_LENGTH,
    WITH_OPTIONS,
    QuestionKind,
    extra_of,
    problem_of,
)
from tenants.standards.weighing import (
    ALL_POINTS,
    FARTHEST_KM,
    Band,
    Weighing,
    problems_of_weighing,
)
from tenants.standards.wording import LONGEST, problems_of


class TextForm(NaoberForm):
    """The text of an agreement or a letter."""

    text = TextField(
        label=_("Tekst"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 28, "lang": "nl"})
    )

    def __init__(self, *args: Any, kind: StandardKind, **kwargs: Any) -> None:
        """Know which blanks this kind must have."""
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean_text(self) -> str:
        """Refuse blanks that nobody can fill in, and a text without what every agreement needs."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if problems := problems_of(self.kind, text):
            raise forms.ValidationError([str(problem) for problem in problems])
        return text

    def content(self) -> dict[str, Any]:
        """Return what was written, as it is kept."""
        return {"text": self.cleaned_data["text"]}


class QuestionTextsForm(NaoberForm):
    """Wording and help of the fixed questions of an intake."""

    def __init__(
        self, *args: Any, kind: StandardKind, questions: Sequence[dict[str, Any]], **kwargs: Any
    ) -> None:
        """Make two fields per question."""
        super().__init__(*args, **kwargs)
        known = {one["code"]: one for one in questions}
        self.codes: list[str] = []
        self.subjects: list[tuple[Any, list[str]]] = []
        for _code, title, asked in SUBJECTS[kind]:
            names = []
            for code, label, _hint in asked:
                self.codes.append(code)
                shown = known.get(code, {"label": str(label), "help": ""})
                self.fields[f"label_{code}"] = LineField(
                    label=_("Vraag: %(question)s") % {"question": label},
                    max_length=200,
                    initial=shown["label"],
                )
                self.fields[f"help_{code}"] = LineField(
                    label=_("Uitleg eronder"), max_length=300, required=False, initial=shown["help"]
                )
                names += [f"label_{code}", f"help_{code}"]
            self.subjects.append((title, names))

    @property
    def parts(self) -> list[tuple[Any, list[Any]]]:
        """Return the fields per subject, for the page."""
        return [(title, [self[name] for name in names]) for title, names in self.subjects]

    def questions(self) -> list[dict[str, Any]]:
        """Return what was written, as it is kept."""
        clean = self.cleaned_data
        return [
            {"code": code, "label": clean[f"label_{code}"], "help": clean[f"help_{code}"]}
            for code in self.codes
        ]


class WeighingForm(NaoberForm):
    """Points per factor with the bounds for municipalities, and distances per kind of area."""

    def __init__(self, *args: Any, weighing: Weighing, **kwargs: Any) -> None:
        """Make three fields per factor and two per kind of area."""
        super().__init__(*args, **kwargs)
        for part in ScorePart:
            for name, label, points in (
                (f"points_{part}", _("Punten"), weighing.points),
                (f"least_{part}", _("Gemeente minstens"), weighing.least),
                (f"most_{part}", _("Gemeente hoogstens"), weighing.most),
            ):
                self.fields[name] = whole_number(label, ALL_POINTS, points[part])
        for area in AreaKind:
            band, named = weighing.bands[area], {"area": area.label}
            near, far = _("Dichtbij in kilometers, %(area)s"), _("Te ver in kilometers, %(area)s")
            self.fields[f"near_{area}"] = whole_number(near % named, FARTHEST_KM, band.near_km)
            self.fields[f"far_{area}"] = whole_number(far % named, FARTHEST_KM, band.far_km)

    @property
    def parts(self) -> list[tuple[str, list[Any]]]:
        """Return the fields per factor, for the page."""
        names = ("points", "least", "most")
        return [
            (str(part.label).capitalize(), [self[f"{name}_{part}"] for name in names]) for part in ScorePart
        ]

    @property
    def bands(self) -> list[Any]:
        """Return the fields of the distances, for the page."""
        return [self[f"{name}_{area}"] for area in AreaKind for name in ("near", "far")]

    def weighing(self) -> Weighing:
        """Return what was filled in."""
        clean = self.cleaned_data
        return Weighing(
            points={part.value: clean[f"points_{part}"] for part in ScorePart},
            least={part.value: clean[f"least_{part}"] for part in ScorePart},
            most={part.value: clean[f"most_{part}"] for part in ScorePart},
            bands={area.value: Band(clean[f"near_{area}"], clean[f"far_{area}"]) for area in AreaKind},
        )

    def clean(self) -> dict[str, Any]:
        """Refuse points that do not make a hundred, or lie past the bounds."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if set(self.fields) <= set(clean):
            for problem in problems_of_weighing(self.weighing()):
                self.add_error(None, problem)
        return clean


def whole_number(label: Any, most: int, initial: int) -> forms.IntegerField:
    """Return a field for a whole number of at most two or three digits."""
    widget = forms.NumberInput(attrs={"class": "naober-short"})
    return forms.IntegerField(label=label, min_value=0, max_value=most, initial=initial, widget=widget)


class OptionsField(forms.CharField):
    """Choices, one on each line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        """Show a few lines."""
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the lines that are not empty, each once."""
        text: str = super().clean(value) or ""
        lines = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
        if len(lines) > MOST_OPTIONS or any(len(line) > OPTION_LENGTH for line in lines):
            raise forms.ValidationError(
                _("Geef hoogstens %(count)d keuzes van hoogstens %(length)d tekens.")
                % {"count": MOST_OPTIONS, "length": OPTION_LENGTH}
            )
        return lines

    def prepare_value(self, value: Any) -> Any:
        """Show kept choices on lines of their own."""
        return "\n".join(value) if isinstance(value, (list, tuple)) else value


class ExtraQuestionForm(NaoberForm):
    """A question that was added to the fixed ones."""

    code = forms.RegexField(r"^x[0-9a-f]{10}$", required=False, widget=forms.HiddenInput)
    label = LineField(label=_("Vraag"), max_length=200)
    help = LineField(label=_("Uitleg eronder"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Hoe wordt er geantwoord?"), choices=QuestionKind.choices)
    options = OptionsField(label=_("Keuzes"), help_text=_("Een keuze per regel, alleen bij een lijst."))

    def clean(self) -> dict[str, Any]:
        """Refuse what may not be asked, and a list without choices."""
        clean: dict[str, Any] = super().clean() or self.cleaned_data
        if problem := problem_of(
            clean.get("label", ""), clean.get("help", ""), *(clean.get("options") or ())
        ):
            self.add_error("label", str(problem))
        if clean.get("kind") in WITH_OPTIONS and len(clean.get("options") or ()) < 2:  # noqa: PLR2004
            self.add_error("options", str(_("Geef ten minste twee keuzes.")))
        return clean


ExtraQuestions = repeating(
    ExtraQuestionForm,
    noun=_("Extra vraag"),
    add_label=_("Nog een vraag toevoegen"),
    minimum=0,
    maximum=MOST_QUESTIONS,
)


def extras_of(formset: Any) -> list[dict[str, Any]]:
    """Return the questions of a set of blocks, as they are kept."""
    return [extra_of(form.cleaned_data) for form in formset.used if form.cleaned_data.get("label")]


class OrganisationForm(NaoberForm):
    """For which municipality the card of the register is made."""

    says_optional = False

    gemeente = forms.ChoiceField(label=_("Gemeente"), required=False)

    def __init__(self, *args: Any, municipalities: Iterable[Municipality], **kwargs: Any) -> None:
        """Offer the municipalities that take part."""
        super().__init__(*args, **kwargs)
        field = self.fields["gemeente"]
        if isinstance(field, forms.ChoiceField):
            names = [(one.slug, one.name) for one in municipalities]
            field.choices = [("", _("nog niet gekozen")), *names]
