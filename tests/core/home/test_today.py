"""The start page: each rule on the day before and on the day, and the page itself."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import set_urlconf

from common.errors import InvalidInput
from core.couplings.models import Coupling
from core.couplings.services import coupling_introduce
from core.families.models import RequestingFamily, SupportAdult
from core.families.record_services import note_add
from core.guidance.models import MomentKind, Side
from core.guidance.selectors import last_contact
from core.guidance.services import EvaluationData, evaluation_record, moment_hold, trial_stop
from core.home.gather import Waits, gather, signals
from core.home.rules import BY_CODE, RULES, Code, When, lines, week_end, when_of
from core.home.today import desk, today_page
from core.matching.services import proposal_ask_parents, proposal_ask_support, proposal_decline
from core.tasks.selectors import snoozes_on
from core.tasks.services import snooze_set, task_add
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.factories.chain import TESTS, day


@pytest.fixture(autouse=True)
def _addresses_of_a_municipality() -> Iterator[None]:
    set_urlconf("config.urls_municipality")
    yield
    set_urlconf(None)


def working_day(offset: int) -> date:
    """Return the last Wednesday at least so many days ago, so that working days can be counted by hand."""
    start = day(-offset)
    return start - timedelta(days=(start.weekday() - 2) % 7)


# ---------------------------------------------------------------------------------------- cases that make one signal


def vog_requested() -> date:
    support = chain.available_support(status="screening", vog=False, visit_on=day())
    ConductCertificateCheck.objects.create(adult=support.adults.get(), requested_on=day(-5))
    return day(-5)


def vog_ends() -> date:
    chain.available_support()
    ConductCertificateCheck.objects.update(review_due=day(200))
    return day(200)


def vog_never_asked() -> date:
    chain.available_support(status="screening", vog=False, first_contact_on=day(-3))
    return day(-3)


def asked(*, parents: bool) -> date:
    made = chain.proposal(days_ago=4)
    proposal_ask_support(proposal=made, asked_on=day(-3), actor=TESTS)
    if parents:
        proposal_ask_parents(proposal=made, asked_on=day(-2), actor=TESTS)
        return day(-2)
    return day(-3)


def meeting(offset: int) -> date:
    coupling_introduce(proposal=chain.accepted(days_ago=3), introduced_on=day(offset), actor=TESTS)
    return day(offset)


def trial_evaluated() -> date:
    coupling = chain.in_trial(days_ago=20, lasts=60)
    coupling.moments.filter(kind=MomentKind.TWO_WEEKS).update(status="dropped")
    evaluation = coupling.moments.get(kind=MomentKind.TRIAL_EVALUATION)
    for side in Side:
        data = EvaluationData(side=side, held_on=day(), verdict="continue")
        evaluation_record(moment=evaluation, data=data, actor=TESTS)
    return day(40)


def talk_planned() -> date:
    chain.coupled(days_ago=5)
    chain.moments().exclude(kind=MomentKind.MONTH_3).update(status="dropped")
    return chain.moments().get(kind=MomentKind.MONTH_3).due_on


def coupled(*, planned: bool) -> date:
    """Return the last contact of a coupling that has one far talk to come, or none at all."""
    coupling = chain.coupled(days_ago=5)
    others = chain.moments().exclude(kind=MomentKind.MONTH_24) if planned else chain.moments()
    others.filter(status="planned").update(status="dropped")
    spoken = Coupling.objects.filter(pk=coupling.pk).values_list(*last_contact()).get()
    return max((one for one in spoken if one), default=coupling.coupled_on or day())


def ended() -> date:
    coupling = chain.coupled(days_ago=20)
    chain.finish(coupling, ended_on=day(-2))
    chain.moments().update(status="dropped")
    return day(-2)


def task() -> date:
    task_add(title="Folders brengen", due_on=day(30), actor=TESTS)
    return day(30)


def registered(maker: Callable[..., object], status: str) -> date:
    since = working_day(7)
    maker(
        status=status,
        registered_on=since - timedelta(days=1),
        first_contact_on=since,
        **(NO_VOG.get(maker, {})),
    )
    return since


NO_VOG: dict[Callable[..., object], dict[str, object]] = {chain.available_support: {"vog": False}}


def called(maker: Callable[..., object]) -> date:
    return registered(maker, "contacted")


def new(maker: Callable[..., object]) -> date:
    since = working_day(7)
    maker(status="registered", registered_on=since, first_contact_on=None, **(NO_VOG.get(maker, {})))
    return since


def visit() -> date:
    chain.waiting_family(status="intake", visit_on=day(20))
    return day(20)


@dataclass(frozen=True)
class Case:
    """A rule with a case for it; days count from what ``make`` returns."""

    code: Code
    make: Callable[[], date]
    shown_after: int | None
    due_after: int


CASES = [
    Case(Code.CALL_ASKING, lambda: new(chain.waiting_family), None, 2),
    Case(Code.CALL_OFFERING, lambda: new(chain.available_support), None, 7),
    Case(Code.PLAN_INTAKE, lambda: called(chain.waiting_family), None, 7),
    Case(Code.PLAN_VISIT, lambda: called(chain.available_support), None, 14),
    Case(Code.INTAKE, visit, -7, 0),
    Case(Code.VOG_ASK, vog_never_asked, None, 7),
    Case(Code.VOG_AFTER, vog_requested, 21, 21),
    Case(Code.VOG_REVIEW, vog_ends, -90, 0),
    Case(Code.SEARCH, lambda: chain.waiting_family(waits=3).waiting_since or day(), 15, 15),
    Case(Code.PROPOSE, lambda: proposed_on_a_wednesday(), None, 1),  # noqa: PLW0108  (defined below)
    Case(Code.ANSWER_SUPPORT, lambda: asked(parents=False), None, 5),
    Case(Code.ANSWER_PARENTS, lambda: asked(parents=True), None, 5),
    Case(Code.PLAN_MEETING, lambda: accepted_on(3), None, 7),
    Case(Code.MEETING, lambda: meeting(30), -14, 0),
    Case(Code.AFTER_MEETING, lambda: meeting(-1), None, 7),
    Case(Code.TRIAL_ENDS, trial_evaluated, -14, 0),
    Case(Code.MOMENT, talk_planned, -14, 0),
    Case(Code.NEXT_TALK, lambda: coupled(planned=False), 168, 182),
    Case(Code.NO_CONTACT_ASKING, lambda: chain.waiting_family(waits=3).waiting_since or day(), 30, 30),
    Case(Code.NO_CONTACT_COUPLING, lambda: coupled(planned=True), 90, 90),
    Case(Code.CLOSING_TALK, ended, None, 14),
    Case(Code.TASK, task, -14, 0),
]


def proposed_on_a_wednesday() -> date:
    since = working_day(7)
    chain.proposal(days_ago=(day() - since).days)
    return since


def accepted_on(days_ago: int) -> date:
    chain.accepted(days_ago=days_ago)
    return day(-days_ago)


def listed(code: Code, on: date) -> list[When]:
    return [line.when for line in lines(signals(on), on) if line.rule.code is code]


def test_every_rule_has_a_case() -> None:
    assert {case.code for case in CASES} == set(Code) == {rule.code for rule in RULES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code.value)
def test_a_rule_shows_on_its_day_and_not_the_day_before(in_purmerend: Municipality, case: Case) -> None:
    since = case.make()
    if case.shown_after is None:
        assert listed(case.code, max(since, day()))
        return
    first = since + timedelta(days=case.shown_after)
    assert not listed(case.code, first - timedelta(days=1))
    assert listed(case.code, first)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code.value)
def test_a_rule_is_for_today_on_its_due_day_and_late_the_day_after(
    in_purmerend: Municipality, case: Case
) -> None:
    since = case.make()
    due = since + timedelta(days=case.due_after)
    assert BY_CODE[case.code].due(since) == due
    assert when_of(due - timedelta(days=1), due) is When.LATE
    if case.code in {Code.VOG_REVIEW, Code.MEETING}:
        # From the day itself another rule takes over: a VOG that lapsed, a meeting that has been.
        assert listed(case.code, due - timedelta(days=1))
        return
    if case.code is Code.VOG_ASK:
        assert listed(case.code, due) == [When.TODAY]
    else:
        assert listed(case.code, due) == [When.TODAY]
        assert listed(case.code, due + timedelta(days=1)) == [When.LATE]


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 3, 9), date(2026, 3, 15)),
        (date(2026, 3, 12), date(2026, 3, 15)),
        (date(2026, 3, 13), date(2026, 3, 22)),
        (date(2026, 3, 15), date(2026, 3, 22)),
    ],
)
def test_the_week_ends_on_sunday_and_from_friday_on_the_next_one_counts(today: date, last: date) -> None:
    assert week_end(today) == last
    assert when_of(last, today) is When.WEEK
    assert when_of(last + timedelta(days=1), today) is When.LATER


# ----------------------------------------------------------------------------------------------- what must not be there


def test_a_lapsed_vog_of_an_available_family_is_for_today(in_purmerend: Municipality) -> None:
    chain.available_support()
    ConductCertificateCheck.objects.update(review_due=day(), status=VogStatus.EXPIRED)
    assert listed(Code.VOG_ASK, day()) == [When.TODAY]
    assert not listed(Code.VOG_REVIEW, day())


def test_a_new_housemate_without_vog_is_for_today(in_purmerend: Municipality) -> None:
    support = chain.available_support()
    SupportAdult.objects.create(family=support, first_name="Els", last_name="Bakker")
    (line,) = [line for line in lines(signals(day()), day()) if line.rule.code is Code.VOG_ASK]
    assert "Els" in line.reason


def test_a_family_with_an_open_proposal_or_meeting_is_not_searched_for(in_purmerend: Municipality) -> None:
    chain.proposal(chain.waiting_family("Kok", waits=60), chain.available_support("Mol"))
    chain.introduced(chain.waiting_family("Vos", waits=60), chain.available_support("Bos"))
    assert not listed(Code.SEARCH, day())


def test_after_a_no_the_days_count_anew(in_purmerend: Municipality) -> None:
    made = chain.proposal(chain.waiting_family(waits=60), days_ago=20)
    proposal_ask_support(proposal=made, asked_on=day(-20), actor=TESTS)
    proposal_decline(proposal=made, reason="druk", decided_on=day(-14), actor=TESTS)
    assert not listed(Code.SEARCH, day())
    assert listed(Code.SEARCH, day(1)) == [When.TODAY]


def test_a_stopped_trial_is_searched_for_again_but_leaves_nothing_else(in_purmerend: Municipality) -> None:
    trial_stop(coupling=chain.in_trial(), ending=chain.ending(reason="no_click"), actor=TESTS)
    assert not signals_but(Code.SEARCH)
    assert not listed(Code.SEARCH, day(14))
    assert listed(Code.SEARCH, day(15)) == [When.TODAY]


def signals_but(code: Code) -> list[Code]:
    return [line.rule.code for line in lines(signals(day()), day()) if line.rule.code is not code]


def test_a_talk_half_done_asks_for_the_other_side(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial(days_ago=40, lasts=41)
    moment_hold(moment=coupling.moments.get(kind=MomentKind.TWO_WEEKS), held_on=day(-20), actor=TESTS)
    evaluation = coupling.moments.get(kind=MomentKind.TRIAL_EVALUATION)
    data = EvaluationData(side=Side.FAMILY, held_on=day(), verdict="continue")
    evaluation_record(moment=evaluation, data=data, actor=TESTS)
    (line,) = lines(signals(day()), day())
    assert "nog met het steungezin" in line.reason
    assert line.signal.phone == chain.OTHER_PHONE
    assert line.signal.action_url.endswith("/gesprek/steungezin")


def test_a_line_says_whom_to_call_and_how_to_do_so_safely(in_purmerend: Municipality) -> None:
    chain.waiting_family(status="registered", registered_on=day(-3), safe_contact="alleen overdag")
    (line,) = lines(signals(day()), day())
    assert line.signal.phone == chain.PHONE
    assert line.signal.person == "Mira Jansen"
    assert line.meta == "Wacht 3 dagen op een eerste telefoontje · Bellen: alleen overdag"


def test_without_a_number_of_the_parents_the_referrer_is_called(in_purmerend: Municipality) -> None:
    family = chain.waiting_family(
        status="registered", referrer_name="Wijkteam", referrer_phone="+31600000009"
    )
    family.parents.update(phone="")
    (line,) = lines(signals(day()), day())
    assert (line.signal.person, line.signal.phone) == ("Wijkteam", "+31600000009")


def test_the_most_urgent_comes_first(in_purmerend: Municipality) -> None:
    chain.waiting_family("Later", status="registered", registered_on=day(-1))
    chain.waiting_family("Eerst", status="registered", registered_on=day(-20))
    found = today_page(desk(day()), [], day())
    assert found.groups[0].when is When.LATE
    assert found.groups[0].lines[0].signal.subject == "Gezin Eerst"
    assert found.total == 2


# ------------------------------------------------------------------------------------------------------------ the page


def test_the_page_shows_reason_telephone_and_one_button(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        family_id = chain.waiting_family(status="registered", registered_on=day(-6)).pk
    page = client_for(purmerend, coordinator).get("/").content.decode()
    assert "Te laat" in page
    assert "Wacht 6 dagen op een eerste telefoontje" in page
    assert f'href="tel:{chain.PHONE}"' in page
    assert f'href="/vraaggezinnen/{family_id}/gebeld"' in page


def test_many_couplings_take_as_many_queries_as_few(in_purmerend: Municipality) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connections["default"]) as captured:
            assert desk(day()).lines
        return len(captured)

    def one_of_everything(name: str) -> None:
        chain.in_trial(chain.waiting_family(f"{name}1"), chain.available_support(f"{name}2"))
        chain.introduced(chain.waiting_family(f"{name}3"), chain.available_support(f"{name}4"))
        chain.finish(chain.coupled(chain.waiting_family(f"{name}5"), chain.available_support(f"{name}6")))
        chain.proposal(chain.waiting_family(f"{name}7"), chain.available_support(f"{name}8"))
        chain.available_support(f"{name}9", vog=False)

    one_of_everything("A")
    few = queries()
    for name in ("B", "C"):
        one_of_everything(name)
    assert queries() == few


def test_an_empty_page_is_friendly(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    assert "Alles is gedaan" in client_for(purmerend, coordinator).get("/").content.decode()


def test_who_may_only_look_gets_no_buttons(
    purmerend: Municipality, safeguarding_officer: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family(status="registered", registered_on=day(-6))
        assert RequestingFamily.objects.count() == 1
    page = client_for(purmerend, safeguarding_officer).get("/").content.decode()
    assert "Wacht 6 dagen" in page
    assert "/gebeld" not in page


# ------------------------------------------------------------------------------------- contact, policy and putting off


def test_a_silent_family_says_for_how_long_and_what_was_agreed(in_purmerend: Municipality) -> None:
    chain.waiting_family(waits=43)
    (line,) = [one for one in lines(signals(day()), day()) if one.rule.code is Code.NO_CONTACT_ASKING]
    assert line.reason == "Al 43 dagen geen contact, afgesproken 30"
    assert line.deadline == "13 dagen te laat"


def test_a_note_is_contact(in_purmerend: Municipality) -> None:
    family = chain.waiting_family(waits=43)
    note_add(family=family, kind="call", happened_on=day(-2), text="Gesproken", actor=TESTS)
    assert not listed(Code.NO_CONTACT_ASKING, day())


def test_a_trial_without_an_end_lasts_as_long_as_the_method_says(in_purmerend: Municipality) -> None:
    coupling = chain.in_trial(days_ago=20, lasts=60)
    coupling.moments.update(status="dropped")
    Coupling.objects.filter(pk=coupling.pk).update(trial_ends_on=None)
    started = coupling.trial_started_on or day()
    assert not listed(Code.TRIAL_ENDS, started + timedelta(days=41))
    assert listed(Code.TRIAL_ENDS, started + timedelta(days=42))
    assert listed(Code.TRIAL_ENDS, started + timedelta(days=56)) == [When.TODAY]


def test_a_line_that_was_put_off_is_back_on_its_day(in_purmerend: Municipality) -> None:
    family = chain.waiting_family(status="registered", registered_on=day(-3))
    snooze_set(
        code=Code.CALL_ASKING,
        subject_id=family.pk,
        until=day(3),
        reason="op vakantie",
        longest=5,
        actor=TESTS,
    )
    assert not desk(day()).lines
    (put_off,) = desk(day(2)).put_off
    assert (put_off.reason, put_off.until) == ("op vakantie", day(3))
    (line,) = desk(day(3)).lines
    assert line.rule.code is Code.CALL_ASKING


@pytest.mark.parametrize(("until", "allowed"), [(0, False), (1, True), (5, True), (6, False)])
def test_a_line_waits_no_longer_than_its_rule_allows(
    in_purmerend: Municipality, until: int, allowed: bool
) -> None:
    family = chain.waiting_family(status="registered")
    given: dict[str, Any] = {
        "code": Code.CALL_ASKING,
        "subject_id": family.pk,
        "until": day(until),
        "reason": "ziek",
        "longest": 5,
    }
    if allowed:
        assert snooze_set(**given, actor=TESTS).until == day(until)
    else:
        with pytest.raises(InvalidInput):
            snooze_set(**given, actor=TESTS)


def test_a_line_is_put_off_and_taken_back_on_the_page(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family("Vos", status="registered", registered_on=day(-3))
        address = f"/vandaag/{family.pk}/uitstellen"
    client = client_for(purmerend, coordinator)
    assert address in client.get("/").content.decode()
    assert client.get(f"/vandaag/{uuid4()}/uitstellen").status_code == 404
    typed = {"until": day(2).isoformat(), "reason": ""}
    assert client.post(address, typed).status_code == 400
    assert client.post(address, typed | {"reason": "moeder belt zelf"}).status_code == 302
    page = client.get("/").content.decode()
    assert "moeder belt zelf" in page
    assert address not in page
    with context.municipality(purmerend):
        (snooze,) = snoozes_on(day())
        back = f"/uitstel/{snooze.pk}/terug"
    assert client.post(back).status_code == 302
    assert address in client.get("/").content.decode()
    assert client.post(back).status_code == 404


def test_a_task_ticked_off_too_soon_is_put_back(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        pk = task_add(title="Folders brengen", due_on=day(), actor=TESTS).pk
    client = client_for(purmerend, coordinator)
    client.post(f"/taken/{pk}/gedaan")
    assert f"/taken/{pk}/terugzetten" in client.get("/").content.decode()
    client.post(f"/taken/{pk}/terugzetten")
    assert f"/taken/{pk}/gedaan" in client.get("/").content.decode()


def test_the_agenda_has_the_dates_of_its_week_and_no_others(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        chain.waiting_family("Vos", status="intake", visit_on=date(2027, 3, 10))
        chain.waiting_family("Mol", status="intake", visit_on=date(2027, 3, 15))
    client = client_for(purmerend, coordinator)
    page = client.get("/agenda?week=2027-W10").content.decode()
    assert "Vos" in page
    assert "Mol" not in page
    assert "?week=2027-W11" in page
    assert client.get("/agenda?week=onzin").status_code == 200


def test_what_is_counted_per_day_is_what_is_told_one_by_one(in_purmerend: Municipality) -> None:
    del in_purmerend
    for number in range(4):
        chain.waiting_family(f"Wacht {number}", waits=20 + number % 2)
        chain.coupled(chain.waiting_family(f"Vraag {number}"), chain.available_support(f"Steun {number}"))
    together = [row for row in gather(day()) if isinstance(row, Waits)]
    keys = {key for row in together for key in row.keys}
    apart = [row for row in gather(day(), dict.fromkeys(Code, keys)) if isinstance(row, Waits)]
    assert any(row.number > 1 for row in together), "some wait since the same day"
    assert {row.number for row in apart} == {1}
    for code in Code:
        counted = {row.since: row.number for row in together if row.code is code}
        assert counted == Counter(row.since for row in apart if row.code is code), code
