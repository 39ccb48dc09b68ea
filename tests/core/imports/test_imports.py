"""From a file to families and back: all or nothing, every refused row with a reason, undone without a trace."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from common.errors import Conflict, InvalidInput
from core.families.models import RequestingFamily, RequestingParent, SupportedChild, SupportFamily
from core.families.services import family_contacted, requesting_families_write
from core.imports import services
from core.imports.columns import Kind
from core.imports.models import ColumnMemory, ImportedFamily, ImportRun
from core.imports.services import (
    import_drop,
    import_map,
    import_read,
    import_start,
    import_undo,
)
from core.imports.workflow import ImportStatus
from core.letters.services import LetterData, letter_send
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.core.imports.messy import messy

TWO = (
    b"Naam;Telefoon;Postcode;Woonplaats;Aangemeld;Kinderen\n"
    b"Anna de Vries;0612345678;1441 AB;Purmerend;12-03-2024;Noor 03-2019\n"
    b"Tom Bakker;0612345679;1442 CD;Purmerend;13-03-2024;Sam 05-2020\n"
)
ONE_WRONG = TWO + b"Eva Kok;12;1442 CD;Purmerend;13-03-2024;Lot 05-2020\n"
OFFERS = (
    b"Voornaam;Tussenvoegsel;Achternaam;E-mail;Postcode;Plaats\n"
    b"Jan;van der;Meer;jan@voorbeeld.example;1441 AB;Purmerend\n"
)

Outbox = Callable[[], Any]


def counted() -> dict[str, int]:
    """Return what reports count, from the view that they read."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT event, count(*) FROM report_totals GROUP BY event")
        return dict(cursor.fetchall())


def taken_over(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox, content: bytes, **choices: bool
) -> ImportRun:
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="lijst.csv", content=content, actor=coordinator)
        import_start(run=run, **({"leave_out": True, "twins_too": False} | choices), actor=coordinator)
    run_outbox()
    with context.municipality(purmerend):
        return ImportRun.objects.get(pk=run.pk)


