"""What happens after the counting: events that come in late, people who are erased, and what was known on a day."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from core.families.models import RequestingFamily, RequestingParent, SupportedChild
from core.intake.models import NeedChild, SupportNeed
from core.ledger.models import Event, LedgerEntry
from core.ledger.outgoing import LedgerLine, ledger_lines
from core.ledger.services import record
from reporting.dictionary.periods import Period, PeriodKind, month_after
from reporting.disclosure.models import Block, Release
from reporting.disclosure.selectors import (
    Figure,
    country_figures,
    latest_release,
    municipal_figures,
    own_figures,
    release_known_on,
)
from reporting.extract import services as extract
from reporting.extract.rebuild import Rebuilt, rebuild_totals
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.reporting.conftest import NOW, START, some_lines, write_ledger

ACTOR = SystemActor("tests")
THEN = month_after(NOW, -14)
YEARS = range(START.year, NOW.year + 1)


def registrations(month: date) -> int:
    with context.releases():
        release = latest_release()
        assert release is not None
        found = [
            f.value
            for f in country_figures(release, kinds=[PeriodKind.MONTH])
            if f.measure.name == "registrations_asking" and f.period == Period(month, PeriodKind.MONTH)
        ]
    assert len(found) == 1
    return found[0] or 0


def register_late(municipality: Municipality) -> None:
    with context.municipality(municipality):
        record(
            event=Event.FAMILY_REGISTERED,
            happened_on=THEN + timedelta(days=8),
            municipality_code="GM0439",
            family=chain.waiting_family("Laat"),
            referral_source="gp",
            actor=ACTOR,
        )


def test_an_event_that_is_recorded_late_counts_in_the_period_in_which_it_happened(
    counted: Rebuilt, purmerend: Municipality, run_outbox: Callable[[], int]
) -> None:
    assert counted.release == 1
    before = registrations(THEN)
    register_late(purmerend)
    with context.municipality(purmerend):
        late = LedgerEntry.objects.get(event=Event.FAMILY_REGISTERED, month=THEN, recorded_month=NOW)
        assert late.referral_source == "gp"
    run_outbox()
    assert registrations(THEN) == before + 1


def test_counted_by_the_month_of_recording_it_would_land_in_another(
    counted: Rebuilt, purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counted.release == 1
    before = registrations(THEN)
    register_late(purmerend)

    def as_recorded() -> Iterator[LedgerLine]:
        lines = ledger_lines()
        late = [line for line in lines if line.month == THEN and line.event == "family_registered"]
        return (
            replace(line, month=NOW) if line in late and line.referral_source == "gp" else line
            for line in lines
        )

    monkeypatch.setattr(extract, "ledger_lines", lambda: list(as_recorded()))
    rebuild_totals()
    assert registrations(THEN) <= before


def registered_family(municipality: Municipality) -> RequestingFamily:
    with context.municipality(municipality):
        family = chain.waiting_family("Uitgewist")
        for event in (Event.FAMILY_REGISTERED, Event.WAITING_STARTED):
            record(event=event, happened_on=THEN, municipality_code="GM0439", family=family, actor=ACTOR)
    return family


def erase(family: RequestingFamily) -> None:
    """Take out everything that says who a family is: the pseudonym stood on it and nowhere else."""
    NeedChild.objects.filter(need__family=family).delete()
    SupportNeed.objects.filter(family=family).delete()
    SupportedChild.objects.filter(family=family).delete()
    RequestingParent.objects.filter(family=family).delete()
    RequestingFamily.objects.filter(pk=family.pk).delete()


def said() -> str:
    with context.releases():
        release = latest_release()
        assert release is not None
        return text_of(release)


def test_erasing_a_family_changes_no_published_figure(counted: Rebuilt, purmerend: Municipality) -> None:
    assert counted.release == 1
    family = registered_family(purmerend)
    rebuild_totals()
    before = said()
    with context.municipality(purmerend):
        erase(family)
        assert LedgerEntry.objects.filter(family=family.pseudonym).exists()
    again = rebuild_totals()
    assert (again.differences, again.release) == (0, None)
    assert said() == before


def test_figures_would_change_if_they_were_counted_from_the_files(
    counted: Rebuilt, purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert counted.release == 1
    family = registered_family(purmerend)
    rebuild_totals()
    before = said()
    with context.municipality(purmerend):
        erase(family)
    monkeypatch.setattr(
        extract, "ledger_lines", lambda: [line for line in ledger_lines() if line.family != family.pseudonym]
    )
    assert rebuild_totals().differences > 0
    assert said() != before


# ------------------------------------------------------------------------------------------------- as known on a day


def text_of(release: Release) -> str:
    """Return everything that a release says, to whomever, as bytes would be written."""
    own = [
        figure
        for municipality in sorted(Municipality.objects.all(), key=lambda one: one.name)
        for figure in own_figures(release, municipality.pk)
    ]
    figures: list[Figure] = [*country_figures(release), *municipal_figures(release, years=YEARS), *own]
    return json.dumps(
        [
            (f.measure.name, f.geography, f.period.code, f.attribute, f.category, f.value, f.status.value)
            for f in figures
        ]
    )


@contextmanager
def clock_at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: moment)
        yield


def test_what_was_known_on_a_day_is_said_again_byte_for_byte(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    write_ledger(purmerend, some_lines(1))
    write_ledger(zaanstad, some_lines(2))
    with clock_at(now - timedelta(days=40), monkeypatch):
        rebuild_totals()
    with context.releases():
        first = latest_release()
        assert first is not None
        said_then = text_of(first)
    write_ledger(purmerend, some_lines(11))
    rebuild_totals()
    today = timezone.localdate()
    with context.releases():
        assert release_known_on(today - timedelta(days=41)) is None
        known = release_known_on(today - timedelta(days=5))
        latest = release_known_on(today)
        assert known is not None
        assert latest is not None
        assert (known.number, latest.number) == (1, 2)
        assert text_of(known) == said_then
        # The current release says something else: without the date there is no way back.
        assert text_of(latest) != said_then
        blocks = set(Block.objects.filter(releases=known).values_list("digest", flat=True))
        assert blocks != set(Block.objects.filter(releases=latest).values_list("digest", flat=True))
