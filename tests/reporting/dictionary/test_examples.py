"""The worked example of every measure, through the formulas and the release that make the real figures."""

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID, uuid5

import pytest

from core.ledger.models import Event
from reporting.dictionary.examples import EXAMPLES
from reporting.dictionary.measures import MEASURES, Measure, Nature
from reporting.dictionary.story import STORY, YEAR, Told
from reporting.disclosure.averages import averages
from reporting.disclosure.cells import Place
from reporting.disclosure.plan import NL, PLAN
from reporting.disclosure.relations import World
from reporting.disclosure.rules import protect
from reporting.facts import evaluations
from reporting.facts.formulas import facts_of
from tests.reporting.worlds import Line, facts_for

SPACE = UUID(int=2025)
# Averages are shown from thirty families at most; of the story two couplings fall in the year.
COPIES = 20


def lines_of(story: Iterable[Told], copy: int = 0) -> list[Line]:
    """Return the story as ledger lines; another copy has other families to whom the same happens."""

    def pseudonym(letters: str) -> UUID | None:
        return uuid5(SPACE, f"{letters} {copy}") if letters else None

    lines = []
    for told in story:
        pair = told.family + told.support_family if told.family and told.support_family else ""
        values = asdict(told) | {
            "family": pseudonym(told.family),
            "support_family": pseudonym(told.support_family),
            "coupling": pseudonym(pair),
            "children": tuple(pseudonym(child) for child in told.children),
        }
        lines.append(Line(**values))
    return lines


def counted(measure: Measure, story: Iterable[Told]) -> dict[tuple[str, str], int]:
    rows = facts_of(lines_of(story), until=YEAR.last_month)
    return {(r.attribute, r.category): r.value for r in rows if (r.measure, r.period) == (measure.name, YEAR)}


def averaged(measure: Measure, story: Iterable[Told]) -> dict[tuple[str, str], int]:
    story = list(story)
    first = min(told.month for told in story)
    years = frozenset(range(first.year, YEAR.start.year + 1))
    world = World(PLAN, [Place("place", first, None, years)], first, YEAR.last_month)
    lines = [line for copy in range(COPIES) for line in lines_of(story, copy)]
    facts = facts_for("place", lines, YEAR.last_month)
    cells = [*protect(facts, plan=PLAN, world=world).cells, *averages(facts, world=world)]
    return {
        (cell.key.attribute, cell.key.category): cell.value
        for cell in cells
        if (cell.key.measure, cell.key.geography, cell.key.period) == (measure.name, NL, YEAR)
        and cell.value is not None
    }


def figures(measure: Measure, story: Iterable[Told] = STORY) -> dict[tuple[str, str], int]:
    return (averaged if measure.nature is Nature.DERIVED else counted)(measure, story)


def expected(measure: Measure) -> dict[tuple[str, str], int]:
    example = EXAMPLES[measure.name]
    splits = {(name, category): n for name, parts in example.splits.items() for category, n in parts.items()}
    return {("", ""): example.total} | splits


every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: str(measure.name))


@every_measure
def test_the_formulas_give_the_figures_of_the_example(measure: Measure) -> None:
    assert figures(measure) == expected(measure)


@every_measure
def test_the_events_that_are_shown_with_an_example_are_all_that_it_needs(measure: Measure) -> None:
    events = EXAMPLES[measure.name].events
    assert figures(measure, events) == expected(measure)
    assert len({told.family for told in STORY if told.family}) == 5


@every_measure
def test_an_example_fails_when_one_kind_of_its_events_is_not_counted(measure: Measure) -> None:
    for event in EXAMPLES[measure.name].reads:
        without = [told for told in STORY if told.event != event]
        assert figures(measure, without) != expected(measure)


def test_a_formula_that_is_changed_fails_its_example(monkeypatch: pytest.MonkeyPatch) -> None:
    talks = MEASURES["review_talks"]
    monkeypatch.setattr(evaluations, "GRACE_DAYS", 30)
    assert figures(talks) != expected(talks)
    monkeypatch.undo()
    assert figures(talks) == expected(talks)


@every_measure
def test_every_split_has_its_place_in_the_example(measure: Measure) -> None:
    example = EXAMPLES[measure.name]
    assert set(example.splits) == {attribute.name for attribute in measure.attributes}
    for attribute in measure.attributes:
        assert set(example.splits[attribute.name]) <= set(attribute.categories())
        if measure.nature is not Nature.DERIVED:
            assert sum(example.splits[attribute.name].values()) == example.total


def test_every_event_of_the_story_is_one_of_the_ledger_and_can_be_told_in_words() -> None:
    assert {told.event for told in STORY} <= set(Event.values)
    assert all(told.words and "%(" not in told.words for told in STORY)
    assert [told.month for told in STORY] == sorted(told.month for told in STORY)


def test_every_measure_has_a_version_an_owner_and_a_unit_of_count() -> None:
    assert set(EXAMPLES) == set(MEASURES)
    for measure in MEASURES.values():
        numbers = [version.number for version in measure.versions]
        days = [version.valid_from for version in measure.versions]
        assert numbers == list(range(1, len(numbers) + 1))
        assert days == sorted(days)
        assert str(measure.owner)
