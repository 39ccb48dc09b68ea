"""Nothing but the listed fields leaves the schema: the columns, the rows as they stand, and what a face may hold."""

from dataclasses import fields

import pytest
from django.apps import apps
from django.db import IntegrityError, connections
from hypothesis import given
from hypothesis import strategies as st

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.border.contacts import CONTACT_FIELDS, Contact
from core.border.models import BorderExchange
from core.border.services import asking_face, offering_face
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.intake.models import SupportNeed
from tenants import context
from tenants.classification import Sort, register
from tenants.context import atomic
from tenants.crossing.faces import Face, band_of, columns_of, face
from tenants.crossing.models import CARD_FIELDS, Card, DistanceBand, Who
from tenants.municipalities.models import Municipality
from tests.factories import border, chain

# Written out on purpose: whoever lets something more leave has to say so here.
COLUMNS = {
    "crossing_neighbour": {"id", "municipality_id", "partner_id"},
    "crossing_card": {
        "id", "municipality_id", "partner_id", "expires_on",
        "distance_band", "day_parts", "age_bands", "forms",
    },
    "crossing_countercard": {"id", "card_id", "distance_band", "day_parts", "age_bands", "forms"},
    "crossing_assent": {"id", "counter_id", "municipality_id", "who"},
}  # fmt: skip
BY_NAME = {"coordinator_name", "coordinator_phone", "family_name", "family_phone"}


def shared_rows() -> str:
    """Return everything that stands between the municipalities, as the owner of the database reads it."""
    with connections["owner"].cursor() as cursor:
        found = []
        for table in COLUMNS:
            cursor.execute(f"SELECT t::text FROM public.{table} t")  # noqa: S608
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found).lower()


def test_the_shared_tables_have_these_columns_and_no_others() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name LIKE 'crossing\\_%%'"
        )
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            found.setdefault(table, set()).add(column)
    assert found == COLUMNS
    assert {model._meta.db_table for model in apps.get_app_config("crossing").get_models()} == set(COLUMNS)


def test_a_card_says_four_things_of_a_family() -> None:
    envelope = {"id", "municipality_id", "partner_id", "expires_on"}
    assert COLUMNS["crossing_card"] - envelope == set(CARD_FIELDS)
    assert {field.name for field in fields(Face)} == set(CARD_FIELDS)


def test_nothing_in_the_shared_tables_is_about_somebody() -> None:
    tables = [table for table in register() if table.name in COLUMNS]
    assert {table.name for table in tables} == set(COLUMNS)
    assert {sort for table in tables for sort in table.columns.values()} == {Sort.KEY, Sort.PLAIN}
    assert not any(table.export for table in tables)


def test_by_name_four_things_cross_and_no_more() -> None:
    assert {field.name for field in fields(Contact)} == set(CONTACT_FIELDS) == BY_NAME


