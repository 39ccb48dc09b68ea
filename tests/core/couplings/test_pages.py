"""The list of couplings and the file of one."""

from collections.abc import Callable
from html import unescape

from django.test import Client

from core.families.models import SupportAdult
from core.guidance.models import MomentKind
from core.guidance.services import EvaluationData, contact_add, evaluation_record
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tests.factories import chain

Clients = Callable[..., Client]


def text(answer: object) -> str:
    return " ".join(unescape(answer.content.decode()).split())  # type: ignore[attr-defined]


def test_the_file_tells_the_whole_story(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled(chain.waiting_family(waits=250), days_ago=200)
        evaluation = coupling.moments.get(kind=MomentKind.TRIAL_EVALUATION)
        data = EvaluationData(
            side="family",
            held_on=chain.day(-150),
            verdict="adjust",
            goals=(5, 4, 3, 2),
            satisfaction=9,
            note="Blij",
        )
        evaluation_record(moment=evaluation, data=data, actor=chain.TESTS)
        contact_add(
            coupling=coupling,
            side="support",
            kind="call",
            happened_on=chain.day(),
            note="Wil vakantie",
            actor=chain.TESTS,
        )
        address = f"/koppelingen/{coupling.pk}"
    page = text(client_for(purmerend, coordinator).get(address))
    for words in (
        "Jansen en Bakker",
        "Gekoppeld",
        "Evaluatie na een half jaar",
        "geldt nu",
        "aanpassen",
        "Blij",
        "Wil vakantie",
        "nog met het steungezin",
        "Koppeling beëindigen",
        f'href="tel:{chain.PHONE}"',
        "naober-late",
    ):
        assert words in page
    with context.municipality(purmerend):
        assert AuditEntry.objects.filter(action="coupling_viewed").count() == 1


def test_a_running_coupling_without_vog_is_shown_as_a_danger(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        SupportAdult.objects.create(family=coupling.support_family, first_name="Els", last_name="Bakker")
        address = f"/koppelingen/{coupling.pk}"
    page = text(client_for(purmerend, coordinator).get(address))
    assert "VOG ontbreekt of is verlopen" in page
    assert "Els Bakker" in page


def test_an_ended_coupling_asks_for_its_closing_talks(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        address = f"/koppelingen/{chain.finish(chain.coupled()).pk}"
    page = text(client_for(purmerend, coordinator).get(address))
    assert "doel bereikt" in page
    assert "Afsluitend gesprek vastleggen" in page
    assert "Nazorg" in page


def test_the_list_shows_phase_and_next_talk(
    purmerend: Municipality, coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        chain.introduced(chain.waiting_family("Kok"), chain.available_support("Een"))
        chain.in_trial(chain.waiting_family("Mol"), chain.available_support("Twee"))
        chain.coupled(chain.waiting_family("Vos"), chain.available_support("Drie"))
        chain.finish(chain.coupled(chain.waiting_family("Bos"), chain.available_support("Vier")))
    client = client_for(purmerend, coordinator)
    for stand, shown in (
        ("", {"Kok", "Mol", "Vos"}),
        ("kennismaking", {"Kok"}),
        ("proef", {"Mol"}),
        ("gekoppeld", {"Vos"}),
        ("voorbij", {"Bos"}),
        ("onzin", {"Kok", "Mol", "Vos"}),
    ):
        page = text(client.get("/koppelingen", {"stand": stand}))
        assert {name for name in ("Kok", "Mol", "Vos", "Bos") if f"{name} en " in page} == shown
        assert "Mol" not in shown or "belletje na twee weken" in page


def test_who_may_only_look_gets_no_buttons(
    purmerend: Municipality, safeguarding_officer: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        address = f"/koppelingen/{chain.in_trial().pk}"
    page = text(client_for(purmerend, safeguarding_officer).get(address))
    assert "Jansen en Bakker" in page
    assert "Definitief koppelen" not in page
    assert "Verzetten" not in page


def test_another_municipality_sees_nothing_of_it(
    purmerend: Municipality, zaanstad: Municipality, other_coordinator: User, client_for: Clients
) -> None:
    with context.municipality(purmerend):
        coupling = chain.in_trial()
        moment = coupling.moments.first()
        assert moment is not None
        addresses = [
            f"/koppelingen/{coupling.pk}",
            f"/koppelingen/{coupling.pk}/definitief",
            f"/momenten/{moment.pk}/gehouden",
        ]
    client = client_for(zaanstad, other_coordinator)
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    assert "Jansen" not in text(client.get("/koppelingen"))
