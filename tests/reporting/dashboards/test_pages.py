import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from reporting.dashboards import selectors
from reporting.dictionary.examples import EXAMPLES
from reporting.dictionary.measures import COUPLINGS_TOTAL, MEASURES, Measure
from reporting.dictionary.periods import Period, PeriodKind, month_after
from reporting.disclosure.models import Status
from reporting.disclosure.plan import NL
from reporting.disclosure.selectors import Figure, latest_release, own_figures
from reporting.extract.rebuild import Rebuilt, rebuild_totals
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.reporting.conftest import NOW, some_lines, write_ledger
from tests.reporting.worlds import Line

PAGES = ("/", "/gemeenten", "/gelijke-kansen")
EXPLAINED = ("/definities", "/definities/nieuweKoppelingen")


@pytest.fixture
def staff(client_for: Callable[..., Client], foundation_user: User) -> Client:
    return client_for("landelijk", foundation_user)


def page(client: Client, path: str = "/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("path", PAGES + EXPLAINED)
def test_pages_have_one_heading_a_title_and_no_script_of_their_own(
    counted: Rebuilt, staff: Client, path: str
) -> None:
    assert counted.release == 1
    html = page(staff, path)
    assert html.count("<h1") == 1
    assert re.search(r"<title>\s*\S", html)
    assert " style=" not in html
    assert " onclick" not in html


@pytest.mark.parametrize("path", PAGES)
def test_before_the_first_release_the_page_says_so(staff: Client, path: str) -> None:
    assert "nog geen cijfers" in page(staff, path) or path == "/gemeenten"


def test_every_big_figure_has_its_definition(counted: Rebuilt, staff: Client) -> None:
    assert counted.release == 1
    html = page(staff)
    names = (
        *("couplings_total", "couplings_started", "couplings_running", "waiting", "families_reached"),
        *("children_reached", "satisfaction_mean", "waiting_time_median", "review_talks", "reviews_overdue"),
        *("support_families", "outcomes_measured"),
    )
    assert html.count('class="naober-figure"') == len(names)
    for name in names:
        assert str(escape(MEASURES[name].definition)) in html
    assert "Laatst bijgewerkt" in html
    assert "vrijgave 1" in html


@pytest.mark.parametrize("path", PAGES)
def test_every_explanation_of_a_figure_leads_to_the_page_of_its_definition(
    counted: Rebuilt, staff: Client, path: str
) -> None:
    assert counted.release == 1
    html = page(staff, path)
    links = set(re.findall(r'href="(/definities/[^"]+)"', html))
    assert links
    for link in links:
        assert page(staff, link).count("<h1") == 1
    # Who takes part stands in the registry and is no figure of the dictionary.
    explained = [
        text for text in re.findall(r"<dd>(.*?)</dd>", html, re.DOTALL) if "telt" in text or "die in" in text
    ]
    assert all("/definities/" in text for text in explained)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: str(measure.name))
def test_the_page_of_a_figure_has_its_formula_owner_version_and_example(
    staff: Client, measure: Measure
) -> None:
    html = page(staff, f"/definities/{measure.api_name}")
    example = EXAMPLES[measure.name]
    for text in (measure.definition, example.formula, example.because, measure.owner, measure.counts.label):
        assert str(escape(text)) in html
    for told in example.events:
        assert str(escape(told.words[1:])) in html
    assert f"/definities/{measure.api_name}" in page(staff, "/definities")


def test_a_figure_that_does_not_exist_has_no_page(staff: Client) -> None:
    assert staff.get("/definities/onzin").status_code == 404


@pytest.mark.parametrize("path", EXPLAINED)
def test_definitions_are_not_found_at_a_municipality(
    client_for: Callable[..., Client], purmerend: Municipality, coordinator: User, path: str
) -> None:
    assert client_for(purmerend, coordinator).get(path).status_code == 404


def test_what_families_say_is_on_the_page_from_ten_families_on(
    purmerend: Municipality, staff: Client
) -> None:
    year = NOW.year - 1
    start, later = date(year - 1, 3, 1), date(year, 3, 1)

    def talks(count: int) -> list[Line]:
        return [
            Line(
                "evaluation_done", month, family, support, coupling, days=0,
                review=review, review_side="family", satisfaction=7 + later_talk, goal_scores=(2 + later_talk,) * 4,
            )
            for family, support, coupling in ((uuid4(), uuid4(), uuid4()) for _ in range(count))
            for month, review, later_talk in ((start, "trial_evaluation", 0), (later, "month_12", 1))
        ]  # fmt: skip

    write_ledger(purmerend, talks(9))
    rebuild_totals()
    few = words(page(staff))
    assert "8,0 punten van de 10" not in few
    write_ledger(purmerend, talks(1))
    rebuild_totals()
    html = words(page(staff))
    assert "8,0 punten van de 10" in html
    row = html[html.index("Ouders ontlasten") : html.index("Ouders sterker maken")]
    assert re.findall(r"\d+(?:,\d)?|–", row)[:5] == ["2,0", "3,0", "10", "0", "0"]


