from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from core.ledger.models import Event
from core.ledger.services import record
from reporting.dictionary.periods import PeriodKind, month_after
from reporting.disclosure.models import Release
from reporting.disclosure.selectors import country_figures, latest_release
from reporting.extract.jobs import recompute, recount
from reporting.extract.rebuild import Rebuilt, rebuild_totals
from reporting.extract.services import NoMunicipality, municipality_recompute, municipality_recount
from reporting.facts import services as facts_services
from reporting.facts.models import Fact, Fill
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tests.reporting.conftest import NOW, START, some_lines, write_ledger
from tests.reporting.worlds import Line

ACTOR = SystemActor("tests")
FIELDS = (
    "measure",
    "period_kind",
    "period_start",
    "attribute",
    "category",
    "value",
    "asking_families",
    "support_families",
)


class Pseudonymous:
    def __init__(self) -> None:
        self.pseudonym = uuid4()


def vault(municipality: Municipality) -> list[tuple[Any, ...]]:
    with context.releasing():
        return sorted(Fact.objects.filter(municipality=municipality.pk).values_list(*FIELDS))


def count(municipality: Municipality, from_year: int = 2000) -> int:
    with context.aggregation(municipality):
        return municipality_recompute(from_year=from_year).years


def national(measure: str) -> int:
    with context.releases():
        release = latest_release()
        assert release is not None
        found = [
            f.value
            for f in country_figures(release, kinds=[PeriodKind.MONTH])
            if f.measure.name == measure and f.period.start == NOW and not f.attribute
        ]
        return found[0] or 0


def test_counting_twice_gives_the_same_rows_and_changes_nothing(purmerend: Municipality) -> None:
    write_ledger(purmerend, some_lines(3))
    assert count(purmerend) > 0
    before = vault(purmerend)
    assert before
    assert count(purmerend) == 0
    assert vault(purmerend) == before


def test_an_event_of_an_earlier_year_reaches_every_later_year(purmerend: Municipality) -> None:
    lines = some_lines(4)
    late = Line(
        "coupling_started", START, uuid4(), uuid4(), uuid4(), (uuid4(),), ("0-3",), "overnight", days=50
    )
    write_ledger(purmerend, lines)
    count(purmerend)
    write_ledger(purmerend, [late])
    changed = count(purmerend, from_year=START.year)
    assert changed == NOW.year - START.year + 1
    stepwise = vault(purmerend)
    with context.aggregation(purmerend):
        assert municipality_recount() == 0, "a recount is a rebuild"
    assert vault(purmerend) == stepwise


def test_counting_from_too_late_a_year_would_leave_the_earlier_ones_wrong(purmerend: Municipality) -> None:
    write_ledger(purmerend, some_lines(4))
    count(purmerend)
    write_ledger(purmerend, [Line("family_registered", START, uuid4())])
    count(purmerend, from_year=START.year + 1)
    with context.aggregation(purmerend):
        assert municipality_recount() > 0


def test_a_run_that_dies_leaves_nothing(purmerend: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    write_ledger(purmerend, some_lines(5))
    count(purmerend)
    before = vault(purmerend)
    write_ledger(purmerend, some_lines(6))
    copy = facts_services._copy
    calls = 0

    def dies(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        copy(*arguments)
        if calls == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(facts_services, "_copy", dies)
    with pytest.raises(KeyboardInterrupt):
        count(purmerend)
    assert vault(purmerend) == before
    monkeypatch.undo()
    count(purmerend)
    assert vault(purmerend) != before


def test_the_nightly_recount_reports_what_differs_and_repairs_it(purmerend: Municipality) -> None:
    write_ledger(purmerend, some_lines(7))
    count(purmerend)
    before = vault(purmerend)
    with context.aggregation(purmerend):
        Fact.objects.filter(period_start__year=NOW.year, measure="couplings_running").update(value=999)
        recount()
        fill = Fill.objects.get(year=NOW.year)
        differing, checked_at = fill.differences, fill.checked_at
    assert differing > 0
    assert checked_at is not None
    assert vault(purmerend) == before


def test_counting_needs_a_municipality() -> None:
    with context.releasing(), pytest.raises(NoMunicipality):
        municipality_recompute(from_year=2020)


def test_the_aggregator_of_one_municipality_does_not_touch_the_facts_of_another(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    write_ledger(purmerend, some_lines(8))
    write_ledger(zaanstad, some_lines(9))
    count(purmerend)
    before = vault(purmerend)
    count(zaanstad)
    assert vault(purmerend) == before


def test_a_coupling_in_the_ledger_moves_the_national_total_by_one(
    counted: Rebuilt, purmerend: Municipality, run_outbox: Callable[[], int]
) -> None:
    assert counted.release == 1
    before = national("couplings_total")
    with context.municipality(purmerend):
        record(
            event=Event.COUPLING_STARTED,
            happened_on=NOW,
            municipality_code="GM0439",
            family=Pseudonymous(),
            support_family=Pseudonymous(),
            coupling=Pseudonymous(),
            support_form="weekly_half_day",
            days=90,
            actor=ACTOR,
        )
    assert run_outbox() >= 2
    assert national("couplings_total") == before + 1
    assert national("couplings_started") >= 1


def test_the_same_mark_ten_times_is_one_count_and_one_release(
    counted: Rebuilt, purmerend: Municipality, run_outbox: Callable[[], int]
) -> None:
    assert counted.release == 1
    with context.municipality(purmerend):
        for _ in range(10):
            record(
                event=Event.FAMILY_REGISTERED,
                happened_on=NOW,
                municipality_code="GM0439",
                family=Pseudonymous(),
                referral_source="self",
                actor=ACTOR,
            )
    run_outbox()
    with context.releases():
        assert Release.objects.count() == 2


def test_a_change_that_is_undone_before_it_is_counted_publishes_nothing(
    counted: Rebuilt, purmerend: Municipality, run_outbox: Callable[[], int]
) -> None:
    assert counted.release == 1
    with context.municipality(purmerend):
        record(
            event=Event.FAMILY_REGISTERED,
            happened_on=NOW,
            municipality_code="GM0439",
            family=Pseudonymous(),
            actor=ACTOR,
        )
        context.roll_back()
    assert run_outbox() == 0


def test_counting_again_without_news_publishes_nothing(counted: Rebuilt) -> None:
    again = rebuild_totals()
    assert counted.release == 1
    assert (again.municipalities, again.differences, again.release) == (2, 0, None)


def test_a_new_month_has_every_municipality_counted(
    purmerend: Municipality,
    zaanstad: Municipality,
    monkeypatch: pytest.MonkeyPatch,
    run_outbox: Callable[[], int],
) -> None:
    write_ledger(purmerend, some_lines(1, first=month_after(NOW, -12)))
    write_ledger(zaanstad, some_lines(2, first=month_after(NOW, -12)))

    def today_is(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda: day)

    rebuild_totals()
    with context.releases():
        release = latest_release()
        assert release is not None
        assert release.counted_until == NOW
        waiting = country_waiting(release, NOW)
    later = month_after(NOW)
    today_is(later)
    with context.aggregation(purmerend):
        recompute(year=str(later.year))
    run_outbox()
    with context.releases():
        release = latest_release()
        assert release is not None
        assert release.counted_until == later
        assert release.alarms == [] or all("waiting" not in alarm for alarm in release.alarms)
        assert country_waiting(release, later) == waiting, "nothing happened, so as many families wait"


def country_waiting(release: Release, month: date) -> int | None:
    return next(
        f.value
        for f in country_figures(release)
        if f.measure.name == "waiting" and f.period.start == month and f.period.kind == "month"
    )
