"""Whatever can be typed wrongly from proposal to aftercare: refused clearly, what was typed stays, nothing changes."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from core.agreements.models import CouplingAgreement
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import SupportAdult
from core.guidance.models import ContactMoment, Evaluation, GuidanceMoment, MomentKind
from core.ledger.models import LedgerEntry
from core.matching.models import MatchProposal
from core.matching.services import proposal_ask_support
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality
from tests.factories import chain

Data = dict[str, Any]
LONG = "x" * 20_000
TEXT = "Wat ik typte, blijft staan"
TABLES = (
    MatchProposal,
    Coupling,
    CouplingAgreement,
    GuidanceMoment,
    Evaluation,
    ContactMoment,
    LedgerEntry,
    Transition,
)

AGREEMENT: Data = {
    "support_form": "weekly_half_day",
    "frequency": "weekly",
    "day_parts": ["wo-ochtend"],
    "arrangements": TEXT,
    "house_rules": "Schoenen uit",
    "emergency_contact": "Oma",
}


def today() -> str:
    return chain.day().isoformat()


def accepted() -> str:
    return f"/voorstellen/{chain.accepted().pk}/kennismaking"


def of_coupling(make: Callable[[], Coupling], action: str) -> Callable[[], str]:
    return lambda: f"/koppelingen/{make().pk}/{action}"


def of_moment(kind: str, action: str) -> Callable[[], str]:
    return lambda: f"/momenten/{chain.in_trial().moments.get(kind=kind).pk}/{action}"


def proposing() -> str:
    family, support = chain.waiting_family(), chain.available_support(offer={"day_parts": ["zo-nacht"]})
    return f"/vraaggezinnen/{family.pk}/zoeken/{support.pk}"


def asked() -> str:
    proposal = chain.proposal()
    proposal_ask_support(proposal=proposal, actor=chain.TESTS)
    return f"/voorstellen/{proposal.pk}/nee"


# The form, an input that would do, and what is wrong with it one field at a time.
FORMS: dict[str, tuple[Callable[[], str], Callable[[], Data], list[Data]]] = {
    "propose": (
        proposing,
        dict,  # not among those that may be proposed: then there is nothing to type
        [{}, {"children": ["geen-uuid"]}, {"children": ["00000000-0000-4000-8000-000000000000"]}],
    ),
    "decline": (asked, lambda: {"reason": TEXT}, [{"reason": ""}, {"reason": LONG}, {"reason": "a\x00b"}]),
    "introduce": (
        accepted,
        lambda: {"introduced_on": today()},
        [
            {"introduced_on": day}
            for day in ("", "31-02-2026", "morgen", "0001-01-01", "9999-12-31", "1999-01-01")
        ],
    ),
    "trial": (
        of_coupling(chain.introduced, "proefperiode"),
        lambda: (
            AGREEMENT | {"started_on": today(), "ends_on": chain.day(45).isoformat(), "agreed_on": today()}
        ),
        [
            {"started_on": ""},
            {"started_on": "2026-13-01"},
            {"started_on": "1999-01-01"},
            {"ends_on": "2020-01-01"},
            {"ends_on": "2099-01-01"},
            {"support_form": "oppas"},
            {"frequency": ""},
            {"day_parts": ["zo-lunch"]},
            {"arrangements": LONG},
            {"house_rules": "a\x00b"},
            {"emergency_contact": LONG},
            {"agreed_on": "2099-01-01"},
            {"agreed_on": "1999-01-01"},
        ],
    ),
    "extend": (
        of_coupling(chain.in_trial, "verlengen"),
        lambda: {"ends_on": chain.day(60).isoformat()},
        [{"ends_on": day} for day in ("", "x", "1999-01-01", "2099-01-01")],
    ),
    "definitive": (
        of_coupling(chain.in_trial, "definitief"),
        lambda: AGREEMENT | {"coupled_on": today(), "agreed_on": today()},
        [
            {"coupled_on": ""},
            {"coupled_on": "1999-01-01"},
            {"coupled_on": "2099-01-01"},
            {"house_rules": " "},
        ],
    ),
    "agreement": (
        of_coupling(chain.coupled, "afspraken"),
        lambda: AGREEMENT | {"valid_from": today(), "agreed_on": today()},
        [
            {"valid_from": "x"},
            {"valid_from": "1999-01-01"},
            {"valid_from": "2099-01-01"},
            {"house_rules": ""},
        ],
    ),
    "stop": (
        of_coupling(chain.in_trial, "niet-doorgaan"),
        lambda: {"ended_on": today(), "reason": "no_click", "note": TEXT},
        [
            {"ended_on": "2099-01-01"},
            {"ended_on": "1999-01-01"},
            {"reason": "zomaar"},
            {"reason": ""},
            {"note": LONG},
        ],
    ),
    "finish": (
        of_coupling(chain.coupled, "beeindigen"),
        lambda: {
            "ended_on": today(),
            "reason": "goal_reached",
            "note": TEXT,
            "family_next": "close",
            "close_reason": "finished",
            "support_next": "available",
            "aftercare_on": chain.day(90).isoformat(),
        },
        [
            {"aftercare_on": ""},
            {"aftercare_on": "1999-01-01"},
            {"pause_until": "2099-01-01"},
            {"continues_privately": "misschien"},
            {"ended_on": "2099-01-01"},
            {"ended_on": "1999-01-01"},
            {"reason": "zomaar"},
            {"note": "a\x00b"},
            {"talk_family_on": "2099-01-01"},
            {"talk_support_on": "1999-01-01"},
            {"family_next": ""},
            {"family_next": "weg"},
            {"support_next": ""},
            {"close_reason": "zomaar"},
        ],
    ),
    "reopen": (
        of_coupling(lambda: chain.finish(chain.coupled()), "heropenen"),
        lambda: {"reopened_on": today(), "reason": TEXT},
        [{"reopened_on": "2099-01-01"}, {"reopened_on": "1999-01-01"}, {"reason": " "}, {"reason": LONG}],
    ),
    "closing talks": (
        of_coupling(lambda: chain.finish(chain.coupled()), "afsluiten"),
        lambda: {"talk_family_on": today()},
        [{"talk_family_on": ""}, {"talk_family_on": "2099-01-01"}, {"talk_support_on": "1999-01-01"}],
    ),
    "contact": (
        of_coupling(chain.coupled, "contact"),
        lambda: {"side": "family", "kind": "call", "happened_on": today(), "note": TEXT},
        [
            {"side": "buren"},
            {"kind": "fax"},
            {"happened_on": "2099-01-01"},
            {"happened_on": "1999-01-01"},
            {"note": " "},
            {"note": LONG},
            {"note": "bsn 111222333"},
        ],
    ),
    "evaluate": (
        of_moment(MomentKind.TRIAL_EVALUATION, "gesprek/vraaggezin"),
        lambda: {
            "held_on": today(),
            "goal_relief": "4",
            "satisfaction": "8",
            "verdict": "continue",
            "note": TEXT,
        },
        [
            {"held_on": "2099-01-01"},
            {"held_on": "1999-01-01"},
            {"goal_relief": "6"},
            {"goal_relief": "vier"},
            {"satisfaction": "11"},
            {"satisfaction": "-1"},
            {"verdict": ""},
            {"verdict": "misschien"},
            {"note": "a\x00b"},
        ],
    ),
    "hold": (
        of_moment(MomentKind.TWO_WEEKS, "gehouden"),
        lambda: {"held_on": today(), "reason": TEXT},
        [{"held_on": "2099-01-01"}, {"held_on": "1999-01-01"}, {"held_on": ""}, {"reason": LONG}],
    ),
    "reschedule": (
        of_moment(MomentKind.TWO_WEEKS, "verzetten"),
        lambda: {"due_on": chain.day(3).isoformat()},
        [{"due_on": ""}, {"due_on": "1999-01-01"}, {"due_on": "2099-01-01"}, {"due_on": "30-02-2027"}],
    ),
    "drop": (
        of_moment(MomentKind.TWO_WEEKS, "vervalt"),
        lambda: {"reason": TEXT},
        [{"reason": ""}, {"reason": LONG}, {"reason": "\x00"}],
    ),
}


def snapshot(municipality: Municipality) -> list[Any]:
    with context.municipality(municipality):
        return [sorted(map(str, table.objects.values_list())) for table in TABLES]


@pytest.mark.parametrize("name", FORMS)
def test_a_wrong_input_is_refused_and_nothing_changes(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client], name: str
) -> None:
    make, right, changes = FORMS[name]
    with context.municipality(purmerend):
        address = make()
    before = snapshot(purmerend)
    client = client_for(purmerend, coordinator)
    for change in changes:
        data = right() | change
        answer = client.post(address, data)
        page = unescape(answer.content.decode())
        assert answer.status_code == 400, change
        assert "naober-error" in page, change
        assert "This field" not in page, change
        assert TEXT not in data.values() or TEXT in page, change
    assert snapshot(purmerend) == before


@pytest.mark.parametrize("name", [name for name in FORMS if name != "propose"])
def test_a_right_input_goes_through_and_sending_it_twice_says_so(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client], name: str
) -> None:
    make, right, _changes = FORMS[name]
    with context.municipality(purmerend):
        address = make()
    client = client_for(purmerend, coordinator)
    first = client.post(address, right())
    assert first.status_code == 302
    after = snapshot(purmerend)
    second = client.post(address, right())
    if name in {"agreement", "contact", "closing talks", "extend", "reschedule"}:
        # Saying the same thing again is no mistake here.
        assert second.status_code == 302
        return
    assert second.status_code in {400, 409}
    assert snapshot(purmerend) == after


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_shown(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client], name: str
) -> None:
    with context.municipality(purmerend):
        address = FORMS[name][0]()
    answer = client_for(purmerend, coordinator).get(address)
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1


def test_a_form_in_the_wrong_state_is_refused(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        coupling_id = chain.introduced().pk
    before = snapshot(purmerend)
    client = client_for(purmerend, coordinator)
    for action, name in (
        ("definitief", "definitive"),
        ("beeindigen", "finish"),
        ("verlengen", "extend"),
        ("afsluiten", "closing talks"),
    ):
        answer = client.post(f"/koppelingen/{coupling_id}/{action}", FORMS[name][1]())
        assert answer.status_code in {400, 409}, action
    assert snapshot(purmerend) == before


def test_a_trial_without_vog_names_who_and_keeps_what_was_typed(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        coupling = chain.introduced()
        SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="B")
        address = f"/koppelingen/{coupling.pk}/proefperiode"
    answer = client_for(purmerend, coordinator).post(address, FORMS["trial"][1]())
    page = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "Nog niet: Els" in page
    assert TEXT in page


def test_a_support_family_that_cannot_stop_yet_is_told_on_the_form(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        support = chain.available_support(offer={"capacity": 2})
        one = chain.coupled(chain.waiting_family("Kok"), support).pk
        chain.introduced(chain.waiting_family("Mol"), support)
    data = FORMS["finish"][1]() | {"support_next": "leave"}
    answer = client_for(purmerend, coordinator).post(f"/koppelingen/{one}/beeindigen", data)
    assert answer.status_code == 400
    assert "kan nog niet stoppen" in answer.content.decode()
    with context.municipality(purmerend):
        assert Coupling.objects.get(pk=one).status == CouplingStatus.COUPLED


def test_an_unknown_side_or_moment_does_not_exist(
    purmerend: Municipality, coordinator: User, client_for: Callable[..., Client]
) -> None:
    with context.municipality(purmerend):
        moment = chain.in_trial().moments.get(kind=MomentKind.TRIAL_EVALUATION).pk
    client = client_for(purmerend, coordinator)
    assert client.get(f"/momenten/{moment}/gesprek/buren").status_code == 404
    assert client.get("/momenten/00000000-0000-4000-8000-000000000000/gehouden").status_code == 404
    assert client.get("/koppelingen/geen-uuid").status_code == 404
