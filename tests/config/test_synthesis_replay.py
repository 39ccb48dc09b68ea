"""What the generator writes in bulk is what the services would have written, step by step."""

from datetime import date

import pytest

from common.permissions import Role
from config.synthesis.chronicle import Chronicle
from config.synthesis.codes import Codes
from config.synthesis.homes import area_points
from config.synthesis.municipalities import FIFTY
from config.synthesis.plan import Pairing, Script
from config.synthesis.planner import plan_area
from config.synthesis.staff import Member, Team
from config.synthesis.volumes import plan_volumes
from core.families.models import PostcodeArea
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality, MunicipalityCode
from tests.factories.replay import EVERYTHING, Replay, compared, names_of, rows_in_database, rows_of

UNTIL = date(2024, 5, 20)
SEED = 2026


def sample() -> Script:
    """Return some families of a municipality with everybody they met, and some who never got that far."""
    area = FIFTY[0]
    volumes = plan_volumes([area], seed=SEED, horizon=date(2025, 7, 31), scale=0.6)
    script = plan_area(area, seed=SEED, days=volumes.days[area.slug], horizon=date(2025, 7, 31))

    def lot(pairing: Pairing) -> str:
        return f"{bool(pairing.declined_by)} {pairing.coupled_on is not None} {pairing.trial_started_on is not None}"

    askings = [asking for asking in script.askings if asking.registered_on <= UNTIL]
    chosen = [*askings[:6], *askings[-6:]]
    seen: set[str] = set()
    for asking in askings:
        kinds = {lot(pairing) for pairing in asking.pairings} | {str(len(asking.pairings))}
        if kinds - seen:
            seen |= kinds
            chosen.append(asking)
    numbers = {asking.number for asking in chosen}
    pairings = [pairing for pairing in script.pairings if pairing.asking.number in numbers]
    met = {pairing.supporting.number for pairing in pairings}
    supportings = [one for one in script.supportings if one.number in met or one.number % 12 == 0]
    return Script(
        area, SEED, [asking for asking in script.askings if asking.number in numbers], supportings, pairings
    )


@pytest.mark.slow
def test_a_sample_played_through_the_services_gives_the_same_history_audit_and_ledger(
    in_purmerend: Municipality, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ten years of registrations in ten seconds would be a flood.
    monkeypatch.setattr("core.families.services.flooded", lambda: False)
    codes = Codes.of(
        (row.code, row.valid_from, row.valid_to)
        for row in MunicipalityCode.objects.filter(municipality=in_purmerend)
    )
    member = Member(coordinator.pk, coordinator.email, coordinator.full_name, Role.COORDINATOR)
    generated = rows_of(
        Chronicle(sample(), team=Team(member, member, member), codes=codes, until=UNTIL).write(), EVERYTHING
    )
    for code, latitude, longitude in area_points(FIFTY[0]):
        PostcodeArea.objects.create(code=code, place="Purmerend", latitude=latitude, longitude=longitude)
    Replay(sample(), codes, coordinator).play(UNTIL)
    played = rows_in_database(EVERYTHING)
    ours, theirs = names_of(generated), names_of(played)
    for model in EVERYTHING:
        left, right = compared(generated, model, ours), compared(played, model, theirs)
        assert not (left - right) + (right - left), model.__name__
    assert len(played[Transition]) > 300, "a sample worth the name"