def test_a_written_row_holds_nothing_of_the_family_at_any_step(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    both = border.told(purmerend, zaanstad)
    rows = shared_rows()
    assert rows.count("\n") >= 6, "two neighbours, a card, a counter-card and four times yes"
    secrets: set[str] = set()
    for place in (purmerend, zaanstad):
        with context.municipality(place):
            secrets |= _everything_of_families()
    found = sorted(secret for secret in secrets - set(Who.values) if secret in rows)
    assert found == []
    for pk in (both.asking, both.offering, both.family, both.support_family):
        assert str(pk) not in rows


def test_the_look_for_secrets_would_find_one(purmerend: Municipality, zaanstad: Municipality) -> None:
    border.published(purmerend, zaanstad)
    with context.municipality(purmerend):
        assert _everything_of_families() & {border.NAME.lower(), "1441 ab", "kind1", "mira"}


def _everything_of_families() -> set[str]:
    """Return the words, numbers and ids of everybody in the scope that is open, but those that many people share."""
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label not in {"families", "intake", "accounts", "vog"}:
            continue
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = str(field.value_from_object(row)).lower()
                if (
                    len(value) > 3
                    and not field.choices
                    and "[" not in value
                    and value not in {"true", "none", "false"}
                ):
                    found.add(value)
    return found


def test_the_number_of_children_does_not_show(in_purmerend: Municipality) -> None:
    one, three = chain.waiting_family("Een"), chain.waiting_family("Drie", children=1)
    for number in range(2):
        SupportedChild.objects.create(
            family=three, first_name=f"Nog {number}", birth_year=chain.day().year - 3, birth_month=1
        )
    shown = [asking_face(family, list(family.children.all()), in_purmerend.pk) for family in (one, three)]
    assert shown[0] == shown[1]


def test_a_secret_address_gives_no_distance(
    in_purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain.postcode_areas()
    in_purmerend.centre_lat, in_purmerend.centre_lon = 52.6, 4.95
    monkeypatch.setattr("core.border.services.partner_of", lambda _pk: in_purmerend)
    seen, hidden = chain.waiting_family("Open"), chain.waiting_family("Geheim", secret_address=True)
    faces = [asking_face(family, list(family.children.all()), in_purmerend.pk) for family in (seen, hidden)]
    assert faces[0].distance_band == DistanceBand.UNDER_15
    assert faces[1].distance_band == DistanceBand.UNKNOWN


def test_a_counter_card_takes_the_same_four_from_the_offer(in_purmerend: Municipality) -> None:
    shown = offering_face(chain.available_support(), in_purmerend.pk)
    assert columns_of(shown) == {
        "distance_band": "unknown",
        "day_parts": ["wo-ochtend"],
        "age_bands": ["0-3", "4-7"],
        "forms": ["weekly_half_day", "activities"],
    }


@given(
    st.sampled_from(DistanceBand.values),
    st.lists(st.sampled_from(DayPart.values)),
    st.lists(st.sampled_from(AgeBand.values)),
    st.lists(st.sampled_from(SupportForm.values)),
)
def test_a_face_is_of_closed_lists_each_word_once_in_the_order_of_the_list(
    distance: str, parts: list[str], ages: list[str], forms: list[str]
) -> None:
    shown = face(distance_band=distance, day_parts=parts, age_bands=ages, forms=forms)
    assert shown == face(distance_band=distance, day_parts=parts[::-1], age_bands=ages * 2, forms=set(forms))
    for words, choices in (
        (shown.day_parts, DayPart), (shown.age_bands, AgeBand), (shown.forms, SupportForm)
    ):  # fmt: skip
        assert list(words) == [value for value in choices.values if value in words]


@given(st.text(min_size=1).filter(lambda text: text not in DayPart.values))
def test_a_word_of_no_closed_list_never_gets_on_a_face(word: str) -> None:
    for wrong in ({"day_parts": [word]}, {"age_bands": [word]}, {"forms": [word]}):
        values: dict[str, list[str]] = {"day_parts": [], "age_bands": [], "forms": []} | wrong
        if word in {*AgeBand.values, *SupportForm.values}:
            continue
        with pytest.raises(ValueError):
            face(distance_band="0-5", **values)


@pytest.mark.parametrize("column", ["day_parts", "age_bands", "forms"])
def test_the_database_takes_words_of_the_closed_lists_only(
    purmerend: Municipality, zaanstad: Municipality, column: str
) -> None:
    border.neighbours(purmerend, zaanstad)
    words: dict[str, object] = {"distance_band": "0-5", "day_parts": [], "age_bands": [], "forms": []}
    with context.municipality(purmerend), pytest.raises(IntegrityError), atomic():
        Card.objects.create(
            municipality_id=purmerend.pk,
            partner_id=zaanstad.pk,
            expires_on=chain.day(3),
            **{**words, column: ["Jansen"]},
        )


@given(st.floats(min_value=0, max_value=500))
def test_every_distance_has_one_band(km: float) -> None:
    limits = {"0-5": (0, 5), "5-10": (5, 10), "10-15": (10, 15), "15-25": (15, 25), "25-": (25, 10_000)}
    low, high = limits[band_of(km).value]
    assert low <= km < high
    assert band_of(None) == DistanceBand.UNKNOWN


def test_what_was_shown_stays_in_the_own_file_only(purmerend: Municipality, zaanstad: Municipality) -> None:
    both = border.offered(purmerend, zaanstad)
    with context.municipality(purmerend):
        row = BorderExchange.objects.get(pk=both.asking)
        need = SupportNeed.objects.get(family=row.family)
        assert (row.day_parts, row.forms, row.age_bands) == (need.day_parts, need.forms, ["0-3"])
        assert not SupportFamily.objects.exists()
    with context.municipality(zaanstad):
        assert not RequestingFamily.objects.exists()
