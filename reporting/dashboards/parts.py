"""The pieces that the foundation's pages are made of: big figures, columns and cells, each with its words."""

from dataclasses import dataclass

from django.urls import reverse

from reporting.dictionary.measures import Measure
from reporting.disclosure.models import Status
from reporting.disclosure.selectors import Figure


@dataclass(frozen=True, slots=True)
class Headline:
    """A big figure with its words."""

    label: str
    value: int | str | None
    note: str
    definition: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure in a table: a number or a sign, and what the sign says; `column` names its column on a phone."""

    text: str
    explanation: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers and what they mean."""

    name: str
    definition: str
    url: str = ""

    @property
    def head(self) -> str:
        """The name, marked as a column of numbers for the table tag."""
        return f"#{self.name}"


def definition_url(measure: Measure) -> str:
    """Return the address of the page on which a measure is explained."""
    return reverse("dashboards:definition", args=[measure.api_name])


def column_of(name: str, measure: Measure) -> Column:
    """Return a column of figures of a measure, with its definition."""
    return Column(name, str(measure.definition), definition_url(measure))


def shown(figure: Figure | None, column: str = "") -> Shown:
    """Return a figure as a table shows it: its number, or a sign and what that says."""
    if figure is None or figure.status is Status.NOT_APPLICABLE:
        return Shown("–", str(Status.NOT_APPLICABLE.label), column)
    return Shown(figure.text, "" if figure.status is Status.FREE else str(figure.status.label), column)