def test_every_row_becomes_a_family_with_its_people_and_day(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        run = ImportRun.objects.get(pk=run.pk)
        assert (run.status, run.taken, run.rows, run.verdicts) == (ImportStatus.DONE, 2, [], [])
        family = RequestingFamily.objects.get(name="de Vries")
        assert family.registered_on == date(2024, 3, 12)
        assert family.parents.get().first_name == "Anna"
        assert family.children.get().birth_year == 2019
        assert counted() == {"family_registered": 2}


def test_support_families_come_the_same_way(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    with context.municipality(purmerend):
        run = import_read(kind=Kind.OFFERING, file_name="steun.csv", content=OFFERS, actor=coordinator)
        import_start(run=run, leave_out=False, twins_too=False, actor=coordinator)
    run_outbox()
    with context.municipality(purmerend):
        assert SupportFamily.objects.get().adults.get().full_name == "Jan van der Meer"
        import_undo(run=ImportRun.objects.get(), actor=coordinator)
        assert not SupportFamily.objects.exists()
        assert counted() == {}


def test_a_wrong_row_is_left_out_only_when_somebody_says_so(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="lijst.csv", content=ONE_WRONG, actor=coordinator)
        with pytest.raises(InvalidInput):
            import_start(run=run, leave_out=False, twins_too=False, actor=coordinator)
        import_drop(run=run, actor=coordinator)
        assert not RequestingFamily.objects.exists()
    assert taken_over(purmerend, coordinator, run_outbox, ONE_WRONG).taken == 2


def test_when_one_row_cannot_be_written_after_all_nothing_is(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    whole = requesting_families_write

    def stumble(registrations: Any, *, actor: Any) -> Any:
        written.append(len(whole(registrations, actor=actor)))
        if len(written) > 1:
            raise InvalidInput(fields={"place": "Deze plaats kan niet."})
        return list(RequestingFamily.objects.all())

    monkeypatch.setattr(services, "_STEP", 1)
    monkeypatch.setattr(services, "requesting_families_write", stumble)
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        run = ImportRun.objects.get(pk=run.pk)
        assert written == [1, 1]
        assert (run.status, run.failure, len(run.rows)) == (ImportStatus.READ, "Deze plaats kan niet.", 2)
        assert not RequestingFamily.objects.exists()
        assert counted() == {}


def test_a_family_that_is_there_already_is_shown_and_left_out(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    taken_over(purmerend, coordinator, run_outbox, TWO)
    again = TWO.replace(b"Anna de Vries", "Ánna DE VRIES".encode()).replace(b"0612345678", b"0687654321")
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="nog eens.csv", content=again, actor=coordinator)
        assert [verdict["twin"] for verdict in run.verdicts] == [
            "Dit gezin lijkt op de Vries in Purmerend, dat er al is.",
            "Dit gezin lijkt op Bakker in Purmerend, dat er al is.",
        ]
        import_drop(run=run, actor=coordinator)
    assert taken_over(purmerend, coordinator, run_outbox, again).taken == 0
    assert taken_over(purmerend, coordinator, run_outbox, again, twins_too=True).taken == 2


def test_taking_back_leaves_no_trace_but_the_log(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    with context.municipality(purmerend):
        before = {
            model: model.objects.count() for model in (RequestingFamily, RequestingParent, SupportedChild)
        }
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        import_undo(run=ImportRun.objects.get(pk=run.pk), actor=coordinator)
        assert {model: model.objects.count() for model in before} == before
        assert not ImportedFamily.objects.exists()
        assert counted() == {}, "and no report counts them"
        assert AuditEntry.objects.filter(action="family_registered").count() == 2


def test_twin_without_the_entry_that_undoes_reports_would_go_on_counting(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "entries_undo", lambda **_kwargs: None)
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        import_undo(run=ImportRun.objects.get(pk=run.pk), actor=coordinator)
        assert counted() == {"family_registered": 2}


def test_what_moved_on_is_not_taken_back(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get(name="Bakker")
        family_contacted(family=family, contacted_on=timezone.localdate(), actor=coordinator)
        with pytest.raises(Conflict) as refused:
            import_undo(run=ImportRun.objects.get(pk=run.pk), actor=coordinator)
        assert "gezin Bakker" in str(refused.value.message)
        assert RequestingFamily.objects.count() == 2


def test_a_family_that_got_a_letter_is_not_taken_back(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    data = LetterData(
        kind="brief-algemeen", text_version=1, way="paper", topic="groet", text="Dag", to_name="Bo"
    )
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get(name="Bakker")
        letter_send(subject=family, family=family, data=data, actor=coordinator)
        with pytest.raises(Conflict) as refused:
            import_undo(run=ImportRun.objects.get(pk=run.pk), actor=coordinator)
        assert "gezin Bakker" in str(refused.value.message)


@pytest.mark.parametrize(("days", "may"), [(30, True), (31, False)])
def test_taking_back_is_possible_for_thirty_days(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox, days: int, may: bool
) -> None:
    run = taken_over(purmerend, coordinator, run_outbox, TWO)
    with context.municipality(purmerend):
        ImportRun.objects.filter(pk=run.pk).update(done_on=timezone.localdate() - timedelta(days=days))
        run = ImportRun.objects.get(pk=run.pk)
        assert run.may_be_undone is may
        if may:
            import_undo(run=run, actor=coordinator)
        else:
            with pytest.raises(Conflict):
                import_undo(run=run, actor=coordinator)


def test_what_a_column_was_is_remembered_for_the_next_file(
    purmerend: Municipality, coordinator: User
) -> None:
    odd = TWO.replace(b"Woonplaats", b"Waar ze wonen")
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="a.csv", content=odd, actor=coordinator)
        assert run.mapping[3] == ""
        with pytest.raises(InvalidInput):
            import_map(run=run, mapping=run.mapping, actor=coordinator)
        mapping = [*run.mapping[:3], "place", *run.mapping[4:]]
        assert import_map(run=run, mapping=mapping, actor=coordinator).verdicts == []
        again = import_read(kind=Kind.ASKING, file_name="b.csv", content=odd, actor=coordinator)
        assert again.mapping == mapping
        import_map(run=again, mapping=mapping, actor=coordinator)
        assert ColumnMemory.objects.filter(header="waar ze wonen").count() == 1


@pytest.mark.parametrize(
    "mapping", [["full_name"], ["full_name"] * 6, ["nonsense"] * 6, ["", "", "postcode", "place", "", ""]]
)
def test_columns_that_cannot_be_are_refused(
    purmerend: Municipality, coordinator: User, mapping: list[str]
) -> None:
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="a.csv", content=TWO, actor=coordinator)
        with pytest.raises(InvalidInput):
            import_map(run=run, mapping=mapping, actor=coordinator)


def test_a_messy_list_is_taken_over_with_a_reason_for_every_row_that_is_not(
    purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    content, wrong = messy(400)
    with context.municipality(purmerend):
        run = import_read(kind=Kind.ASKING, file_name="lijst.xlsx", content=content, actor=coordinator)
        refused = [verdict for verdict in run.verdicts if verdict["problems"]]
        twins = [verdict for verdict in run.verdicts if verdict["twin"]]
        # The merged cells mend a row without a place; nothing else does.
        assert wrong - 4 <= len(refused) <= wrong
        assert all(re.search(r"[a-z]{3}", problem) for verdict in refused for problem in verdict["problems"])
        assert twins
        import_start(run=run, leave_out=True, twins_too=False, actor=coordinator)
    run_outbox()
    with context.municipality(purmerend):
        run = ImportRun.objects.get(pk=run.pk)
        assert run.taken == 400 - len(refused) - len(twins)
        assert RequestingFamily.objects.count() == run.taken
        assert counted() == {"family_registered": run.taken}
        import_undo(run=run, actor=coordinator)
        assert not RequestingFamily.objects.exists()


def test_a_coordinator_goes_from_file_to_families_on_the_pages(
    client_for: Callable[..., Client], purmerend: Municipality, coordinator: User, run_outbox: Outbox
) -> None:
    client = client_for("purmerend", coordinator)
    file = SimpleUploadedFile("lijst.csv", ONE_WRONG)
    answer = client.post("/inlezen", {"kind": "asking", "file": file})
    assert answer.status_code == 302
    columns = answer["Location"]
    page = client.get(columns).content.decode()
    assert "Anna de Vries" in page
    shown = dict(re.findall(r'<select name="(column_\d)".*?<option value="(\w*)" selected', page, re.DOTALL))
    answer = client.post(columns, shown)
    assert answer.status_code == 302
    detail = answer["Location"]
    page = client.get(detail).content.decode()
    assert "tien cijfers" in page
    refused = client.post(detail, {})
    assert refused.status_code == 400
    assert "zet het vinkje" in refused.content.decode()
    assert client.post(detail, {"leave_out": "on"}).status_code == 302
    assert "<progress" in client.get(detail).content.decode()
    run_outbox()
    assert "2 gezinnen zijn overgenomen" in client.get(detail).content.decode()
    assert "2 gezinnen" in client.get(f"{detail}/terugdraaien").content.decode()
    assert client.post(f"{detail}/terugdraaien").status_code == 302
    assert "weer weg" in client.get(detail).content.decode()
    with context.municipality(purmerend):
        assert not RequestingFamily.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\x00", b"een zin"])
def test_a_file_that_is_no_list_is_refused_on_the_page(
    client_for: Callable[..., Client], coordinator: User, content: bytes
) -> None:
    client = client_for("purmerend", coordinator)
    answer = client.post("/inlezen", {"kind": "asking", "file": SimpleUploadedFile("x.xlsx", content)})
    assert answer.status_code == 400
    assert "error" in answer.content.decode()
