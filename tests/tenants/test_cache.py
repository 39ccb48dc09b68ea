"""What is cached in one municipality is a miss in every other: values, fragments, pages, counters, content types."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.cache.backends.base import default_key_func
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.views.decorators.cache import cache_page

from tenants import context
from tenants.accounts.models import User
from tenants.accounts.throttle import ATTEMPTS, Attempts
from tenants.context import current_scope
from tenants.municipalities.models import Municipality

FRAGMENT = "{% load cache %}{% cache 60 people %}{{ here }}{% endcache %}"


@contextmanager
def keys_of_django(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the guard away: keys without the schema."""
    with monkeypatch.context() as patch:
        patch.setattr(caches["default"], "key_func", default_key_func)
        yield


def fragment() -> str:
    return engines["django"].from_string(FRAGMENT).render({"here": current_scope().schema})


@cache_page(60)
def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_scope().schema)


def cached_page() -> str:
    return page(RequestFactory().get("/same-for-all")).content.decode()


def wrong_password() -> str:
    attempts = Attempts.of(RequestFactory().get("/"), "iemand@voorbeeld.example")
    locked_before = attempts.used_up
    for _time in range(ATTEMPTS):
        attempts.failed()
    return "locked elsewhere" if locked_before else current_scope().schema


def test_so_many_wrong_passwords_do_lock(in_purmerend: Municipality) -> None:
    wrong_password()
    assert Attempts.of(RequestFactory().get("/"), "iemand@voorbeeld.example").used_up


WAYS = pytest.mark.parametrize("way", [fragment, cached_page, wrong_password])


@WAYS
def test_every_municipality_has_its_own(
    way: "type[str]", purmerend: Municipality, zaanstad: Municipality
) -> None:
    for place in (purmerend, zaanstad):
        with context.municipality(place):
            assert way() == place.schema_name
    with context.foundation():
        assert way() == "foundation"


@WAYS
def test_twin_with_keys_of_django_the_second_gets_what_the_first_left(
    way: "type[str]", purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keys_of_django(monkeypatch):
        with context.municipality(purmerend):
            assert way() == purmerend.schema_name
        with context.municipality(zaanstad):
            assert way() != zaanstad.schema_name
        with context.municipality(purmerend):
            caches["default"].clear()


def test_content_types_are_the_same_for_all_because_there_is_one_table_of_them(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    # Django keeps them in one cache per process; with ids of their own per schema it would mix them up.
    found = set()
    for place in (purmerend, zaanstad):
        ContentType.objects.clear_cache()
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class WHERE relname = %s AND relnamespace = %s::regnamespace",
                ["django_content_type", place.schema_name],
            )
            assert cursor.fetchone() == (0,)
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT id FROM django_content_type WHERE model = %s", [User._meta.model_name])
            found.add(cursor.fetchone())
    assert len(found) == 1
