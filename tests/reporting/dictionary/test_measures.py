from pathlib import Path

import pytest

from reporting.dictionary.measures import MEASURES, Measure

PAGE = Path(__file__).parents[3] / "platform/docs/totals.md"


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: str(measure.name))
def test_the_page_for_developers_has_every_measure_with_its_definition(measure: Measure) -> None:
    assert f"| `{measure.api_name}` | {measure.nature.value} | {measure.definition} |" in PAGE.read_text(
        encoding="utf-8"
    )


def test_no_two_measures_share_a_name() -> None:
    assert len({measure.api_name for measure in MEASURES.values()}) == len(MEASURES)
    assert len({str(measure.label) for measure in MEASURES.values()}) == len(MEASURES)
