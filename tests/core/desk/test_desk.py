"""The registration desk: forms that are closed for a while, and families that are pointed elsewhere."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connections
from django.test import Client

from common.errors import Conflict, InvalidInput
from common.gemeenten import GEMEENTEN
from common.vocabulary import CloseReason
from core.desk.models import FormClosure, FormKind
from core.desk.selectors import closure_of
from core.desk.services import form_close, form_open
from core.families.desk_services import NoFit, family_refer
from core.families.models import RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.ledger.models import Event, LedgerEntry
from reporting.nationwide.jobs import publish
from reporting.nationwide.models import NationwideCount
from tenants import context
from tenants.accounts.models import User
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]
TEXT = "Wij hebben nu even geen plek."


def closed(kind: FormKind = FormKind.REQUESTING, **changes: object) -> FormClosure:
    return form_close(kind=kind, text=TEXT, **changes, actor=chain.TESTS)  # type: ignore[arg-type]


def registered(kind: str = "requesting") -> RequestingFamily | SupportFamily:
    if kind == "requesting":
        return chain.waiting_family(status=RequestingStatus.REGISTERED)
    return chain.available_support(status=SupportStatus.REGISTERED, approved_on=None)


# ------------------------------------------------------------------------------------------------- closing the forms


@pytest.mark.parametrize(("later", "is_closed"), [(0, True), (9, True), (10, False)])
def test_a_form_opens_by_itself_on_its_day(in_purmerend: Municipality, later: int, is_closed: bool) -> None:
    closed(open_again_on=chain.day(10))
    assert (closure_of(FormKind.REQUESTING, chain.day(later)) is not None) == is_closed
    assert closure_of(FormKind.SUPPORT, chain.day(later)) is None


@pytest.mark.parametrize(
    ("text", "day", "field"),
    [(" ", None, "text"), (TEXT, chain.day(), "open_again_on"), (TEXT, chain.day(-1), "open_again_on")],
)
def test_closing_needs_a_text_and_a_day_to_come(
    in_purmerend: Municipality, text: str, day: date | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        form_close(kind=FormKind.SUPPORT, text=text, open_again_on=day, actor=chain.TESTS)
    assert field in refused.value.fields


def test_closing_twice_changes_the_text_and_opening_twice_is_harmless(in_purmerend: Municipality) -> None:
    closed()
    form_close(kind=FormKind.REQUESTING, text="Iets anders", actor=chain.TESTS)
    assert FormClosure.objects.get().text == "Iets anders"
    form_open(kind=FormKind.REQUESTING, actor=chain.TESTS)
    form_open(kind=FormKind.REQUESTING, actor=chain.TESTS)
    assert not FormClosure.objects.exists()
    with pytest.raises(IntegrityError), atomic():
        FormClosure.objects.create(kind="anders", text="x", closed_on=chain.day(), closed_by="x")


@pytest.mark.parametrize(
    ("kind", "path", "other"),
    [
        (FormKind.REQUESTING, "/aanmelden/vraaggezin", "/aanmelden/steungezin"),
        (FormKind.SUPPORT, "/aanmelden/steungezin", "/aanmelden/vraaggezin"),
    ],
)
def test_who_comes_to_a_closed_form_reads_why_and_the_other_form_is_open(
    purmerend: Municipality, client_for: Clients, kind: FormKind, path: str, other: str
) -> None:
    client = client_for(purmerend)
    field = 'name="website"'  # of the registration; every page has the form of the language
    before = client.get(path).content.decode()
    with context.municipality(purmerend):
        closed(kind, open_again_on=chain.day(3))
    page = client.get(path).content.decode()
    assert TEXT in page
    assert field not in page
    assert field in before
    assert field in client.get(other).content.decode()
    assert TEXT in client.get("/aanmelden").content.decode()


def test_the_desk_closes_and_opens_a_form(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    client = client_for(purmerend, coordinator)
    sent = client.post("/aanmeldingen/formulieren/vraaggezin/sluiten", {"text": TEXT})
    assert sent.status_code == 302
    assert TEXT in client.get("/aanmeldingen/formulieren").content.decode()
    assert "nu gesloten" in client.get("/aanmeldingen").content.decode()
    client.post("/aanmeldingen/formulieren/vraaggezin/openen")
    assert TEXT not in client.get("/aanmeldingen/formulieren").content.decode()
    assert client.post("/aanmeldingen/formulieren/anders/openen").status_code == 404


# ------------------------------------------------------------------------------------------------------- not for us


@pytest.mark.parametrize("kind", ["requesting", "support"])
@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (NoFit.OUTSIDE, CloseReason.REFERRED),
        (NoFit.OTHER_HELP, CloseReason.REFERRED),
        (NoFit.NOT_SUITABLE, CloseReason.NOT_SUITABLE),
    ],
)
def test_a_family_that_does_not_fit_is_pointed_elsewhere(
    in_purmerend: Municipality, kind: str, why: NoFit, reason: CloseReason
) -> None:
    family = registered(kind)
    family_refer(family=family, why=why, referred_on=chain.day(), lives_in="GM0363", actor=chain.TESTS)
    assert family.close_reason == reason
    assert family.status in {RequestingStatus.CLOSED, SupportStatus.LEFT}


@pytest.mark.parametrize(
    ("why", "lives_in", "field"),
    [
        ("zomaar", "", "why"),
        (NoFit.OUTSIDE, "", "lives_in"),
        (NoFit.OUTSIDE, "GM9999", "lives_in"),
        (NoFit.OUTSIDE, "GM0439", "lives_in"),
    ],
)
def test_outside_the_area_is_a_known_municipality_that_is_not_ours(
    in_purmerend: Municipality, why: str, lives_in: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        family_refer(
            family=registered(), why=why, referred_on=chain.day(), lives_in=lives_in, actor=chain.TESTS
        )
    assert field in refused.value.fields


def test_a_file_that_is_further_is_not_closed_at_the_desk(in_purmerend: Municipality) -> None:
    with pytest.raises(Conflict):
        family_refer(
            family=chain.waiting_family(), why=NoFit.OTHER_HELP, referred_on=chain.day(), actor=chain.TESTS
        )


def test_only_a_count_reaches_the_foundation(
    purmerend: Municipality,
    coordinator: User,
    foundation_user: User,
    client_for: Clients,
    run_outbox: Callable[[], int],
) -> None:
    with context.municipality(purmerend):
        ids = [chain.waiting_family("Qzkan", status=RequestingStatus.REGISTERED).pk for _ in range(2)]
    client = client_for(purmerend, coordinator)
    for pk in ids:
        sent = client.post(
            f"/vraaggezinnen/{pk}/doorverwijzen",
            {"why": "outside", "lives_in": "GM0363", "day": chain.day().isoformat(), "note": "Qzkan"},
        )
        assert sent.status_code == 302
    with context.municipality(purmerend):
        told = LedgerEntry.objects.filter(event=Event.OUT_OF_AREA)
        assert {(row.municipality_code, row.family, tuple(row.children)) for row in told} == {
            ("GM0363", None, ())
        }
    run_outbox()
    with context.releasing():
        publish()
    with context.releases():
        row = NationwideCount.objects.get()
        assert (row.kind, row.lives_in, row.year, row.value) == ("interest", "GM0363", chain.day().year, 2)
    page = client_for("landelijk", foundation_user).get("/landelijke-tellingen").content.decode()
    assert "Amsterdam" in page
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT * FROM releases.nationwide_nationwidecount")
        values = {str(value) for line in cursor.fetchall() for value in line}
    assert not any("qzkan" in value.lower() or str(purmerend.pk) in value for value in values)
    assert not values & {str(pk) for pk in ids}


def test_the_list_of_municipalities_is_whole() -> None:
    assert len(GEMEENTEN) == len(set(GEMEENTEN.values())) == 342
    assert all(code.startswith("GM") and len(code) == 6 for code in GEMEENTEN)
