"""Charts: places on the drawing follow from the values, and a hidden value is a gap, never zero."""

from itertools import pairwise

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from common import charts
from common.charts import Chart, Label, Value

YEARS = [Value("2017", 10), Value("2018", 40), Value("2019", None, "afgeschermd"), Value("2020", 20)]


def a_chart(values: list[Value]) -> Chart:
    return charts.bar_chart(
        chart_id="proef",
        finding="Het groeit",
        description="Per jaar",
        columns=("Jaar", "Nieuw"),
        values=values,
    )


def test_bars_are_as_high_as_their_values() -> None:
    wide = a_chart(YEARS).drawings[0]
    low, high, _middle = wide.bars
    assert high.height == pytest.approx(4 * low.height, abs=0.2)
    assert high.y < low.y


def test_a_hidden_value_is_a_gap_and_not_a_bar_of_nothing() -> None:
    chart = a_chart(YEARS)
    for drawing in chart.drawings:
        assert [bar.label for bar in drawing.gaps] == ["2019"]
        assert "2019" not in [bar.label for bar in drawing.bars]
    assert chart.gap_notes == ("afgeschermd",)


def test_a_true_zero_is_a_bar_and_not_a_gap() -> None:
    chart = a_chart([Value("2017", 0), Value("2018", 5)])
    assert not chart.has_gaps
    assert chart.drawings[0].bars[0].height == 0


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000_000)), max_size=60))
def test_everything_stays_on_the_drawing(numbers: list[int | None]) -> None:
    values = [Value(str(index), number) for index, number in enumerate(numbers)]
    chart = a_chart(values)
    for drawing in chart.drawings:
        for bar in (*drawing.bars, *drawing.gaps):
            assert 0 <= bar.x <= bar.x + bar.width <= drawing.width
            assert 0 <= bar.y <= bar.y + bar.height <= drawing.height


@given(st.integers(0, 10**9))
def test_ticks_are_whole_and_reach_the_highest_value(highest: int) -> None:
    ticks = charts.nice_ticks(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert all(tick == int(tick) for tick in ticks)
    assert 2 <= len(ticks) <= 12


def test_the_drawing_has_a_title_a_description_and_a_table_with_dutch_numbers() -> None:
    shown = Template("{% chart chart %}").render(Context({"chart": a_chart([*YEARS, Value("2021", 1234)])}))
    assert shown.count('role="img"') == 2
    assert shown.count("<title ") == shown.count("<desc ") == 2
    assert '<th scope="row">2019</th><td class="naober-number">afgeschermd</td>' in shown
    assert "1.234" in shown
    assert 'x="' in shown
    assert 'x="1,' not in shown, "a decimal comma in a coordinate breaks the drawing"
    assert "style=" not in shown


def test_labels_never_stand_on_each_other_or_off_the_drawing() -> None:
    for last in ("2026", "2026 tot nu toe"):
        values = [*(Value(str(year), year) for year in range(2010, 2026)), Value(last, 5)]
        for drawing in a_chart(values).drawings:
            ends = [edges(label) for label in drawing.labels]
            assert ends[-1][1] <= drawing.width
            assert drawing.labels[-1].text == last
            assert all(left[1] < right[0] for left, right in pairwise(ends))


def edges(label: Label) -> tuple[float, float]:
    width = len(label.text) * 6.5
    return (label.x - width, label.x) if label.anchor == "end" else (label.x - width / 2, label.x + width / 2)


def test_coordinates_have_points_and_not_commas() -> None:
    shown = Template("{% chart chart %}").render(Context({"chart": a_chart([Value("a", 3), Value("b", 7)])}))
    places = [part.split('"')[0] for part in shown.split(' y="')[1:]]
    assert places
    assert all("," not in place for place in places)
