from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connections
from django.utils import timezone

from reporting.disclosure.models import Audience, Block, Cell, Release, ReleaseBlock, Status
from reporting.disclosure.plan import PLAN
from reporting.disclosure.selectors import country_figures, latest_release, municipal_figures, own_figures
from reporting.disclosure.services import release_make
from reporting.extract.rebuild import Rebuilt, rebuild_totals
from reporting.extract.services import municipality_recount
from reporting.facts.models import Fact, Fill
from tenants import context
from tenants.context import WrongScope
from tenants.municipalities.models import Municipality
from tests.reporting.conftest import NOW, some_lines, write_ledger
from tests.reporting.worlds import Line


def _cursor() -> Any:
    return connections[context.current_scope().alias].cursor()


def current() -> Release:
    release = latest_release()
    assert release is not None
    return release


def test_a_release_has_every_figure_for_its_audience(counted: Rebuilt, purmerend: Municipality) -> None:
    assert counted.release == 1
    with context.releases():
        release = current()
        assert release.number == 1
        assert (release.plan_version, release.config_hash) == (PLAN.version, PLAN.config_hash)
        assert release.cells == Cell.objects.count()
        assert country_figures(release)
        assert municipal_figures(release, years=[NOW.year])
        own = own_figures(release, purmerend.pk)
    assert {figure.geography for figure in own} == {str(purmerend.pk)}


def test_national_figures_are_the_sum_of_what_the_municipalities_see_themselves(
    counted: Rebuilt, purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert counted.release == 1
    with context.releases():
        release = current()
        own = [*own_figures(release, purmerend.pk), *own_figures(release, zaanstad.pk)]
        for figure in country_figures(release):
            if figure.attribute or figure.period.kind == "month" or figure.measure.nature == "derived":
                continue
            parts = [f.value or 0 for f in own if (f.measure, f.period) == (figure.measure, figure.period)]
            assert sum(parts) == figure.value


def test_a_new_release_shares_the_blocks_that_did_not_change(
    counted: Rebuilt, purmerend: Municipality
) -> None:
    with context.releases():
        before = set(Block.objects.values_list("pk", flat=True))
    write_ledger(purmerend, [Line("family_registered", NOW)])
    assert rebuild_totals().release == (counted.release or 0) + 1
    with context.releases():
        shared = set(Block.objects.filter(releases=current()).values_list("pk", flat=True)) & before
        assert 0 < len(before - shared) < len(shared)


def test_an_earlier_release_still_says_what_it_said(counted: Rebuilt, purmerend: Municipality) -> None:
    assert counted.release == 1
    with context.releases():
        said = country_figures(current())
    write_ledger(purmerend, some_lines(11))
    rebuild_totals()
    with context.releases():
        first = Release.objects.get(number=1)
        assert country_figures(first) == said
        assert country_figures(current()) != said


@pytest.mark.parametrize("model", [Block, Cell, Release, ReleaseBlock])
def test_what_is_released_can_be_changed_by_nobody(counted: Rebuilt, model: type[Cell]) -> None:
    assert counted.release == 1
    for scope in (context.releasing, context.releases, context.foundation):
        for statement in ("UPDATE {} SET id = id", "DELETE FROM {}"):
            with pytest.raises(ProgrammingError), scope(), _cursor() as cursor:
                cursor.execute(statement.format(model._meta.db_table))


@pytest.mark.parametrize("model", [Fact, Fill])
def test_only_the_releasing_scope_reads_the_vault(counted: Rebuilt, model: type[Fact]) -> None:
    assert counted.release == 1
    with context.releasing():
        assert model.objects.exists()
    for scope in (context.releases, context.foundation):
        with scope(), pytest.raises(WrongScope):
            model.objects.exists()
        with pytest.raises(ProgrammingError), scope(), connections["national"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM vault." + model._meta.db_table)  # noqa: S608  (a constant)


def test_a_municipality_that_was_never_counted_is_missing_and_not_zero(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    write_ledger(purmerend, some_lines(1))
    with context.aggregation(purmerend):
        municipality_recount()
    with context.releasing():
        release_make()
    with context.releases():
        figures = municipal_figures(current(), years=[NOW.year])
    assert {f.status for f in figures if f.geography == str(zaanstad.pk)} == {Status.MISSING}
    assert {f.value for f in figures if f.geography == str(zaanstad.pk)} == {None}


def test_a_municipality_that_lags_a_month_holds_the_release_for_an_hour_and_is_then_missing(
    counted: Rebuilt, zaanstad: Municipality
) -> None:
    assert counted.release == 1
    earlier = NOW - timedelta(days=1)
    with context.aggregation(zaanstad):
        Fill.objects.filter(municipality=zaanstad.pk, year=NOW.year).update(
            last_month=date(earlier.year, earlier.month, 1), digest="x"
        )
    with context.releasing():
        assert release_make() is None
    with context.aggregation(zaanstad):
        Fill.objects.update(counted_at=timezone.now() - timedelta(hours=2))
    with context.releasing():
        made = release_make()
        assert made is not None
        cells = Cell.objects.filter(
            block__releases=made,
            block__audience=Audience.FOUNDATION,
            geography=str(zaanstad.pk),
            period_start__year=NOW.year,
        )
        assert {cell.status for cell in cells} == {Status.MISSING.value}


def test_the_database_refuses_a_hidden_cell_with_a_number(counted: Rebuilt) -> None:
    assert counted.release == 1
    with context.releasing():
        block = Block.objects.all()[0]
        for status, value in (("C", 3), ("Z", 0), ("F", None), ("M", 0)):
            with pytest.raises(Exception, match="cell_has_value_only_when_free"), context.atomic():
                Cell.objects.create(
                    block=block,
                    measure="waiting",
                    geography="NL",
                    period_kind="year",
                    period_start=NOW,
                    value=value,
                    status=status,
                )


def test_nothing_is_released_from_an_empty_vault() -> None:
    with context.releasing():
        assert release_make() is None
