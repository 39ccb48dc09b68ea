"""The one frame of all lists: search, filters, order, paging by row, kept views, and files with their purpose."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import set_urlconf
from django.utils import timezone

from core.families.models import SupportFamily
from core.families.record_services import note_add
from core.guidance.models import Evaluation, Side
from core.guidance.services import contact_add
from core.home.deeds import DeedCode
from core.home.list_views import LISTS
from core.home.lists import couplings, support, vog, waiting
from core.home.warm import QUIET_WEEKS, deed_for
from core.lists import search as words
from core.lists.export import Format, Sheet, safe_text, written
from core.lists.frame import PER_PAGE, Asked, asked_of, page_of
from core.lists.models import ListName, SavedView
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.factories.chain import day

Maker = Callable[..., Client]


@pytest.fixture(autouse=True)
def _addresses_of_a_municipality() -> Iterator[None]:
    set_urlconf("config.urls_municipality")
    yield
    set_urlconf(None)


def asked(query: str = "", definition: object = waiting.WAITING) -> Asked:
    return asked_of(definition, QueryDict(query))  # type: ignore[arg-type]


def names(query: str = "", definition: object = waiting.WAITING) -> list[str]:
    return [row.title for row in page_of(asked(query, definition), timezone.localdate()).rows]


# ------------------------------------------------------------------------------------------------------------- search


@pytest.mark.parametrize(
    "typed",
    [
        "berg", "Van den Berg", "v.d. berg", "vd Berg", "van de berg", "BERG", "ber", "berg purmerend", "1441 ab",
        "1441AB", "mira", "kind1 berg", "overloop",
    ],
)  # fmt: skip
def test_a_family_is_found_however_it_is_typed(in_purmerend: Municipality, typed: str) -> None:
    chain.waiting_family("van den Berg", remarks="De overlopende buurvrouw belt vaak.")
    chain.waiting_family("Bakker", postcode="1442 CD", place="Kwadijk").parents.update(first_name="Anna")
    chain.waiting_family("Bakker", postcode="1442 CD", place="Kwadijk").children.update(first_name="Bo")
    assert "Van den Berg" in names(f"zoek={typed}")


@pytest.mark.parametrize(
    ("written_as", "typed"),
    [("Özdemir", "ozdemir"), ("Núñez", "nunez"), ("Müller", "MÜLLER"), ("Łukasz", "lukasz"), ("'t Hart", "t hart"),
     ("O'Brien", "obrien"), ("Jansen-de Vries", "vries"), ("Şahin", "sahin"), ("Kamiński", "kaminski")],
)  # fmt: skip
def test_accents_and_marks_make_no_difference(
    in_purmerend: Municipality, written_as: str, typed: str
) -> None:
    chain.waiting_family(written_as)
    if typed == "obrien":
        typed = "o brien"
    assert len(names(f"zoek={typed}")) == 1


def test_every_word_must_be_there(in_purmerend: Municipality) -> None:
    chain.waiting_family("Berg")
    assert not names("zoek=berg amsterdam")
    assert not names("zoek=mirage")


@pytest.mark.parametrize(
    "typed", ["'", "a & b | !c", ":*", "<->", "\\", "%", "(((", "zoë:*)", "x" * 200, "''"]
)
def test_nothing_that_is_typed_breaks_the_search(in_purmerend: Municipality, typed: str) -> None:
    query = QueryDict(mutable=True)
    query["zoek"] = typed
    page_of(asked_of(waiting.WAITING, query), timezone.localdate())


def test_a_family_is_found_by_its_notes_and_by_the_answers_of_its_intake(
    in_purmerend: Municipality, coordinator: User
) -> None:
    told = chain.waiting_family(
        "Berg",
        need={
            "question_expectation": "Samen fietsen naar het zwembad",
            "answers": {"slapen": "Café\nlogeerbed", "hobby": ["knikkeren", "zingen"], "tuin": True},
        },
    )
    chain.waiting_family("Ander")
    note_add(family=told, kind="call", happened_on=day(), text="Oma verhuist naar Édam.", actor=coordinator)
    for typed in (
        "zwembaden",
        "fiets",
        "cafe",
        "logeerbed",
        "knikkeren",
        "oma",
        "edam",
        "verhuist",
        "berg oma",
    ):
        assert names(f"zoek={typed}") == ["Berg"], typed
    assert not names("zoek=slapen"), "the code of a question is no word of the family"
    support_family = chain.available_support("Bos", offer={"household": "Twee honden en een moestuin"})
    note_add(family=support_family, kind="visit", happened_on=day(), text="Mooie kas.", actor=coordinator)
    assert names("zoek=moestuin", support.LIST) == names("zoek=kas", support.LIST) == ["Bos"]
    assert names("zoek=kas", vog.LIST) == ["Jan Bos"]


def test_couplings_are_found_by_their_talks(in_purmerend: Municipality) -> None:
    made = chain.coupled()
    chain.coupled(days_ago=3)
    contact_add(
        coupling=made,
        side=Side.FAMILY,
        kind="call",
        happened_on=day(),
        note="Zij gaan kamperen.",
        actor=chain.TESTS,
    )
    Evaluation.objects.create(
        moment=made.moments.latest("due_on"), side="family", held_on=day(), verdict="continue",
        note="De schommel is het mooiste.",
    )  # fmt: skip
    for typed in ("kamperen", "schommels"):
        (row,) = page_of(asked(f"zoek={typed}", couplings.LIST), timezone.localdate()).rows
        assert row.key == made.pk


def test_who_may_not_read_a_note_finds_nothing_by_it(
    in_purmerend: Municipality, coordinator: User, deputy: User, safeguarding_officer: User
) -> None:
    family = chain.waiting_family("Stil")
    for text, reader in (("ruzie", "coordinator"), ("blauw", "safeguarding_officer"), ("gewoon", "")):
        note_add(
            family=family, kind="note", happened_on=day(), text=text, confidential_to=reader, actor=coordinator
        )  # fmt: skip

    def found(typed: str, reader: User | None) -> bool:
        narrowed = asked_of(waiting.WAITING, QueryDict(f"zoek={typed}"), reader)
        return bool(page_of(narrowed, timezone.localdate()).rows)

    readers = (coordinator, deputy, safeguarding_officer, None)
    assert [found("gewoon", reader) for reader in readers] == [True, True, True, True]
    assert [found("ruzie", reader) for reader in readers] == [True, False, False, False]
    assert [found("blauw", reader) for reader in readers] == [True, False, True, False], "and who wrote it"


def test_python_and_postgresql_write_names_alike(in_purmerend: Municipality) -> None:
    for name in ("Özdemir", "Łukasz", "Jansen-De Vries", "'t Hart", "İbrahim", "Đorđević", "Ærø"):
        family = chain.waiting_family(name)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT sort_name FROM families_requestingfamily WHERE id = %s", [family.pk])
            (stored,) = cursor.fetchone()
        assert words.plain(name).strip().endswith(stored.strip())


def test_names_stand_in_the_order_of_a_telephone_book(in_purmerend: Municipality) -> None:
    for name in ("Visser", "van den Berg", "de Boer", "'t Hart", "Aksoy", "Ödemis"):
        chain.waiting_family(name)
    assert names("sorteer=naam") == ["Aksoy", "Van den Berg", "De Boer", "'t Hart", "Ödemis", "Visser"]


# ------------------------------------------------------------------------------------- filters, order, paging by row


def test_who_waits_longest_stands_on_top(in_purmerend: Municipality) -> None:
    for wait in (10, 70, 40):
        chain.waiting_family(f"Wacht{wait}", waits=wait)
    assert names() == ["Wacht70", "Wacht40", "Wacht10"]
    assert names("sorteer=wacht") == ["Wacht10", "Wacht40", "Wacht70"]
    assert names("wacht=30") == ["Wacht70", "Wacht40"]


@pytest.mark.parametrize(("waits", "listed"), [(30, False), (31, True)])
def test_a_filter_on_waiting_begins_the_day_after(
    in_purmerend: Municipality, waits: int, listed: bool
) -> None:
    chain.waiting_family(waits=waits)
    assert bool(names("wacht=30")) is listed


@pytest.mark.parametrize(("months", "band"), [(47, "0-3"), (48, "4-7"), (95, "4-7"), (96, "8-11")])
def test_a_filter_on_age_agrees_with_the_age_on_the_page(
    in_purmerend: Municipality, months: int, band: str
) -> None:
    today = timezone.localdate()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    family = chain.waiting_family()
    family.children.update(birth_year=year, birth_month=month + 1)
    low, high = map(int, band.split("-"))
    assert low <= (family.children.get().age or 0) <= high
    assert names(f"leeftijd={band}")
    assert [other for other in ("0-3", "4-7", "8-11", "12-15") if names(f"leeftijd={other}")] == [band]


def test_an_address_that_makes_no_sense_filters_nothing(in_purmerend: Municipality) -> None:
    chain.waiting_family()
    assert len(names("wacht=onzin&sorteer=-leeftijd&kolom=x&na=niets&voor=1&dag=zz")) == 1
    assert len(names(f"na={uuid4()}")) == 1


def test_pages_go_on_where_the_last_one_ended(in_purmerend: Municipality) -> None:
    for number in range(PER_PAGE * 2 + 3):
        chain.waiting_family(f"Gezin{number:02d}", waits=number % 7)
    today, query, seen = timezone.localdate(), "", []
    pages = []
    while True:
        page = page_of(asked(query), today)
        pages.append([row.key for row in page.rows])
        seen += pages[-1]
        assert page.total == PER_PAGE * 2 + 3
        if page.next is None:
            break
        query = f"na={page.next}"
    assert [len(page) for page in pages] == [PER_PAGE, PER_PAGE, 3]
    assert len(set(seen)) == len(seen) == PER_PAGE * 2 + 3
    back = page_of(asked(f"voor={pages[2][0]}"), today)
    assert [row.key for row in back.rows] == pages[1]
    first = page_of(asked(f"voor={pages[1][0]}"), today)
    assert [row.key for row in first.rows] == pages[0]
    assert first.previous is None


def test_a_row_that_left_the_list_is_still_a_place_to_go_on_from(in_purmerend: Municipality) -> None:
    made = [chain.waiting_family(f"Gezin{number:02d}", waits=60 - number) for number in range(PER_PAGE + 5)]
    place = made[PER_PAGE - 1]
    made[0].parents.update(first_name="Weg")
    rest = page_of(asked(f"na={place.pk}&zoek=mira"), timezone.localdate())
    assert [row.key for row in rest.rows] == [family.pk for family in made[PER_PAGE:]]


# ----------------------------------------------------------------------------------------------------------- the lists


@pytest.mark.parametrize("name", list(ListName))
def test_every_view_of_every_list_opens_with_as_many_queries_for_many_as_for_few(
    purmerend: Municipality, coordinator: User, client_for: Maker, name: ListName
) -> None:
    definition, _url = LISTS[name]
    address = "/vog" if name == ListName.VOG else f"/{name.value}"
    client = client_for(purmerend, coordinator)

    def count(query: str) -> int:
        with CaptureQueriesContext(connections["default"]) as captured:
            assert client.get(f"{address}?{query}").status_code == 200
        return sum("municipalities_domain" not in one["sql"] for one in captured.captured_queries)

    queries = [tab.query for tab in definition.tabs]
    queries += [f"sorteer=-{column.name}" for column in definition.orders]
    queries += [f"{one.name}={choice.word}" for one in definition.filters for choice in one.choices]
    queries += ["&".join(f"kolom={column.name}" for column in definition.columns) + "&zoek=jan"]
    with context.municipality(purmerend):
        chain.coupled()
        chain.waiting_family()
        chain.available_support()
    count("")  # once for what a process remembers
    few = count("")
    with context.municipality(purmerend):
        for number in range(4):
            chain.coupled(days_ago=number)
            chain.waiting_family(f"Jansen{number}")
            chain.available_support(f"Jansen{number}")
    assert count("") == few
    for query in queries:
        count(query)


def test_a_silent_support_family_gets_a_small_deed(
    purmerend: Municipality, coordinator: User, client_for: Maker
) -> None:
    with context.municipality(purmerend):
        family = chain.available_support("Vergeten")
        long_ago = day(-7 * QUIET_WEEKS)
        SupportFamily.objects.filter(pk=family.pk).update(
            registered_on=long_ago, approved_on=long_ago, first_contact_on=None
        )
        assert names("stil=8", support.LIST) == ["Vergeten"]
        SupportFamily.objects.filter(pk=family.pk).update(approved_on=long_ago + timedelta(days=1))
        assert not names("stil=8", support.LIST), "a day short"
    client = client_for(purmerend, coordinator)
    page = client.get(f"/steungezinnen/{family.pk}/warm-houden").content.decode()
    assert "mailto:" not in page or "subject=" in page
    typed = {"kind": "call", "happened_on": day().isoformat(), "text": "Even gebeld"}
    assert client.post(f"/steungezinnen/{family.pk}/warm-houden", typed).status_code == 302
    set_urlconf("config.urls_municipality")  # a request puts it back
    with context.municipality(purmerend):
        (row,) = page_of(asked("", support.LIST), timezone.localdate()).rows
        assert row.cells["stil"].value == 0


@pytest.mark.parametrize(
    ("weeks", "never", "back", "code"),
    [
        (8, False, None, DeedCode.CARD), (11, False, None, DeedCode.CARD), (12, False, None, DeedCode.INVITE),
        (25, False, None, DeedCode.INVITE), (26, False, None, DeedCode.COFFEE), (8, True, None, DeedCode.NOT_FORGOTTEN),
        (8, False, 30, DeedCode.BACK_SOON), (8, False, 31, DeedCode.CARD),
    ],
)  # fmt: skip
def test_the_deed_fits_the_silence(weeks: int, never: bool, back: int | None, code: DeedCode) -> None:
    today = date(2026, 11, 2)
    until = today + timedelta(days=back) if back else None
    assert deed_for(weeks=weeks, never_proposed=never, paused_until=until, today=today).code is code


# --------------------------------------------------------------------------------------------------------- kept views


def test_a_view_is_kept_for_one_person_without_what_was_searched(
    purmerend: Municipality, coordinator: User, deputy: User, client_for: Maker
) -> None:
    mine, theirs = client_for(purmerend, coordinator), client_for(purmerend, deputy)
    with context.municipality(purmerend):
        chain.waiting_family("Geheim", waits=70)
    page = mine.get("/wachtend?zoek=geheim&wacht=60&kolom=wacht").content.decode()
    query = re.search(r'name="query" value="([^"]*)"', page)
    assert query
    assert "geheim" not in query.group(1)
    form = {"list_name": "wachtend", "name": "Mijn eigen", "next": "/wachtend"}
    form["query"] = query.group(1).replace("&amp;", "&")
    kept = mine.post("/lijsten/weergave", form)
    assert kept["Location"] == "/wachtend?wacht=60&kolom=wacht"
    assert ">Mijn eigen" in mine.get("/wachtend").content.decode()
    assert ">Mijn eigen" not in theirs.get("/wachtend").content.decode()
    mine.post("/lijsten/weergave", form | {"name": "MIJN EIGEN", "query": "wacht=30"})
    with context.municipality(purmerend):
        (view,) = SavedView.objects.all()
        assert view.query == "wacht=30"
    assert theirs.post(f"/lijsten/weergave/{view.pk}/weg").status_code == 404
    assert mine.post(f"/lijsten/weergave/{view.pk}/weg").status_code == 302
    with context.municipality(purmerend):
        assert not SavedView.objects.exists()
    assert mine.post("/lijsten/weergave", form | {"name": " "}).status_code == 302
    assert mine.post("/lijsten/weergave", form | {"list_name": "zorgen"}).status_code == 302
    with context.municipality(purmerend):
        assert not SavedView.objects.exists()


# -------------------------------------------------------------------------------------------------------------- files

EVIL = '=HYPERLINK("http://kwaad.example")'


@pytest.mark.parametrize("kind", list(Format))
def test_a_list_is_taken_along_with_its_purpose_in_the_log(
    purmerend: Municipality, coordinator: User, client_for: Maker, kind: Format
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family(EVIL, waits=43)
        chain.waiting_family("Ander", waits=3)
    client = client_for(purmerend, coordinator)
    address = "/lijsten/wachtend/bestand?wacht=30&kolom=wacht&kolom=aangemeld"
    assert client.get(address).status_code == 200
    assert client.post(address, {"purpose": "", "kind": kind.value}).status_code == 400
    answer = client.post(address, {"purpose": "overleg maandag", "kind": kind.value})
    assert answer.status_code == 200
    assert f".{kind.value}" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    with context.municipality(purmerend):
        (entry,) = AuditEntry.objects.filter(action="list_exported")
        assert entry.purpose == f"wachtend.{kind.value}, 1: overleg maandag"
        assert entry.actor_id == coordinator.pk
    if kind is Format.CSV:
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert rows[0] == ["Gezin", "Wacht", "Aangemeld"]
        assert rows[1] == [f"'{EVIL}", "43", day(-73).strftime("%d-%m-%Y")]
        return
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        text = b"".join(book.read(name) for name in book.namelist()).decode("utf-8", "replace")
    assert "HYPERLINK" in text
    assert "<f>" not in text
    assert "table:formula" not in text
    assert "overleg maandag" in text
    assert "Ander" not in text


def test_who_may_only_look_takes_nothing_along(
    purmerend: Municipality, safeguarding_officer: User, client_for: Maker
) -> None:
    client = client_for(purmerend, safeguarding_officer)
    assert client.get("/lijsten/wachtend/bestand").status_code == 404
    assert "/bestand" not in client.get("/wachtend").content.decode()
    assert client.get("/lijsten/zorgen/bestand").status_code == 404


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=1+1", "'=1+1"), ("+31", "'+31"), ("-0,25", "'-0,25"), ("@x", "'@x"), ("\tx", "'\tx"),
     ("'s-Gravenhage", "'s-Gravenhage"),
     ("Jansen", "Jansen")],
)  # fmt: skip
def test_no_text_becomes_a_formula(text: str, safe: str) -> None:
    assert safe_text(text) == safe


def test_numbers_and_dates_stay_what_they_are() -> None:
    sheet = Sheet("Proef", ["a", "b"], [[-3, date(2026, 3, 1)], [None, None]], [("x", "y")])
    assert written(sheet, Format.CSV).decode("utf-8-sig").splitlines()[1] == "-3;01-03-2026"
    with zipfile.ZipFile(io.BytesIO(written(sheet, Format.ODS))) as book:
        content = book.read("content.xml").decode()
    assert 'office:date-value="2026-03-01"' in content
    assert 'office:value="-3"' in content
