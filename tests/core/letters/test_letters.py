"""Letters and mails: kept as they went, sent once through a real mail server, and told when they do not arrive."""

import io
import os
import re
import signal
import socketserver
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, connections
from django.utils import timezone

from common.errors import InvalidInput
from core.home.letter_services import file_letter_send
from core.home.letters import Desk, Person, desk_of, letter_entries
from core.letters.addresses import token_of
from core.letters.models import DeedDone, Letter, MailDelivery, Topic, Way
from core.letters.selectors import deeds_of, letters_about
from core.letters.services import GIVE_UP_AFTER, LetterData
from core.letters.workflow import DeliveryStatus
from core.tasks.models import Task
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry, Transition
from tenants.jobs import run
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.factories import chain

pytestmark = pytest.mark.urls("config.urls_municipality")
TO = "mira@voorbeeld.example"
TEXT = "Beste Mira,\n\n# Afspraak\n- Woensdag om tien uur\n\nHartelijke groet,\nEls"
DATA = LetterData(
    kind="brief-algemeen", text_version=1, way=Way.MAIL, topic=Topic.APPOINTMENT, text=TEXT, to_name="Mira Jansen",
    to_email=TO,
)  # fmt: skip


def written(actor: User, **changes: Any) -> Letter:
    """Write a letter to an asking family, in the scope that is open."""
    family = chain.waiting_family()
    person = Person(family.pk, "Mira Jansen", "Mira", TO, family)
    return file_letter_send(desk=desk_of(family), person=person, data=replace(DATA, **changes), actor=actor)


def status_of(municipality: Municipality, letter: Letter) -> str:
    with context.municipality(municipality):
        return MailDelivery.objects.get(letter=letter.pk).status


def work(municipality: Municipality) -> list[tuple[str, str, str]]:
    """Return the mails that wait in the outbox."""
    with context.dispatching():
        return [
            (str(entry.pk), entry.job, str(municipality.pk))
            for entry in OutboxEntry.objects.filter(job="core.letters.jobs.send_letter")
        ]


# --------------------------------------------------------------------------------------------------- a real mail server


