"""What families get: the agreement on paper, their yes on record, and a calendar without a name in it."""

import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from common import pdf as papers
from common.errors import Conflict, InvalidInput
from core.agreements.calendar import calendar_text
from core.agreements.models import AgreementAcceptance, CalendarFeed, CouplingAgreement
from core.agreements.selectors import agreements_of
from core.agreements.services import (
    agreement_accept,
    agreement_add_version,
    calendar_make,
    calendar_revoke,
)
from core.couplings.models import Coupling
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tenants.standards.holidays import SHIPPED, school_holidays_load
from tenants.standards.models import SchoolHoliday, StandardKind
from tenants.standards.services import standard_draft_save, standard_publish
from tests.factories import chain

Make = Callable[..., Client]
DEFINITIVE = CouplingAgreement.Kind.DEFINITIVE
WEDNESDAY = 2


def agreed(coupling: Coupling, **changes: Any) -> CouplingAgreement:
    return agreement_add_version(
        coupling=coupling, kind=DEFINITIVE, data=chain.agreement(**changes), actor=chain.TESTS
    )


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF with what it keeps packed beside it."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompressobj().decompress(stream))
    return b"\n".join(found)


# --------------------------------------------------------------------------------------------------------------- paper


def test_an_old_agreement_keeps_the_text_it_was_made_with(
    purmerend: Municipality, coordinator: User, foundation_user: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        old, pk = agreements_of(coupling)[0].pk, coupling.pk
    text = "# Nieuw\n- {kinderen} {wanneer} {vanaf} {nood}\n- {huisregels}\n\nGeschreven in {gemeente}."
    with context.foundation():
        standard_draft_save(kind=StandardKind.AGREEMENT, content={"text": text}, actor=foundation_user)
        standard_publish(kind=StandardKind.AGREEMENT, actor=foundation_user)
    with context.municipality(purmerend):
        new = agreed(Coupling.objects.get(pk=pk))
        assert (new.text_version, new.text) == (2, text)
        new_pk = new.pk
    client = client_for(purmerend, coordinator)
    assert "Geschreven in Purmerend." in unescape(client.get(f"/afspraken/{new_pk}").content.decode())
    page = unescape(client.get(f"/afspraken/{old}").content.decode())
    assert "Geschreven in" not in page
    assert "Goed om te weten" in page


@pytest.mark.skipif(not papers.available(), reason="Pango is not on this machine (make setup says how)")
def test_the_pdf_is_tagged_in_dutch_and_has_everything(
    purmerend: Municipality, coordinator: User, client_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.municipality(purmerend):
        agreement = agreements_of(chain.coupled())[0].pk
    html: list[str] = []

    def drawn(*args: Any) -> str:
        html.append(render_to_string(*args))
        return html[-1]

    monkeypatch.setattr(papers, "render_to_string", drawn)
    answer = client_for(purmerend, coordinator).get(f"/afspraken/{agreement}/pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert re.fullmatch(
        r'attachment; filename="afspraken-\d{4}-\d\d-\d\d-versie-2\.pdf"',
        answer.headers["Content-Disposition"],
    )
    assert answer.content.startswith(b"%PDF-")
    inside = unpacked(answer.content)
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang (nl)", b"pdfuaid", b"/FontFile"):
        assert mark in inside, mark
    for words in ("Kind1", "woensdagochtend", "elke week", "Schoenen uit", "Oma, 06 00000003", "vraaggezin"):
        assert words in unescape(html[0]), words
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="agreement_exported", purpose="pdf").count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        papers.STATIC + "../settings.py",
        papers.STATIC + "nergens.css",
    ],
)
def test_a_page_on_paper_can_fetch_nothing_but_static_files(address: str) -> None:
    with pytest.raises((papers.RefusedAddress, SuspiciousFileOperation)):
        papers.static_file(address)
    with pytest.raises((papers.RefusedAddress, SuspiciousFileOperation)):
        papers._fetcher()().fetch(address)


