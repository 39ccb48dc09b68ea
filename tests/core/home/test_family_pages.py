from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from core.families.models import Consent, RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.ledger.models import Event, LedgerEntry
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry, Transition
from tenants.municipalities.models import Municipality
from tests.factories import chain

Make = Callable[..., Client]


@pytest.fixture
def desk(purmerend: Municipality, coordinator: User, client_for: Make) -> Client:
    """The browser of a coordinator who has signed in."""
    return client_for(purmerend, coordinator)


def day(offset: int = 0) -> str:
    """Return a day as a date control sends it."""
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def registered_asking() -> RequestingFamily:
    """Return a family that just registered, with a parent and a child."""
    family = chain.waiting_family(status=RequestingStatus.REGISTERED, agreed=False, waits=10)
    family.need.delete()
    return family


# ----------------------------------------------------------------------------------------------------- the whole track


def test_an_asking_family_goes_from_registration_to_waiting_by_the_buttons_on_its_page(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        family = chain.waiting_family(status=RequestingStatus.REGISTERED, agreed=False, waits=10)
        pk, child, parent = family.pk, family.children.get().pk, family.parents.get().pk
        from_intake = family.need
        from_intake.needchild_set.all().delete()
        from_intake.delete()
    file = f"/vraaggezinnen/{pk}"

    assert f"{file}/gebeld" in desk.get(file).content.decode()
    assert desk.post(f"{file}/gebeld", {"day": day(-5)}).status_code == 302
    assert f"{file}/huisbezoek" in desk.get(file).content.decode()
    assert desk.post(f"{file}/huisbezoek", {"visit_on": day(-1)}).status_code == 302
    assert f"{file}/intake" in desk.get(file).content.decode()
    intake = {
        "held_on": day(-1),
        "children": [str(child)],
        "question_support": "Een vaste middag rust.",
        "forms": ["weekly_half_day"],
        "frequency": "weekly",
        "day_parts": ["wo-middag", "za-ochtend"],
        "consent_health": "on",
        "note_health": "pinda-allergie",
        "parents_agreed": [str(parent)],
        "doen": "afronden",
    }
    answer = desk.post(f"{file}/intake", intake)
    assert answer.status_code == 302, answer.content.decode()
    page = desk.get(file).content.decode()
    for shown in (
        "wacht op steungezin",
        "Zoek een steungezin",
        "woensdag middag",
        "pinda-allergie",
        "akkoord",
    ):
        assert shown in page
    with context.municipality(purmerend):
        family = RequestingFamily.objects.get()
        assert (family.status, family.waiting_since) == ("waiting", timezone.localdate())
        assert [entry.event for entry in LedgerEntry.objects.order_by("event")] == [
            Event.FAMILY_CONTACTED,
            Event.INTAKE_DONE,
            Event.WAITING_STARTED,
        ]
        assert Transition.objects.filter(object_id=pk).count() == 3
        assert Consent.objects.get().note == "pinda-allergie"


def test_a_support_family_goes_from_registration_to_available_by_the_buttons_on_its_page(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        family = chain.available_support(status=SupportStatus.REGISTERED, vog=False, approved_on=None)
        family.offer.delete()
        pk, adult = family.pk, family.adults.get().pk
    file = f"/steungezinnen/{pk}"

    assert desk.post(f"{file}/gebeld", {"day": day(-40)}).status_code == 302
    assert desk.post(f"{file}/huisbezoek", {"visit_on": day(-30)}).status_code == 302
    offer = {
        "held_on": day(-30),
        "household": "Jan en Els, en een hond.",
        "forms": ["weekly_half_day"],
        "frequency": "weekly",
        "day_parts": ["wo-middag"],
        "capacity": "2",
        "age_bands": ["0-3", "4-7"],
        "traits": ["dog"],
        "has_transport": "ja",
        "house_rules_accepted_on": day(-30),
        "doen": "afronden",
    }
    assert desk.post(f"{file}/intake", offer).status_code == 302
    refused = desk.post(f"{file}/goedkeuren", {"day": day()})
    assert refused.status_code == 409
    for missing in ("Er ontbreken nog 2 goede referenties", "heeft nog geen geldige VOG"):
        assert missing in refused.content.decode()
    for name in ("Ria", "Piet"):
        told = {"name": name, "relation": "buur", "asked_on": day(-20), "positive": "ja"}
        assert desk.post(f"{file}/referentie", told).status_code == 302
    assert desk.post(f"{file}/vog/{adult}", {"day": day(-25)}).status_code == 302
    with context.municipality(purmerend):
        check = family_check(pk)
    assert desk.post(f"/vog/{check}/ontvangen", {"day": day(-12)}).status_code == 302
    seen = {"issued_on": day(-14), "seen_on": day(-10), "profile": "84"}
    assert desk.post(f"/vog/{check}/gezien", seen).status_code == 302
    assert "VOG in orde" in desk.get(file).content.decode()
    assert desk.post(f"{file}/goedkeuren", {"day": day()}).status_code == 302
    page = desk.get(file).content.decode()
    for shown in ("beschikbaar", "2 kinderen, nu 2 vrij", "hond in huis", "Even niet"):
        assert shown in page
    with context.municipality(purmerend):
        family = SupportFamily.objects.get()
        assert (family.status, family.approved_on) == ("available", timezone.localdate())
        assert LedgerEntry.objects.get().event == Event.SUPPORT_APPROVED


def family_check(pk: UUID) -> UUID:
    """Return the id of the only VOG check of a family."""
    family = SupportFamily.objects.get(pk=pk)
    found: UUID = family.adults.get().vog_checks.get().pk
    return found


# ------------------------------------------------------------------------------------------------------ what is shown


def test_opening_a_file_is_written_down_and_shown(
    purmerend: Municipality, desk: Client, client_for: Make, safeguarding_officer: User
) -> None:
    with context.municipality(purmerend):
        asking, offering = chain.waiting_family().pk, chain.available_support().pk
    officer = client_for(purmerend, safeguarding_officer)
    for path in (f"/vraaggezinnen/{asking}", f"/steungezinnen/{offering}"):
        assert officer.get(path).status_code == 200
        assert str(safeguarding_officer.full_name) in desk.get(path).content.decode()
    with context.municipality(purmerend):
        seen = AuditEntry.objects.filter(action="family_viewed")
        assert set(seen.values_list("object_id", flat=True)) == {asking, offering}
        assert seen.count() == 4


def test_a_safeguarding_officer_reads_without_buttons(
    purmerend: Municipality, client_for: Make, safeguarding_officer: User
) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family().pk
    officer = client_for(purmerend, safeguarding_officer)
    page = officer.get(f"/vraaggezinnen/{pk}").content.decode()
    for hidden in ("Zoek een steungezin", "Notitie toevoegen", "Gegevens wijzigen", "Dossier afsluiten"):
        assert hidden not in page
    assert officer.get(f"/vraaggezinnen/{pk}/intake").status_code == 404
    assert officer.post(f"/vraaggezinnen/{pk}/notitie", {}).status_code == 404


def test_both_files_show_proposal_and_coupling(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        proposal = chain.proposal()
        asking, offering = proposal.family_id, proposal.support_family_id
    assert "voorstel gemaakt" in desk.get(f"/vraaggezinnen/{asking}").content.decode()
    assert "voorstel gemaakt" in desk.get(f"/steungezinnen/{offering}").content.decode()


def test_every_state_of_both_kinds_has_a_page(purmerend: Municipality, desk: Client) -> None:
    closed: dict[str, Any] = {"close_reason": "other", "closed_on": date(2026, 1, 1)}
    with context.municipality(purmerend):
        paths = [
            f"/vraaggezinnen/{chain.waiting_family(name, status=name, **(closed if name == 'closed' else {})).pk}"
            for name in RequestingStatus.values
        ]
        paths += [
            f"/steungezinnen/{chain.available_support(name, status=name, **(closed if name == 'left' else {})).pk}"
            for name in SupportStatus.values
        ]
    for path in paths:
        assert desk.get(path).status_code == 200


def test_the_list_names_support_families_nobody_thought_of(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        chain.available_support("Vergeten")
        chain.proposal(support=chain.available_support("Gevraagd"))
    page = desk.get("/steungezinnen").content.decode()
    assert page.count("nog nooit voorgesteld") == 1


# ------------------------------------------------------------------------------------------------------------- closing


def test_a_file_with_an_open_proposal_cannot_be_closed(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        proposal = chain.proposal()
        asking, offering = proposal.family_id, proposal.support_family_id
    typed = {"day": day(), "reason": "moved", "note": "Naar Almere."}
    for path in (f"/vraaggezinnen/{asking}/afsluiten", f"/steungezinnen/{offering}/stoppen"):
        refused = desk.post(path, typed)
        assert refused.status_code == 409
        assert "Er staat nog een voorstel open" in refused.content.decode()
        assert "Naar Almere." in refused.content.decode()
    with context.municipality(purmerend):
        assert RequestingFamily.objects.get(pk=asking).status == "waiting"
        assert SupportFamily.objects.get(pk=offering).status == "available"


def test_a_closed_file_leaves_the_waiting_list_and_can_come_back(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family().pk
    file = f"/vraaggezinnen/{pk}"
    assert desk.post(f"{file}/afsluiten", {"day": day(), "reason": "withdrawn"}).status_code == 302
    assert "Jansen" not in desk.get("/vraaggezinnen").content.decode()
    assert "Jansen" in desk.get("/vraaggezinnen?status=closed").content.decode()
    assert desk.post(f"{file}/heropenen", {"since": day(-3)}).status_code == 400
    assert desk.post(f"{file}/heropenen", {"since": day()}).status_code == 302
    with context.municipality(purmerend):
        events = list(LedgerEntry.objects.values_list("event", flat=True))
        assert sorted(events) == ["family_closed", "waiting_ended", "waiting_started"]
        family = RequestingFamily.objects.get()
        assert (family.status, family.closed_on, family.close_reason) == ("waiting", None, "")


def test_a_support_family_rests_and_comes_back(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = chain.available_support().pk
    file = f"/steungezinnen/{pk}"
    assert desk.post(f"{file}/even-niet", {"until": day(-1)}).status_code == 400
    assert desk.post(f"{file}/even-niet", {"until": day(30), "reason": "verbouwing"}).status_code == 302
    assert "even niet" in desk.get(file).content.decode()
    assert desk.post(f"{file}/even-niet", {"until": day(30)}).status_code == 409
    assert desk.post(f"{file}/weer-beschikbaar").status_code == 302
    assert desk.post(f"{file}/weer-beschikbaar").status_code == 409
    assert desk.post(f"{file}/stoppen", {"day": day(), "reason": "moved"}).status_code == 302
    assert desk.post(f"{file}/opnieuw-contact", {"day": day()}).status_code == 302
    with context.municipality(purmerend):
        family = SupportFamily.objects.get()
        assert (family.status, family.paused_until, family.closed_on) == ("contacted", None, None)