class _Server(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as a mail needs, and answers what it was told to."""

    allow_reuse_address = True
    daemon_threads = True
    answer: ClassVar[str] = "250 ok"
    taken: ClassVar[list[dict[str, str]]] = []


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 proef")
        taken: dict[str, str] = {}
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == "MAIL":
                taken["from"] = line
            if word == "RCPT":
                taken["to"] = line
                self._say(_Server.answer)
                continue
            if word == "DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline().decode()) != ".\r\n":
                    lines.append(text)
                taken["data"] = "".join(lines)
                _Server.taken.append(taken)
            self._say("221 bye" if word == "QUIT" else "250 ok")
            if word == "QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def server(settings: Any) -> Iterator[type[_Server]]:
    with _Server(("127.0.0.1", 0), _Talk) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.server_address[1]
        _Server.answer, _Server.taken = "250 ok", []
        yield _Server
        running.shutdown()


def test_a_mail_goes_with_an_envelope_of_its_own_and_says_nothing_personal_above_it(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int], server: type[_Server]
) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator)
    assert server.taken == [], "nothing goes before it is committed"
    assert status_of(purmerend, letter) == DeliveryStatus.WAITING
    run_outbox()
    (taken,) = server.taken
    back = re.search(r"<(.+)>", taken["from"])
    assert back is not None
    token = token_of(back[1])
    assert token is not None
    assert len(back[1].split("@")[0]) <= 64
    assert (token.letter_id, token.is_of(purmerend.pk)) == (letter.pk, True)
    assert TO in taken["to"]
    data = taken["data"]
    head = data.split("\r\n\r\n")[0]
    assert "Subject: Onze afspraak" in head
    assert f"Reply-To: {coordinator.email}" in head
    assert f"Message-ID: <{letter.pk}@" in head
    assert "Jansen" not in head
    assert "- Woensdag om tien uur" in data
    assert "<li>Woensdag om tien uur</li>" in data
    assert "http" not in re.sub(r"Message-ID.*", "", data), "nothing is fetched, nothing follows the reader"
    assert status_of(purmerend, letter) == DeliveryStatus.SENT
    with context.municipality(purmerend):
        assert Transition.objects.filter(to_state="sent").count() == 1


def test_a_no_for_good_is_told_at_once_and_a_no_for_now_is_tried_again(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int], server: type[_Server]
) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator)
    server.answer = f"451 {TO} later"
    ((entry, name, place),) = work(purmerend)
    run(entry, name, place)
    assert status_of(purmerend, letter) == DeliveryStatus.WAITING
    assert len(work(purmerend)) == 1, "the work stays in the outbox"
    with context.dispatching():
        assert OutboxEntry.objects.get(pk=entry).last_error == "MailNotTaken"
    server.answer = f"550 5.1.1 {TO} unknown"
    run_outbox()
    assert status_of(purmerend, letter) == DeliveryStatus.FAILED
    with context.municipality(purmerend):
        assert MailDelivery.objects.get().code == "550"
        (task,) = Task.objects.all()
        assert task.title == "De mail aan Mira Jansen kon niet worden verstuurd"
        assert (task.subject_kind, task.subject_id) == ("families.requestingfamily", letter.subject_id)
    assert server.taken == []


def test_an_address_that_cannot_be_written_down_is_a_no_for_good(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int], server: type[_Server]
) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator, to_email="iemand@voorbeeld.example\nBcc: ander@voorbeeld.example")
    run_outbox()
    assert status_of(purmerend, letter) == DeliveryStatus.FAILED
    assert server.taken == []


def test_after_two_days_of_trying_a_person_is_told(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int], settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    with context.municipality(purmerend):
        letter = written(coordinator)
    ((entry, name, place),) = work(purmerend)
    run(entry, name, place)
    assert status_of(purmerend, letter) == DeliveryStatus.WAITING
    later = timezone.now() + GIVE_UP_AFTER
    monkeypatch.setattr("core.letters.services.timezone.now", lambda: later)
    run_outbox()
    assert status_of(purmerend, letter) == DeliveryStatus.FAILED
    with context.municipality(purmerend):
        assert Task.objects.count() == 1


def test_the_log_of_a_refused_mail_names_nobody(
    purmerend: Municipality, coordinator: User, server: type[_Server], log: io.StringIO
) -> None:
    with context.municipality(purmerend):
        written(coordinator)
    server.answer = f"451 {TO} Mira Jansen is busy"
    ((entry, name, place),) = work(purmerend)
    run(entry, name, place)
    said = log.getvalue()
    assert "MailNotTaken" in said
    assert "mira" not in said.lower()


class Deadly(BaseEmailBackend):
    """Hands a mail over and dies before anybody can write that down."""

    place: ClassVar[str] = ""

    def send_messages(self, email_messages: Any) -> int:
        with open(self.place, "a", encoding="utf-8") as kept:  # noqa: PTH123
            kept.writelines(f"{message.extra_headers['Message-ID']}\n" for message in email_messages)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0


def test_a_worker_killed_while_it_sends_leaves_the_work_and_the_second_mail_has_the_same_id(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int], settings: Any, tmp_path: Any
) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Deadly"
    Deadly.place = str(tmp_path / "sent")
    _in_a_process_of_its_own(lambda: run(*work(purmerend)[0]))
    assert status_of(purmerend, letter) == DeliveryStatus.WAITING
    assert len(work(purmerend)) == 1
    settings.EMAIL_BACKEND = usual
    run_outbox()
    assert status_of(purmerend, letter) == DeliveryStatus.SENT
    ids = [*(tmp_path / "sent").read_text().split(), mail.outbox[0].extra_headers["Message-ID"]]
    assert len(ids) == 2
    assert len(set(ids)) == 1, "whoever reads mail sees one"


def _in_a_process_of_its_own(body: Callable[[], None]) -> None:
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # there is no other thread that holds anything
        child = os.fork()
    if child == 0:
        try:
            body()
        finally:
            os._exit(3)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "it was killed"


def test_a_message_that_comes_twice_sends_one_mail(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int]
) -> None:
    with context.municipality(purmerend):
        written(coordinator)
    waiting = work(purmerend)[0]
    run(*waiting)
    run(*waiting)
    run_outbox()
    assert len(mail.outbox) == 1


def test_what_is_rolled_back_is_not_sent(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int]
) -> None:
    with suppress(ZeroDivisionError), context.municipality(purmerend):
        written(coordinator)
        raise ZeroDivisionError
    run_outbox()
    assert mail.outbox == []


# ----------------------------------------------------------------------------------------------------------- services


def test_a_letter_on_paper_has_no_mail(in_purmerend: Municipality, coordinator: User) -> None:
    letter = written(coordinator, way=Way.PAPER, to_address="Dorpsstraat 1\n1441 AB Purmerend")
    assert not MailDelivery.objects.exists()
    assert (letter.to_email, letter.to_address[:12]) == ("", "Dorpsstraat ")
    assert AuditEntry.objects.filter(action="letter_paper", object_id=letter.pk).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to_email": ""}, "way"),
        ({"way": "duif"}, "way"),
        ({"topic": "Over Mira Jansen"}, "topic"),
        ({"kind": "afspraken"}, "kind"),
        ({"text": " \n"}, "text"),
        ({"text": "Tot {huisbezoek}!"}, "text"),
        ({"text": "x" * 12_001}, "text"),
        ({"confidential_to": "iedereen"}, "confidential_to"),
    ],
)
def test_an_impossible_letter_is_refused(
    in_purmerend: Municipality, coordinator: User, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        written(coordinator, **change)
    assert list(refused.value.fields) == [field]
    assert not Letter.objects.exists()


def test_nobody_can_edit_what_was_sent(purmerend: Municipality, coordinator: User) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator, way=Way.PAPER)
        for statement in (
            lambda: Letter.objects.update(text="anders"),
            lambda: Letter.objects.filter(pk=letter.pk).delete(),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), context.atomic():
                statement()


def test_a_confidential_letter_is_for_one_role_and_for_who_wrote_it(
    in_purmerend: Municipality, coordinator: User, deputy: User, safeguarding_officer: User
) -> None:
    letter = written(deputy, confidential_to=safeguarding_officer.role)
    seen = {
        who.role: len(letters_about([letter.subject_id], who))
        for who in (coordinator, deputy, safeguarding_officer)
    }
    assert seen == {coordinator.role: 0, deputy.role: 1, safeguarding_officer.role: 1}


def test_a_mail_to_keep_warm_ends_the_silence_and_the_next_deed_is_another(
    in_purmerend: Municipality, coordinator: User
) -> None:
    family = chain.available_support()
    desk = desk_of(family)
    data = replace(DATA, kind="warm-koffie", topic=Topic.INVITATION)
    file_letter_send(desk=desk, person=desk.people[0], data=data, actor=coordinator)
    assert deeds_of([family.pk]) == {family.pk: ["invite"]}
    assert DeedDone.objects.get().done_on == chain.day()
    note = family.notes.get()
    assert (note.kind, note.happened_on) == ("message", chain.day())


def test_a_letter_about_a_coupling_stands_in_the_file_of_the_family_it_went_to(
    in_purmerend: Municipality, coordinator: User
) -> None:
    coupling = chain.coupled()
    desk: Desk = desk_of(coupling)
    person = next(one for one in desk.people if one.family == coupling.support_family)
    letter = file_letter_send(
        desk=desk, person=person, data=replace(DATA, kind="brief-afscheid"), actor=coordinator
    )
    for about, there in ((coupling, True), (coupling.support_family, True), (coupling.family, False)):
        assert (letters_about([about.pk], coordinator) == [letter]) is there


def test_the_timeline_says_that_a_mail_did_not_arrive(
    purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int]
) -> None:
    with context.municipality(purmerend):
        letter = written(coordinator)
        assert [entry.title for entry in letter_entries([letter])] == ["Mail: Onze afspraak"]
        MailDelivery.objects.update(
            status=DeliveryStatus.BOUNCED, changed_at=timezone.now() + timedelta(minutes=1)
        )
        (found,) = letters_about([letter.subject_id], coordinator)
        titles = [entry.title for entry in letter_entries([found])]
    assert titles == ["Mail: Onze afspraak", "De mail aan Mira Jansen is niet aangekomen"]
    run_outbox()
    assert mail.outbox == [], "what came back already is not sent again"