def test_a_hidden_figure_is_a_point_with_an_explanation_and_never_a_zero(
    purmerend: Municipality, zaanstad: Municipality, staff: Client
) -> None:
    write_ledger(purmerend, [Line("waiting_started", NOW, uuid4()) for _ in range(3)])
    write_ledger(zaanstad, [Line("waiting_started", NOW, uuid4()) for _ in range(40)])
    rebuild_totals()
    html = page(staff)
    row = words(html[html.index("Purmerend") : html.index("</tr>", html.index("Purmerend"))])
    assert "niet getoond om gezinnen te beschermen" in row
    assert not re.search(r"\b3\b", row)
    assert "Een punt is geen nul" in html
    row = words(html[html.index("Zaanstad") : html.index("</tr>", html.index("Zaanstad"))])
    assert "40" not in row, "43 minus 40 would be 3"


def test_what_a_municipality_sees_of_itself_is_not_on_the_pages_of_the_foundation(
    purmerend: Municipality, zaanstad: Municipality, staff: Client
) -> None:
    write_ledger(purmerend, [Line("waiting_started", NOW, uuid4()) for _ in range(3)])
    write_ledger(zaanstad, [Line("waiting_started", NOW, uuid4()) for _ in range(3333)])
    rebuild_totals()
    with context.releases():
        release = latest_release()
        assert release is not None
        own = own_figures(release, zaanstad.pk)
    assert 3333 in {figure.value for figure in own}
    assert all("3.333" not in page(staff, path) for path in PAGES)


def test_the_page_of_municipalities_groups_them_by_phase(counted: Rebuilt, staff: Client) -> None:
    assert counted.release == 1
    html = page(staff, "/gemeenten")
    assert "Structureel" in html
    assert html.index("Purmerend") < html.index("Zaanstad")
    assert "GM0439" in html


def test_the_page_takes_as_many_queries_for_two_municipalities_as_for_one(
    purmerend: Municipality, zaanstad: Municipality, staff: Client
) -> None:
    counts = []
    for municipality in (purmerend, zaanstad):
        write_ledger(municipality, some_lines(12))
        rebuild_totals()
        with CaptureQueriesContext(connections["national"]) as queries:
            page(staff)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_coordinators_have_no_national_page(
    client_for: Callable[..., Client], purmerend: Municipality, coordinator: User
) -> None:
    client = client_for(purmerend, coordinator)
    own = {template.name for template in client.get("/gemeenten").templates}
    assert "accounts/places.html" in own, "at this address a coordinator has her own municipalities"
    assert not {name for name in own if name and name.startswith("dashboards/")}
    client.defaults["HTTP_HOST"] = client_for("landelijk").defaults["HTTP_HOST"]
    assert client.get("/gemeenten").status_code == 302


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("query", ["?x=1", "?jaar=zz", "?a[]=%FF", "?pagina=-1"])
def test_there_is_nothing_to_ask_so_no_question_breaks_the_page(
    counted: Rebuilt, staff: Client, path: str, query: str
) -> None:
    assert counted.release == 1
    assert staff.get(path + query).status_code == 200
    assert staff.post(path + query).status_code in {403, 405}


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        ([10, 20], "nog 980 tot de 1.000e"),
        ([990, 1000], "de 1.000e in februari 2020; nog 1.000 tot de 2.000e"),
        ([999, 2001, 2500], "de 2.000e in februari 2020; nog 500 tot de 3.000e"),
        ([], "nog 1.000 tot de 1.000e"),
    ],
)
def test_the_month_of_the_last_thousand_is_named(totals: list[int], expected: str) -> None:
    start = date(2020, 1, 1)
    index = {}
    for number, total in enumerate(totals):
        period = Period(month_after(start, number), PeriodKind.MONTH)
        figure = Figure(COUPLINGS_TOTAL, NL, period, "", "", total, Status.FREE)
        index[COUPLINGS_TOTAL.name, period, NL, "", ""] = figure
    assert selectors._milestone(index) == expected


def test_no_code_of_the_pages_can_ask_for_what_a_municipality_sees_of_itself() -> None:
    folder = Path(selectors.__file__).parent
    assert [
        path.name for path in folder.rglob("*.py") if "own_figures" in path.read_text(encoding="utf-8")
    ] == []
