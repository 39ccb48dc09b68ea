"""A connection is closed when it is old or would meet one municipality too many: its backend never forgets a schema."""

import time
from typing import Any

import pytest
from django.db import connections

from tenants import context
from tenants.accounts.models import User
from tenants.context import municipality_role
from tenants.municipalities.models import Municipality

WEB: Any = connections["default"]


@pytest.fixture(autouse=True)
def _new_connection() -> None:
    WEB.close()
    connections["aggregator"].close()


def visit(place: Municipality) -> int:
    """Look into a municipality; return the number of the backend that answered."""
    with context.municipality(place):
        assert all(place.slug in user.email for user in User.objects.all())
        with WEB.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_schema(), current_user")
            pid, schema, role = cursor.fetchone()
    assert (schema, role) == (place.schema_name, municipality_role(place.schema_name))
    return int(pid)


def test_a_connection_meets_no_more_municipalities_than_it_may(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 1
    pids = [visit(place) for place in (purmerend, purmerend, zaanstad, zaanstad, purmerend)]
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


def test_one_that_stays_with_those_it_knows_is_kept(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 2
    assert len({visit(place) for place in (purmerend, zaanstad) * 3}) == 1


def test_twin_without_the_limit_one_backend_meets_them_all(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 0
    assert len({visit(place) for place in (purmerend, zaanstad) * 3}) == 1


def test_counting_for_the_foundation_recycles_its_connection_too(
    purmerend: Municipality, zaanstad: Municipality, settings: Any
) -> None:
    settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 1
    pids = []
    for place in (purmerend, zaanstad):
        with context.aggregation(place), connections["aggregator"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() FROM (SELECT count(*) FROM report_totals) counted")
            pids.append(cursor.fetchone()[0])
    assert pids[0] != pids[1]


def test_a_scope_without_a_municipality_is_no_reason_to_begin_anew(
    purmerend: Municipality, settings: Any
) -> None:
    settings.DATABASE_MUNICIPALITIES_PER_CONNECTION = 1
    first = visit(purmerend)
    with context.registry():
        Municipality.objects.count()
    assert visit(purmerend) == first


def test_an_old_connection_is_not_used_again_even_between_two_requests_that_never_come(
    purmerend: Municipality,
) -> None:
    # Django looks at the age when a request begins or ends; a thread that lives long has no requests.
    first = visit(purmerend)
    assert WEB.close_at > time.monotonic() + 500
    WEB.close_at = time.monotonic() - 1
    second = visit(purmerend)
    assert second != first
    assert visit(purmerend) == second


def test_the_limit_of_the_product_is_one_that_bounds_the_memory(settings: Any) -> None:
    # At most five times what a backend holds that has met ten, whatever one municipality takes.
    assert 10 <= settings.DATABASE_MUNICIPALITIES_PER_CONNECTION <= 50
    assert settings.DATABASES["default"]["CONN_MAX_AGE"] == 600