def test_without_pango_the_page_says_to_print_it(
    purmerend: Municipality, coordinator: User, client_for: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.municipality(purmerend):
        agreement = agreements_of(chain.coupled())[0].pk
    monkeypatch.setattr(papers, "_weasyprint", lambda: None)
    client = client_for(purmerend, coordinator)
    assert f"/afspraken/{agreement}/pdf" not in client.get(f"/afspraken/{agreement}").content.decode()
    refused = client.get(f"/afspraken/{agreement}/pdf")
    assert refused.status_code == 409
    assert "printknop" in refused.content.decode()


# ----------------------------------------------------------------------------------------------------------- saying yes


def test_both_families_say_yes_and_it_stands_on_the_page(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        agreement = agreements_of(chain.coupled(days_ago=5))[0].pk
    client = client_for(purmerend, coordinator)
    address, today = f"/afspraken/{agreement}/akkoord", str(timezone.localdate())
    assert client.post(address, {"party": "family", "how": "signed"}).status_code == 400
    for party in ("family", "support"):
        sent = {"party": party, "how": "signed", "accepted_on": today}
        assert client.post(address, sent).status_code == 302
    assert client.post(address, {"party": "family", "how": "signed", "accepted_on": today}).status_code == 409
    page = unescape(client.get(f"/afspraken/{agreement}").content.decode())
    assert page.count("op papier getekend") == 2
    assert "/akkoord" not in page


def test_a_yes_has_a_day_after_the_agreement_and_cannot_be_taken_back(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        agreement = agreements_of(chain.coupled())[0]
        for wrong in (chain.day(-100), chain.day(1)):
            with pytest.raises(InvalidInput):
                agreement_accept(
                    agreement=agreement, party="family", accepted_on=wrong, how="signed", actor=chain.TESTS
                )
        agreement_accept(
            agreement=agreement, party="family", accepted_on=chain.day(), how="spoken", actor=chain.TESTS
        )
        with pytest.raises(DatabaseError, match="permission denied"), context.atomic():
            AgreementAcceptance.objects.update(accepted_on=chain.day(-1))


# ------------------------------------------------------------------------------------------------------------ calendar


def calendar_of(coupling: Coupling) -> Any:
    calendar_make(coupling=coupling, party="family", actor=chain.TESTS)
    return Calendar.from_ical(calendar_text(CalendarFeed.objects.get(revoked_on__isnull=True)))


def test_a_calendar_has_the_agreed_days_and_nobodys_name(in_purmerend: Municipality) -> None:
    coupling = chain.coupled(chain.waiting_family("Zonneveld"), chain.available_support("Appelboom"))
    calendar = calendar_of(coupling)
    *_old, event = calendar.walk("VEVENT")
    assert event["dtstart"].dt.weekday() == WEDNESDAY
    assert (event["dtstart"].dt.hour, event["dtend"].dt.hour) == (9, 12)
    assert event["rrule"] == {"FREQ": ["WEEKLY"], "INTERVAL": [1], "BYDAY": ["WE"]}
    text = calendar.to_ical().decode()
    for word in ("Zonneveld", "Appelboom", "Kind1", "Mira", "Jan", "Purmerend", str(coupling.pk)):
        assert word not in text
    assert "BEGIN:VTIMEZONE" in text


def test_fortnightly_monthly_and_school_holidays_stand_in_the_calendar(purmerend: Municipality) -> None:
    school_holidays_load(SHIPPED)
    with context.municipality(purmerend):
        start = chain.day()
        coupling = chain.coupled(days_ago=2)
        agreed(coupling, frequency="fortnightly", first_on=start, holiday_region="noord")
        (event,) = [one for one in calendar_of(coupling).walk("VEVENT") if one.get("exdate")]
        assert event["rrule"]["INTERVAL"] == [2]
        weeks = [(day.dt.date() - event["dtstart"].dt.date()).days for day in event["exdate"].dts]
        assert weeks
        assert all(days % 14 == 0 for days in weeks)
        holidays = SchoolHoliday.objects.filter(region="noord")
        for day in event["exdate"].dts:
            assert holidays.filter(starts_on__lte=day.dt.date(), ends_on__gte=day.dt.date()).exists()
        agreed(coupling, frequency="monthly", month_week=5, valid_from=chain.day(1), agreed_on=start)
        events = calendar_of(coupling).walk("VEVENT")
        assert ["-1WE"] in [event["rrule"]["BYDAY"] for event in events]


def test_a_version_ends_where_the_next_begins_and_all_where_the_coupling_does(
    in_purmerend: Municipality,
) -> None:
    coupling = chain.coupled(days_ago=20)
    agreed(coupling, valid_from=chain.day(3), agreed_on=chain.day(), day_parts=["za-nacht"])
    night, morning = calendar_of(coupling).walk("VEVENT")[:2]
    assert (night["dtend"].dt - night["dtstart"].dt) in {timedelta(hours=hours) for hours in (12, 13, 14)}
    until: datetime = morning["rrule"]["UNTIL"][0]
    assert until.astimezone(ZoneInfo("Europe/Amsterdam")).date() == chain.day(2)


def test_a_calendar_is_read_by_its_secret_address_in_its_own_municipality_alone(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        pk = chain.coupled().pk
    desk, stranger = client_for(purmerend, coordinator), client_for(purmerend)
    page = desk.post(f"/koppelingen/{pk}/agenda", {"party": "support"}, follow=True).content.decode()
    found = re.search(r"/agenda/([\w-]{43})\.ics", page)
    assert found
    address = found[0]
    assert address not in desk.get(f"/koppelingen/{pk}/agenda").content.decode()
    answer = stranger.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert client_for(zaanstad).get(address).status_code == 404
    assert client_for("landelijk").get(address).status_code == 404
    with context.municipality(purmerend):
        feed = CalendarFeed.objects.get()
        assert found[1] not in str(CalendarFeed.objects.values().get())
        assert feed.last_read_on == timezone.localdate()
        revoke = f"/agendas/{feed.pk}/intrekken"
    assert desk.post(revoke).status_code == 302
    refused, never = stranger.get(address), stranger.get("/agenda/bestaat-niet.ics")
    assert refused.status_code == never.status_code == 404
    assert refused.content == never.content


def test_a_new_address_takes_the_place_of_the_old_one(in_purmerend: Municipality) -> None:
    coupling = chain.coupled()
    first = calendar_make(coupling=coupling, party="family", actor=chain.TESTS)
    second = calendar_make(coupling=coupling, party="family", actor=chain.TESTS)
    assert first != second
    feed = CalendarFeed.objects.get(revoked_on__isnull=True)
    calendar_revoke(calendar=feed, actor=chain.TESTS)
    calendar_make(coupling=coupling, party="family", actor=chain.TESTS)
    assert CalendarFeed.objects.filter(revoked_on__isnull=True).count() == 1


def test_a_coupling_that_is_over_gets_no_calendar(in_purmerend: Municipality) -> None:
    with pytest.raises(Conflict):
        calendar_make(coupling=chain.finish(chain.coupled()), party="family", actor=chain.TESTS)


def test_dates_before_any_agreement_give_an_empty_calendar(in_purmerend: Municipality) -> None:
    assert calendar_of(chain.introduced()).walk("VEVENT") == []
