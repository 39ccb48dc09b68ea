"""What must not count does not: every other column of real families goes over its whole range, and nothing moves.

The columns come from the classification of the models. A new one is varied here from its first day, unless somebody
writes it into the list of what counts.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models

from common.vocabulary import HouseholdKind, ReferralSource, SensitiveGroup
from core.families.models import (
    Consent,
    ContactNote,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.intake.models import SupportNeed, SupportOffer
from core.matching.candidates import candidates_for
from tenants.accounts.models import User
from tenants.classification import register
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain

# Wishes, limits and offers of the families themselves, and what the law asks. Names stand in the words of a gate.
COUNTS: Final[dict[type[models.Model], str]] = {
    RequestingFamily: "status postcode",
    RequestingParent: "first_name has_custody agreed_on",
    SupportedChild: "birth_year birth_month due_on",
    SupportNeed: (
        "forms frequency day_parts overnight vetoes traits wishes gives needs_transport max_distance_km"
    ),
    # Who has been available longest goes first where the points are equal.
    SupportFamily: "status postcode approved_on paused_until",
    SupportAdult: "first_name needs_vog left_household_on",
    SupportOffer: (
        "forms frequency day_parts overnight capacity age_bands own_children_age_bands traits vetoes strengths hopes"
        " has_transport max_distance_km"
    ),
    Consent: "",
}
ORIGINS = (
    "",
    "Syrië",
    "Suriname",
    "Polen",
    "Nederland",
    "bijstand",
    "schulden",
    "moslim",
    "katholiek",
    "depressie",
)


@pytest.fixture
def families(in_purmerend: Municipality) -> RequestingFamily:
    chain.postcode_areas()
    family = chain.waiting_family(need={"wishes": ["quiet", "autism_adhd"], "gives": ["cooking"]})
    chain.available_support("Een", offer={"strengths": ["quiet"], "hopes": ["cooking"]})
    chain.available_support("Twee", postcode="1441 AA", offer={"strengths": ["autism_adhd"]})
    chain.available_support("Drie", offer={"age_bands": ["16-17"]})
    chain.available_support("Vier", vog=False)
    consent("", family, None)
    consent("", None, SupportFamily.objects.first())
    return family


def consent(
    note: str,
    asking: RequestingFamily | None,
    offering: SupportFamily | None,
    group: str = SensitiveGroup.HEALTH,
) -> Consent:
    return Consent.objects.create(
        group=group,
        given_on=chain.day(),
        recorded_by="x",
        note=note,
        requesting_family=asking,
        support_family=offering,
    )


def picture(family: RequestingFamily, actor: User) -> list[tuple[Any, ...]]:
    """Return everything that matching says: the order, the points, the reasons, the gates."""
    fresh = RequestingFamily.objects.get(pk=family.pk)
    return [
        (
            found.pk,
            [(part.part, part.points) for part in found.assessment.parts],
            found.assessment.reasons_for,
            found.assessment.reasons_against,
            found.assessment.questions,
            [(gate.gate, gate.why) for gate in found.assessment.gates],
        )
        for found in candidates_for(fresh, actor, children=list(fresh.children.all()))
    ]


def others(model: type[models.Model]) -> list[Any]:
    """Return the columns of a model that must not count, as its classification names them."""
    table = next(table for table in register() if table.name == model._meta.db_table)
    named = set(table.columns)
    fields = [
        field for field in model._meta.concrete_fields if field.column in named and not field.is_relation
    ]
    return [field for field in fields if field.name not in ["id", *COUNTS[model].split()]]


def whole_range(field: Any) -> Iterator[Any]:
    if field.null:
        yield None
    if field.choices:
        yield from (value for value, _label in field.flatchoices)
        return
    if isinstance(field, models.BooleanField):
        yield from (True, False)
    elif isinstance(field, models.DateTimeField):
        yield from (field.model._meta.model._default_manager.values_list(field.name, flat=True).first(),)
    elif isinstance(field, models.DateField):
        yield from (chain.day() - timedelta(days=days) for days in (0, 1, 30, 400, 4000))
    elif isinstance(field, models.JSONField):
        yield from ({"x0123456789": origin} for origin in ORIGINS)
    elif isinstance(field, models.UUIDField):
        yield uuid4()
    elif isinstance(field, models.IntegerField):
        yield from range(13)
    elif isinstance(field, ArrayField):
        yield []
    else:
        yield from (origin[: field.max_length] for origin in ORIGINS)


class Undo(Exception):
    """Takes a change back."""


def moved(model: type[models.Model], field: str, value: object, family: RequestingFamily, actor: User) -> Any:
    """Return what matching says with a column of one row changed; nothing when the database refuses the value."""
    said = None
    try:
        with atomic():
            for pk in list(model._default_manager.values_list("pk", flat=True))[:2]:
                model._default_manager.filter(pk=pk).update(**{field: value})
            said = picture(family, actor)
            raise Undo  # noqa: TRY301  (that is what it is for)
    except (Undo, IntegrityError):
        return said


@pytest.mark.slow
@pytest.mark.parametrize("model", COUNTS, ids=lambda model: model.__name__)
def test_no_other_column_moves_anything(
    families: RequestingFamily, coordinator: User, model: type[models.Model]
) -> None:
    before = picture(families, coordinator)
    assert len(before) == 4
    for field in others(model):
        tried = 0
        for value in whole_range(field):
            after = moved(model, field.name, value, families, coordinator)
            tried += after is not None
            assert after in (None, before), f"{model.__name__}.{field.name} = {value!r}"
        assert tried or field.unique, field.name


def test_the_columns_that_people_fear_are_among_them() -> None:
    names = {f"{model.__name__}.{field.name}" for model in COUNTS for field in others(model)}
    assert {
        "RequestingFamily.household",
        "RequestingFamily.referral_source",
        "RequestingFamily.interpreter_language",
        "RequestingFamily.waiting_since",
        "RequestingFamily.remarks",
        "RequestingParent.last_name",
        "SupportedChild.remarks",
        "SupportNeed.question_upbringing",
        "SupportNeed.answers",
        "SupportOffer.household",
        "SupportFamily.channel",
        "Consent.group",
        "Consent.note",
    } <= names
    assert len(HouseholdKind) * len(ReferralSource) > 20


def test_every_sensitive_group_on_both_sides_moves_nothing(
    families: RequestingFamily, coordinator: User
) -> None:
    before = picture(families, coordinator)
    Consent.objects.all().delete()
    assert picture(families, coordinator) == before
    for group in SensitiveGroup.values:
        for origin in ORIGINS[1:]:
            rows = [
                consent(origin, families, None, group),
                *(consent(origin, None, one, group) for one in SupportFamily.objects.all()),
            ]
            assert picture(families, coordinator) == before
            Consent.objects.filter(pk__in=[row.pk for row in rows]).delete()


def test_what_is_noted_moves_nothing(families: RequestingFamily, coordinator: User) -> None:
    before = picture(families, coordinator)
    sides = ((families, None), (None, SupportFamily.objects.first()))
    for origin in ORIGINS[1:]:
        for asking, offering in sides:
            ContactNote.objects.create(
                kind="note",
                happened_on=chain.day(),
                text=origin,
                author_name="x",
                requesting_family=asking,
                support_family=offering,
            )
    assert picture(families, coordinator) == before


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        (SupportNeed, "wishes", ["other_language"]),
        (SupportNeed, "day_parts", ["zo-nacht"]),
        (SupportOffer, "hopes", ["company"]),
        (SupportFamily, "postcode", "1441 AA"),
        (RequestingParent, "agreed_on", None),
    ],
)
def test_twin_what_does_count_is_noticed(
    families: RequestingFamily, coordinator: User, model: type[models.Model], field: str, value: object
) -> None:
    before = picture(families, coordinator)
    assert moved(model, field, value, families, coordinator) not in (None, before)
