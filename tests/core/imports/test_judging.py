"""Every row becomes a registration or sentences that a coordinator understands."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.families.registration import ChildData, RequestingRegistration, SupportRegistration
from core.imports.columns import COLUMNS, Kind
from core.imports.judging import Judged, date_of, dialled, judge, month_of, split_name

KEY = UUID(int=1)
TODAY = date(2026, 3, 1)
WHOLE = {
    "full_name": "Fatima El Amrani",
    "phone": "612345678",
    "postcode": "1441ab",
    "place": "Purmerend",
    "registered_on": "12-01-2026",
    "children": "Noor (03-2019), Sami 2021-05; baby uitgerekend 12-06-2026",
}


def judged(kind: str = Kind.ASKING, **changes: str) -> Judged:
    cells = WHOLE | changes if kind == Kind.ASKING else {**WHOLE, **changes, "children": ""}
    cells = {
        name: value for name, value in cells.items() if name in {column.name for column in COLUMNS[kind]}
    }
    return judge(kind, list(cells), 7, list(cells.values()), key=KEY, today=TODAY)


def test_a_row_becomes_the_registration_a_person_would_have_typed() -> None:
    found = judged().registration
    assert isinstance(found, RequestingRegistration)
    assert (found.parents[0].name_prefix, found.parents[0].last_name) == ("el", "Amrani")
    assert found.parents[0].phone == "+31612345678"
    assert found.family.postcode == "1441 AB"
    assert found.registered_on == date(2026, 1, 12)
    assert list(found.children) == [
        ChildData(first_name="Noor", birth_year=2019, birth_month=3),
        ChildData(first_name="Sami", birth_year=2021, birth_month=5),
        ChildData(due_on=date(2026, 6, 12)),
    ]


def test_the_same_row_of_the_same_file_has_the_same_key() -> None:
    first, second = judged().registration, judged().registration
    assert first is not None
    assert second is not None
    assert first.submission_key == second.submission_key


def test_a_support_family_needs_no_children() -> None:
    assert isinstance(judged(Kind.OFFERING, motivation="Wij hebben ruimte").registration, SupportRegistration)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"postcode": "14 AB"}, "Postcode"),
        ({"postcode": ""}, "Postcode"),
        ({"phone": "12", "email": ""}, "tien cijfers"),
        ({"phone": "", "email": ""}, "telefoonnummer of e-mailadres"),
        ({"full_name": ""}, "Achternaam"),
        ({"full_name": "Amrani"}, "Voornaam|Achternaam"),
        ({"registered_on": "31-02-2026"}, "geen datum die bestaat"),
        ({"registered_on": "12-01-2031"}, "toekomst"),
        ({"children": "Noor (6 jr)"}, "Noor"),
        ({"children": ""}, "kind"),
        ({"children": "Noor 03-1999"}, "18 jaar"),
        ({"referral_source": "de buurvrouw van boven"}, "kennen wij niet"),
        ({"secret_address": "misschien"}, "ja of nee"),
        ({"remarks": "BSN 111222333"}, "burgerservicenummer"),
    ],
)
def test_a_wrong_row_says_what_is_wrong_in_words_of_its_column(changes: dict[str, str], words: str) -> None:
    found = judged(**changes)
    assert found.registration is None
    assert any(part in problem for problem in found.problems for part in words.split("|"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-12", date(2024, 3, 12)),
        ("2024-03-12 00:00:00", date(2024, 3, 12)),
        ("12-3-2024", date(2024, 3, 12)),
        ("12/03/24", date(2024, 3, 12)),
        ("12.03.2024", date(2024, 3, 12)),
        ("12 maart 2024", date(2024, 3, 12)),
        ("12 mrt. 2024", date(2024, 3, 12)),
        ("45363", date(2024, 3, 12)),
        ("30-02-2024", None),
        ("13-13-2024", None),
        ("volgende week", None),
        ("12 foo 2024", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize("text", ["03-2019", "3/2019", "2019-03", "maart 2019", "mrt 2019", "15-03-2019"])
def test_a_month_is_read_as_people_write_it(text: str) -> None:
    assert month_of(text) == date(2019, 3, 1)


def test_names_and_numbers_are_read_as_people_write_them() -> None:
    assert split_name("Anna van der Berg") == ("Anna", "van der", "Berg")
    assert split_name("Berg, Anna van der") == ("Anna", "van der", "Berg")
    assert split_name("van der Berg, Anna") == ("Anna", "van der", "Berg")
    assert split_name("") == ("", "", "")
    assert dialled("06-12345678 / 0299-123456") == "06-12345678"
    assert dialled("+31612345678") == "+31612345678"


@given(
    kind=st.sampled_from(Kind.values),
    cells=st.lists(st.text(max_size=40), min_size=8, max_size=8),
    mapped=st.data(),
)
def test_whatever_stands_in_the_cells_it_is_a_registration_or_has_reasons(
    kind: str, cells: list[str], mapped: st.DataObject
) -> None:
    names = [column.name for column in COLUMNS[kind]]
    mapping = mapped.draw(st.lists(st.sampled_from(names), min_size=8, max_size=8))
    found = judge(kind, mapping, 2, cells, key=KEY, today=TODAY)
    assert (found.registration is None) == bool(found.problems)
    assert all(problem.strip() for problem in found.problems)
