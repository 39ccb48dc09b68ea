"""The pages that explain every figure: its definition, how it is counted, and five invented families to check it by."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common import formats
from common.errors import NotAllowed
from reporting.dashboards.parts import definition_url
from reporting.dictionary.examples import EXAMPLES
from reporting.dictionary.measures import MEASURES, Counts, Measure, Nature
from reporting.dictionary.story import YEAR, Told


@dataclass(frozen=True, slots=True)
class Entry:
    """A measure in the list."""

    label: str
    definition: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """All measures with one unit of count, for those alone may be laid side by side."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A figure that follows from the example."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A wording, since when, and what changed."""

    number: int
    valid_from: date
    change: str


@dataclass(frozen=True, slots=True)
class Definition:
    """The page of one measure."""

    label: str
    definition: str
    formula: str
    counts: str
    unit: str
    nature: str
    owner: str
    api_name: str
    versions: tuple[VersionLine, ...]
    year: str
    because: str
    events: tuple[Told, ...]
    outcomes: tuple[Outcome, ...]


def groups() -> tuple[Group, ...]:
    """Return every measure by its unit of count."""
    return tuple(
        Group(
            str(counts.label).capitalize(),
            tuple(
                Entry(str(measure.label).capitalize(), str(measure.definition), definition_url(measure))
                for measure in MEASURES.values()
                if measure.counts == counts
            ),
        )
        for counts in Counts
    )


def definition_for(api_name: str) -> Definition:
    """Return the page of a measure by its name in the API; ``NotAllowed`` when there is none."""
    measure = next((one for one in MEASURES.values() if one.api_name == api_name), None)
    if measure is None:
        raise NotAllowed
    example = EXAMPLES[measure.name]
    return Definition(
        label=str(measure.label).capitalize(),
        definition=str(measure.definition),
        formula=str(example.formula),
        counts=str(measure.counts.label),
        unit=str(measure.unit),
        nature=_natures()[measure.nature],
        owner=str(measure.owner),
        api_name=measure.api_name,
        versions=tuple(
            VersionLine(version.number, version.valid_from, str(version.change))
            for version in reversed(measure.versions)
        ),
        year=YEAR.label,
        because=str(example.because),
        events=example.events,
        outcomes=tuple(_outcomes(measure)),
    )


def _outcomes(measure: Measure) -> Iterator[Outcome]:
    example = EXAMPLES[measure.name]
    yield Outcome(str(measure.label).capitalize(), _number(measure, example.total))
    for attribute in measure.attributes:
        for category, value in example.splits[attribute.name].items():
            label = f"{str(attribute.label).capitalize()}: {attribute.category_label(category)}"
            yield Outcome(label, _number(measure, value))


def _number(measure: Measure, value: int) -> str:
    return formats.number(measure.number(value), measure.decimals)


def _natures() -> dict[Nature, str]:
    return {
        Nature.FLOW: _("wat in de periode gebeurde; maanden tellen op tot een jaar"),
        Nature.STOCK: _("de stand op de laatste dag van de periode"),
        Nature.DISTINCT: _("elk telt één keer per periode; maanden tellen niet op"),
        Nature.CUMULATIVE: _("alles vanaf de start"),
        Nature.DERIVED: _("een gemiddelde of een middelste waarde"),
    }
