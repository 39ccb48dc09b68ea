"""Rows and querysets know the scope they belong to."""

import copy
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import models, router
from django.db.models import Exists, OuterRef

from tenants import context, stamps
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.context import NoScope, WrongScope
from tenants.models import ScopedModel, ScopedQuery, ScopedQuerySet
from tenants.municipalities.models import Municipality


@contextmanager
def without_guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take the guards on rows and querysets away."""
    with monkeypatch.context() as patch:
        patch.setattr(ScopedQuery, "check_scope", lambda _self: None)
        for module in ("tenants.models.check_stamp", "tenants.database.router.stamp_of"):
            patch.setattr(module, lambda _value: None)
        yield


# --------------------------------------------------------------------------------------------------------- querysets


def test_a_queryset_made_in_one_municipality_is_refused_in_another(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        people = User.objects.order_by("email")
        union = people.union(User.objects.filter(is_active=False))
    with context.municipality(zaanstad):
        for use in (
            lambda: list(people),
            people.count,
            people.exists,
            people.first,
            lambda: people.filter(is_active=True),
            lambda: people.update(full_name="x"),
            people.delete,
            lambda: list(people.values_list("email")),
            lambda: list(people.iterator()),
            lambda: people.aggregate(models.Count("id")),
            people.in_bulk,
            lambda: people.create(email="x@example.org"),
            lambda: people.bulk_create([User(email="x@example.org")]),
            lambda: list(union),
            lambda: list(User.objects.filter(Exists(people.filter(pk=OuterRef("pk"))))),
        ):
            with pytest.raises(WrongScope):
                use()


def test_without_the_guard_a_queryset_reads_whatever_municipality_is_open(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.municipality(purmerend):
        people = User.objects.order_by("email")
    with without_guard(monkeypatch), context.municipality(zaanstad):
        assert all("zaanstad" in user.email for user in people)
        assert len(people) == 3


def test_a_queryset_that_was_read_keeps_its_rows_to_its_scope(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        people = User.objects.all()
        assert len(people) == 3
    with context.municipality(zaanstad), pytest.raises(WrongScope):
        list(people)
    with pytest.raises(NoScope):
        list(people)


def test_a_queryset_made_outside_any_scope_is_bound_when_it_is_copied(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    people = User.objects.all()
    for place in (purmerend, zaanstad):
        with context.municipality(place):
            with pytest.raises(NoScope):
                list(people)
            assert all(place.slug in user.email for user in people.all())


def test_a_raw_queryset_is_refused(in_purmerend: Municipality) -> None:
    with pytest.raises(NoScope):
        User.objects.raw("SELECT * FROM accounts_user")


def test_a_model_without_a_table_in_the_scope_is_refused(purmerend: Municipality) -> None:
    with context.registry(), pytest.raises(WrongScope):
        User.objects.count()
    with context.releases(), pytest.raises(WrongScope):
        User.objects.count()
    with context.aggregation(purmerend), pytest.raises(WrongScope):
        User.objects.count()
    with context.municipality(purmerend):
        assert Municipality.objects.count() == 1


# -------------------------------------------------------------------------------------------------------------- rows


@pytest.fixture
def strayed(purmerend: Municipality, zaanstad: Municipality) -> Iterator[User]:
    """Return a row of Purmerend while Zaanstad is open."""
    with context.municipality(purmerend):
        row = User.objects.first()
    with context.municipality(zaanstad):
        assert row is not None
        yield row


@pytest.mark.parametrize(
    "use",
    [
        User.save,
        User.delete,
        str,
        lambda row: f"{row}",
        User.refresh_from_db,
        pickle.dumps,
        copy.copy,
        lambda row: User.objects.filter(pk=row).count(),
        lambda row: User.objects.bulk_update([row], ["full_name"]),
        lambda row: User.objects.bulk_create([row]),
        lambda row: router.db_for_read(AuditEntry, instance=row),
        lambda row: router.allow_relation(row, User.objects.first()),
    ],
)
def test_a_row_of_one_municipality_is_refused_in_another(strayed: User, use: Callable[[Any], Any]) -> None:
    with pytest.raises(WrongScope):
        use(strayed)


def test_without_the_guard_a_row_could_be_saved_in_another_municipality(
    strayed: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_guard(monkeypatch):
        strayed.save(force_insert=True)
        assert User.objects.filter(pk=strayed.pk).exists()
        strayed.delete()


def test_a_row_is_refused_when_no_scope_is_open(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        row = User.objects.first()
    for use in (str, pickle.dumps, lambda value: value.save()):
        with pytest.raises((NoScope, WrongScope)):
            use(row)


def test_a_row_made_here_belongs_here_as_soon_as_it_is_saved(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        entry = AuditEntry(actor_name="x", action="x", object_id=uuid4())
        assert stamps.stamp_of(entry) is None
        entry.save()
        (second,) = AuditEntry.objects.bulk_create([AuditEntry(actor_name="y", action="y")])
        assert stamps.stamp_of(entry) == stamps.stamp_of(second) == purmerend.schema_name
    with context.municipality(zaanstad):
        for row in (entry, second):
            with pytest.raises(WrongScope):
                row.save()


def test_a_pickled_row_still_belongs_to_its_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    with context.municipality(purmerend):
        data = pickle.dumps(User.objects.first())
    with context.municipality(zaanstad):
        row = pickle.loads(data)  # noqa: S301  (made two lines above)
        with pytest.raises(WrongScope):
            str(row)


def test_every_row_of_a_joined_query_is_stamped(in_purmerend: Municipality) -> None:
    assert {stamps.stamp_of(user) for user in User.objects.all()} == {in_purmerend.schema_name}


def test_managers_of_every_scoped_model_make_bound_querysets() -> None:
    scoped = [model for model in User._meta.apps.get_models() if issubclass(model, ScopedModel)]
    assert len(scoped) > 10
    for model in scoped:
        for manager in (*model._meta.managers, model._base_manager):
            assert isinstance(manager.all(), ScopedQuerySet), (model, manager)
            assert isinstance(manager.all().query, ScopedQuery), (model, manager)


def test_append_only_is_declared_where_history_is_kept() -> None:
    assert AuditEntry.append_only
    assert not User.append_only
