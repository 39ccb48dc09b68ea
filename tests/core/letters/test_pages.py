"""Writing a letter: choose, fill in, see, send; and reading what went."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from common import pdf
from core.families.models import RequestingParent, SupportAdult, SupportFamily
from core.letters.models import DeedDone, Letter, MailDelivery
from core.letters.workflow import DeliveryStatus
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.municipalities.models import Municipality
from tenants.standards.letters import BLANKS_OF_LETTER, LETTER_BLANKS
from tenants.standards.models import StandardKind
from tenants.standards.selectors import current
from tenants.standards.services import standard_draft_save, standard_publish
from tenants.standards.wording import problems_of
from tests.factories import chain

Make = Callable[..., Client]
MAIL = "mira@voorbeeld.example"


@pytest.fixture
def family(purmerend: Municipality) -> str:
    """An asking family of which the mother has a mail address; the address of its page."""
    with context.municipality(purmerend):
        row = chain.waiting_family("Jansen", visit_on=chain.day(3), street="Dorpsstraat 1")
        RequestingParent.objects.update(email=MAIL)
        return f"/vraaggezinnen/{row.pk}"


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def hidden(response: Any, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def typed(response: Any, **changes: str) -> dict[str, str]:
    """Return what the form on a page would send."""
    page = response.content.decode()
    area = re.search(r'<textarea[^>]*name="text"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    assert area is not None
    values = {"to": hidden(response, "to"), "seen": hidden(response, "seen"), "text": unescape(area[1])}
    return values | {"way": "mail", "topic": "afspraak", "confidential_to": ""} | changes


def test_a_coordinator_chooses_sees_and_sends_a_mail(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str, run_outbox: Callable[[], int]
) -> None:
    client = client_for(purmerend, coordinator)
    assert f"{family}/brief" in client.get(family).content.decode()
    choose = client.get(f"{family}/brief")
    assert "Wij zoeken nog een steungezin" in text(choose)
    assert "Wij zijn u niet vergeten" not in text(choose), "that one is for support families"
    write = client.get(f"{family}/brief/brief-huisbezoek")
    body = typed(write)["text"]
    assert body.startswith("Beste Mira,")
    assert str(chain.day(3).year) in body
    assert "{" not in body
    sent = typed(write, text=body.replace("\n", "\r\n") + "\r\nTot dan!", step="preview")
    preview = client.post(f"{family}/brief/brief-huisbezoek", sent)
    assert preview.status_code == 200
    assert "Zo gaat de mail weg" in text(preview)
    assert f"Mira Jansen ({MAIL})" in text(preview)
    with context.municipality(purmerend):
        assert not Letter.objects.exists()
    done = client.post(f"{family}/brief/brief-huisbezoek", typed(preview, step="send"), follow=True)
    assert "wacht op verzending" in text(done)
    run_outbox()
    assert mail.outbox[0].to == [MAIL]
    assert mail.outbox[0].subject == "Onze afspraak"
    assert mail.outbox[0].body.endswith("Tot dan!\n")
    with context.municipality(purmerend):
        letter = Letter.objects.get()
        assert (letter.kind, letter.text_version, letter.written_by) == (
            "brief-huisbezoek",
            1,
            coordinator.full_name,
        )
        assert AuditEntry.objects.filter(action="letter_viewed", object_id=letter.pk).exists()
    assert "Onze afspraak" in text(client.get(family))
    assert "Mail: Onze afspraak" in text(client.get(f"{family}/verloop?soort=brieven"))
    assert "verstuurd" in text(client.get(f"/brieven/{letter.pk}"))


def test_what_was_changed_after_the_preview_is_shown_again_and_not_sent(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    preview = client.post(address, typed(client.get(address), step="preview"))
    again = client.post(address, typed(preview, text="Heel iets anders", step="send"))
    assert "Nog niet verstuurd" in text(again)
    unseen = client.post(address, typed(client.get(address), step="send"))
    assert "Nog niet verstuurd" in text(unseen)
    with context.municipality(purmerend):
        assert not Letter.objects.exists()
    assert client.post(address, typed(again, step="send")).status_code == 302


def test_what_was_seen_for_one_person_never_goes_to_another(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    with context.municipality(purmerend):
        first = RequestingParent.objects.get()
        second = RequestingParent.objects.create(
            family_id=first.family_id, first_name="Piet", last_name="Jansen", email="piet@voorbeeld.example"
        )
    preview = client.post(address, typed(client.get(f"{address}?aan={second.pk}"), step="preview"))
    assert "Piet Jansen (piet@voorbeeld.example)" in text(preview)
    with context.municipality(purmerend):
        RequestingParent.objects.filter(pk=second.pk).update(email="ander@voorbeeld.example")
    again = client.post(address, typed(preview, step="send"))
    assert "Nog niet verstuurd" in text(again)
    assert "Piet Jansen (ander@voorbeeld.example)" in text(again)
    with context.municipality(purmerend):
        RequestingParent.objects.filter(pk=second.pk).delete()
    gone = client.post(address, typed(again, step="send"))
    assert gone.status_code == 400
    assert "Deze persoon staat niet meer in het dossier" in text(gone)
    with context.municipality(purmerend):
        assert not Letter.objects.exists()


def test_who_can_only_be_reached_safely_is_named_before_anything_is_written(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        row = chain.waiting_family(safe_contact="Alleen overdag, niet mailen")
    page = client_for(purmerend, coordinator).get(f"/vraaggezinnen/{row.pk}/brief/brief-algemeen")
    assert "Alleen overdag, niet mailen" in text(page)


def test_a_word_that_is_not_filled_in_keeps_what_was_typed(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        address = f"/steungezinnen/{chain.available_support().pk}/brief/brief-huisbezoek"
    client = client_for(purmerend, coordinator)
    write = client.get(address)
    assert "{huisbezoek}" in typed(write)["text"]
    refused = client.post(
        address, typed(write, way="paper", text="Mijn woorden {huisbezoek}", step="preview")
    )
    assert refused.status_code == 400
    assert "Er staat nog {huisbezoek} in de tekst" in text(refused)
    assert "Mijn woorden" in typed(refused)["text"]


def test_who_has_no_mail_address_gets_a_letter_on_paper(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    with context.municipality(purmerend):
        RequestingParent.objects.update(email="")
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-wachten"
    assert client.post(address, typed(client.get(address), step="preview")).status_code == 400
    preview = client.post(address, typed(client.get(address), way="paper", step="preview"))
    assert "Dorpsstraat 1" in text(preview)
    done = client.post(address, typed(preview, way="paper", step="send"))
    assert done.status_code == 302
    if pdf.available():
        paper = client.get(f"{done['Location']}/pdf")
        assert paper.content.startswith(b"%PDF")
        assert "Jansen" not in paper["Content-Disposition"]
        with context.municipality(purmerend):
            assert AuditEntry.objects.filter(action="letter_exported").count() == 1
    with context.municipality(purmerend):
        assert not MailDelivery.objects.exists()


def test_the_privacy_guard_warns_once_and_the_answer_goes_along_to_the_end(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    words = "Bel even 06 12345678, dan maken wij een afspraak."
    warned = client.post(address, typed(client.get(address), text=words, step="preview"))
    assert warned.status_code == 400
    proof = hidden(warned, "toch-text")
    assert proof
    preview = client.post(address, typed(warned, text=words, step="preview") | {"toch-text": proof})
    assert preview.status_code == 200
    assert hidden(preview, "toch-text") == proof
    sent = typed(preview, text=words, step="send") | {"toch-text": proof}
    assert client.post(address, sent).status_code == 302


def test_the_name_of_who_writes_is_no_warning_even_when_a_family_is_called_so(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    with context.municipality(purmerend):
        chain.available_support(coordinator.full_name.split()[-1])
        chain.available_support("Bakker")
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    write = client.get(address)
    assert client.post(address, typed(write, text=typed(write)["text"] + " Dag!")).status_code == 200
    other = client.post(address, typed(write, text="Gezin Bakker komt ook."))
    assert other.status_code == 400
    assert "de naam van een ander gezin" in text(other)


def test_an_appointment_of_long_ago_is_not_filled_in(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        before, now = (chain.waiting_family(f"Nu{day}", visit_on=chain.day(day)).pk for day in (-1, 0))
    client = client_for(purmerend, coordinator)
    for pk, filled in ((before, False), (now, True)):
        words = typed(client.get(f"/vraaggezinnen/{pk}/brief/brief-huisbezoek"))["text"]
        assert ("{huisbezoek}" not in words) is filled


def test_a_mail_that_came_back_can_be_written_again_to_another_address(
    purmerend: Municipality, coordinator: User, client_for: Make, family: str
) -> None:
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    preview = client.post(address, typed(client.get(address), text="Tot woensdag.", step="preview"))
    page = client.post(address, typed(preview, text="Tot woensdag.", step="send"))["Location"]
    with context.municipality(purmerend):
        MailDelivery.objects.update(status=DeliveryStatus.BOUNCED, code="5.1.1")
    shown = client.get(page)
    assert "Deze mail is niet aangekomen" in text(shown)
    again = re.search(r'href="([^"]+\?van=[^"]+)"', shown.content.decode())
    assert again is not None
    assert typed(client.get(unescape(again[1])))["text"] == "Tot woensdag."
    assert client.get(f"{address}?van=onzin").status_code == 404
    assert client.get(f"{address}?aan=onzin").status_code == 200
    badge = re.search(r"niet aangekomen", text(client.get(family)))
    assert badge is not None


def test_a_letter_of_a_coupling_goes_to_one_of_the_two(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        coupling = chain.coupled()
        adult = SupportAdult.objects.get()
        SupportAdult.objects.update(email="jan@voorbeeld.example")
        address = f"/koppelingen/{coupling.pk}/brief"
    client = client_for(purmerend, coordinator)
    assert "De kennismaking staat gepland" in text(client.get(address))
    first = client.get(f"{address}/brief-kennismaking")
    assert hidden(first, "to") == str(adult.pk), "who has a mail address comes first"
    other = re.search(r'href="(\?aan=[^"]+)"', first.content.decode())
    assert other is not None
    assert "Beste Mira" in typed(client.get(f"{address}/brief-kennismaking{other[1]}"))["text"]
    assert client.get(f"{address}/warm-groet").status_code == 404
    assert client.get(f"{address}/afspraken").status_code == 404


def test_the_list_of_quiet_families_leads_to_a_mail_that_is_ready_and_never_the_same_twice(
    purmerend: Municipality, coordinator: User, client_for: Make
) -> None:
    with context.municipality(purmerend):
        row = chain.available_support("Stil")
        SupportFamily.objects.update(
            registered_on=chain.day(-100), approved_on=chain.day(-90), first_contact_on=None
        )
        SupportAdult.objects.update(email="jan@voorbeeld.example")
        page = f"/steungezinnen/{row.pk}/warm-houden"
    client = client_for(purmerend, coordinator)
    suggested = []
    for _time in range(3):
        shown = client.get(page)
        link = re.search(r'href="(/steungezinnen/[^"]+/brief/warm-[^"]+)"', shown.content.decode())
        assert link is not None
        suggested.append(link[1].rpartition("/")[2])
        preview = client.post(link[1], typed(client.get(link[1]), step="preview"))
        assert client.post(link[1], typed(preview, step="send")).status_code == 302
    assert len(set(suggested)) == 3
    client.post(page, {"kind": "visit", "happened_on": chain.day().isoformat(), "text": "Even langs geweest"})
    with context.municipality(purmerend):
        assert DeedDone.objects.count() == 4
        assert len(set(DeedDone.objects.values_list("code", flat=True))) == 4


def test_another_municipality_and_another_role_find_nothing(
    purmerend: Municipality, zaanstad: Municipality, coordinator: User, safeguarding_officer: User,
    other_coordinator: User, client_for: Make, family: str,
) -> None:  # fmt: skip
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/brief-algemeen"
    preview = client.post(address, typed(client.get(address), step="preview"))
    sent = typed(preview, step="send", confidential_to="coordinator")
    preview = client.post(address, sent)
    page = client.post(address, typed(preview, step="send", confidential_to="coordinator"))["Location"]
    assert client.get(page).status_code == 200
    assert client_for(purmerend, safeguarding_officer).get(page).status_code == 404
    assert client_for(purmerend, safeguarding_officer).get(address).status_code == 404
    assert "Een groet" not in text(client_for(purmerend, safeguarding_officer).get(family))
    for where in (page, address):
        assert client_for(zaanstad, other_coordinator).get(where).status_code == 404


# -------------------------------------------------------------------------------------------------- the national texts


def test_every_letter_that_comes_with_the_product_may_be_kept_and_names_no_other_family() -> None:
    assert set(BLANKS_OF_LETTER) == {
        kind for kind in StandardKind.values if kind.startswith(("brief-", "warm-"))
    }
    for kind in BLANKS_OF_LETTER:
        assert problems_of(kind, current_text(kind)) == []
    assert {"kinderen", "vraaggezin", "steungezin"}.isdisjoint(LETTER_BLANKS)


def current_text(kind: str) -> str:
    with context.registry():
        found: str = current(kind).content["text"]
    return found


@pytest.mark.parametrize("wrong", ["Beste {bsn}", "Tot {kennismaking}", "Hallo {", "Dag {}"])
def test_a_word_that_this_letter_does_not_have_is_refused(wrong: str) -> None:
    assert problems_of(StandardKind.LETTER_VISIT, wrong)


def test_what_the_foundation_publishes_is_what_the_next_letter_begins_with(
    purmerend: Municipality, coordinator: User, foundation_user: User, client_for: Make, family: str
) -> None:
    kind = StandardKind.LETTER_WAITING
    national = client_for("landelijk", foundation_user)
    assert "Mails om steungezinnen warm te houden" in text(national.get("/teksten"))
    assert national.post(f"/teksten/{kind}/bewerken", {"text": "Beste {bsn}"}).status_code == 400
    with context.foundation():
        standard_draft_save(
            kind=kind, content={"text": "Dag {voornaam} uit {gemeente}"}, actor=foundation_user
        )
        standard_publish(kind=kind, actor=foundation_user)
    client = client_for(purmerend, coordinator)
    address = f"{family}/brief/{kind}"
    preview = client.post(address, typed(client.get(address), step="preview"))
    assert "Dag Mira uit Purmerend" in text(preview)
    client.post(address, typed(preview, step="send"))
    with context.municipality(purmerend):
        assert Letter.objects.get().text_version == 2
