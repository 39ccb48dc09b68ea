"""Filling a database: plan, ledger and facts say the same, a second run changes nothing, and no rule is bypassed."""

import stat
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from psycopg.errors import CheckViolation

from config.synthesis import filling
from config.synthesis.chronicle import WRITING_ORDER, Chronicle
from config.synthesis.codes import Codes
from config.synthesis.copying import Table
from config.synthesis.demo import explanation, logins_file, password_for_demo
from config.synthesis.filling import Filled, Order, fill_area, horizon_of, plan_order, publish
from config.synthesis.municipalities import FIFTY
from config.synthesis.plan import Script
from config.synthesis.planner import plan_area
from config.synthesis.staff import team_of
from config.synthesis.writing_pairings import ImpossiblePlan
from core.couplings.models import Coupling
from core.couplings.workflow import ALLOWED as COUPLINGS
from core.families.models import RequestingFamily, RequestingParent, SupportAdult
from core.families.workflow import REQUESTING_ALLOWED, SUPPORT_ALLOWED
from core.guidance.workflow import ALLOWED as MOMENTS
from core.home.gather import signals
from core.home.rules import Code
from core.ledger.models import Event, LedgerEntry
from core.matching.workflow import ALLOWED as PROPOSALS
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import ALLOWED as VOGS
from reporting.facts.selectors import fact_rows
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality

UNTIL = date(2024, 3, 15)
ORDER = Order(municipalities=50, scale=0.25, seed=5, until=UNTIL, password="een wachtwoord voor de proef")
AREA = FIFTY[0]
TABLES = {
    "families.requestingfamily": REQUESTING_ALLOWED,
    "families.supportfamily": SUPPORT_ALLOWED,
    "vog.conductcertificatecheck": VOGS,
    "matching.matchproposal": PROPOSALS,
    "couplings.coupling": COUPLINGS,
    "guidance.guidancemoment": MOMENTS,
}


@pytest.fixture
def days() -> tuple[date, ...]:
    return plan_order(ORDER)[1].days[AREA.slug]


@pytest.fixture
def filled(purmerend: Municipality, days: tuple[date, ...]) -> Filled:
    assert purmerend.slug == AREA.slug
    return fill_area(AREA, days, ORDER, make_password(ORDER.password))


def test_plan_ledger_and_facts_say_the_same(
    filled: Filled, purmerend: Municipality, days: tuple[date, ...]
) -> None:
    planned = Counter(day.year for day in days if day <= UNTIL)
    with context.municipality(purmerend):
        months = LedgerEntry.objects.filter(event=Event.COUPLING_STARTED).values_list("month", flat=True)
        ledger = Counter(month.year for month in months)
        couplings = Coupling.objects.filter(coupled_on__isnull=False).count()
    with context.releasing():
        facts = {
            start.year: value
            for place, measure, kind, start, attribute, _category, value, _asking, _support in fact_rows()
            if (place, measure, kind, attribute) == (purmerend.pk, "couplings_started", "year", "")
        }
    assert filled.couplings == couplings == sum(planned.values()) > 10
    assert planned == ledger == Counter(facts)


def test_a_second_run_finds_everything_there(
    filled: Filled, purmerend: Municipality, days: tuple[date, ...]
) -> None:
    def count() -> tuple[int, int, int]:
        with context.municipality(purmerend):
            return RequestingFamily.objects.count(), LedgerEntry.objects.count(), User.objects.count()

    before = count()
    assert not filled.already
    assert fill_area(AREA, days, ORDER, "").already
    assert count() == before


def test_every_change_of_state_is_one_the_workflow_tables_allow(
    filled: Filled, purmerend: Municipality
) -> None:
    with context.municipality(purmerend):
        changes = Counter(Transition.objects.values_list("object_kind", "from_state", "to_state"))
        last = {row.object_id: row.to_state for row in Transition.objects.order_by("at")}
        families = list(RequestingFamily.objects.all())
    assert filled.rows > len(changes) > 20
    assert [kind for kind, old, new in changes if new not in TABLES[kind][old]] == []
    assert all(last.get(family.pk, "registered") == family.status for family in families)


def test_there_is_work_for_today_and_somebody_registered_last_night(
    filled: Filled, purmerend: Municipality, settings: Any
) -> None:
    settings.ROOT_URLCONF = "config.urls_municipality"
    assert filled.rows
    with context.municipality(purmerend):
        codes = Counter(signal.code for signal in signals(UNTIL))
        latest = RequestingFamily.objects.latest("created_at")
    assert {Code.CALL_ASKING, Code.CALL_OFFERING, Code.MOMENT} <= set(codes)
    assert latest.registered_on == UNTIL - timedelta(days=1)
    assert latest.created_at.hour >= 20


def test_the_team_can_sign_in(filled: Filled, purmerend: Municipality) -> None:
    assert filled.rows
    with context.municipality(purmerend):
        for member in team_of(AREA, ORDER.seed).members:
            user = User.objects.get(email=member.email)
            assert (user.full_name, user.role) == (member.full_name, member.role)
            assert user.check_password(ORDER.password)


def test_everybody_has_a_reserved_number_and_address(filled: Filled, purmerend: Municipality) -> None:
    assert filled.rows
    with context.municipality(purmerend):
        reached = [
            *RequestingParent.objects.values_list("phone", "email"),
            *SupportAdult.objects.values_list("phone", "email"),
        ]
    assert reached
    assert all(phone.startswith("+31600000") and mail.endswith("@example.org") for phone, mail in reached)


def test_the_foundation_gets_its_people_and_a_release(purmerend: Municipality, filled: Filled) -> None:
    assert filled.rows
    first = publish()
    assert first
    assert publish() is None
    filling.fill_foundation(ORDER, make_password(ORDER.password))
    filling.fill_foundation(ORDER, make_password(ORDER.password))
    with context.foundation():
        assert User.objects.filter(email__contains="stichting").count() == 12
    assert purmerend.slug in explanation()


# ------------------------------------------------------------------------------------------------- what is not bypassed


def a_script(days: tuple[date, ...]) -> Script:
    return plan_area(AREA, seed=ORDER.seed, days=days, horizon=horizon_of(UNTIL))


def test_a_plan_without_a_vog_cannot_be_written(days: tuple[date, ...]) -> None:
    script = a_script(days)
    codes, team = Codes.of(AREA.codes), team_of(AREA, ORDER.seed)
    assert len(Chronicle(a_script(days), team=team, codes=codes, until=UNTIL).write())
    next(iter(script.couplings())).supporting.cycles = []
    with pytest.raises(ImpossiblePlan):
        Chronicle(script, team=team, codes=codes, until=UNTIL).write()


def test_the_database_refuses_bulk_rows_of_a_coupling_without_a_vog(
    purmerend: Municipality, days: tuple[date, ...]
) -> None:
    tables = Chronicle(
        a_script(days), team=team_of(AREA, ORDER.seed), codes=Codes.of(AREA.codes), until=UNTIL
    ).write()
    tables[ConductCertificateCheck].rows.clear()
    with pytest.raises(CheckViolation, match="vog_guard"), context.municipality(purmerend):
        tables.write(WRITING_ORDER)


def test_a_row_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="no columns"):
        Table(RequestingFamily, {}).add(income=3)


def test_the_password_is_kept_for_its_owner_only(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path
    first = password_for_demo()
    assert first == password_for_demo()
    assert len(first) >= 12
    assert stat.S_IMODE(logins_file().stat().st_mode) == 0o600
