"""What mail servers send back: real reports of several kinds, damaged ones, and what only looks like one."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from core.letters.addresses import return_address, token_of
from core.letters.bounces import read
from core.letters.models import Letter, MailDelivery
from core.letters.workflow import DeliveryStatus
from core.tasks.models import Task
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import Transition
from tenants.municipalities.models import Municipality
from tests.core.letters.test_letters import TO, written

pytestmark = pytest.mark.urls("config.urls_municipality")
POSTFIX = """Return-Path: <>
Delivered-To: {back}
Date: Mon, 23 Nov 2026 09:14:02 +0100 (CET)
From: MAILER-DAEMON@mx.voorbeeld.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {back}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4XYZ12.1732349642/mx.voorbeeld.example"
Message-Id: <20261123081402.4XYZ12@mx.voorbeeld.example>

This is a MIME-encapsulated message.

--4XYZ12.1732349642/mx.voorbeeld.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<{to}>: host mail.voorbeeld.example[192.0.2.4] said: 550 5.1.1 <{to}>:
    Recipient address rejected: User unknown (in reply to RCPT TO command)

--4XYZ12.1732349642/mx.voorbeeld.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.voorbeeld.example
X-Postfix-Queue-ID: 4XYZ12
Arrival-Date: Mon, 23 Nov 2026 09:14:01 +0100 (CET)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {code}
Remote-MTA: dns; mail.voorbeeld.example
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: User unknown

--4XYZ12.1732349642/mx.voorbeeld.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{back}>
Subject: Onze afspraak
To: {to}

--4XYZ12.1732349642/mx.voorbeeld.example--
"""
EXCHANGE = """From: postmaster@outlook.example
To: {back}
Date: Mon, 23 Nov 2026 08:20:00 +0000
Subject: Undeliverable: Onze afspraak
Content-Type: multipart/report; report-type=delivery-status; boundary="_000_x_"
MIME-Version: 1.0

--_000_x_
Content-Type: multipart/alternative; boundary="_001_x_"

--_001_x_
Content-Type: text/plain; charset="us-ascii"

{to} wasn't found.
--_001_x_--

--_000_x_
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01.outlook.example

Final-Recipient: RFC822;{to}
ACTION: Failed (bad address)
STATUS: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--_000_x_
Content-Type: message/rfc822

Subject: Onze afspraak

Beste
--_000_x_--
"""
HOLIDAY = """From: {to}
To: {back}
Subject: Automatisch antwoord: Onze afspraak
Auto-Submitted: auto-replied
Content-Type: text/plain; charset=utf-8

Ik ben er niet tot 5.1.1 januari. Action: failed, Status: 5.0.0
"""
HERE, LETTER = UUID("6f1e6c1e-0000-4000-8000-000000000001"), UUID("6f1e6c1e-0000-4000-8000-000000000002")


def report(text: str = POSTFIX, *, back: str = "", action: str = "failed", code: str = "5.1.1") -> bytes:
    back = back or return_address(municipality_id=HERE, letter_id=LETTER)
    return text.format(back=back, to=TO, action=action, code=code).replace("\n", "\r\n").encode()


# ------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("raw", "final", "code"),
    [
        (report(), True, "5.1.1"),
        (report(EXCHANGE), True, "5.1.10"),
        (report(action="delayed", code="4.4.1"), False, ""),
        (report(action="delivered", code="2.0.0"), False, ""),
        (report(action="relayed", code="2.0.0"), False, ""),
        (report(POSTFIX.replace("Action: {action}\n", "")), True, "5.1.1"),
        (report(POSTFIX.replace("Action: {action}\n", ""), code="4.2.2").replace(b"550 5.1.1", b"450"), False, ""),
        (report(POSTFIX.replace("Status: {code}\n", "")), True, "5.1.1"),
        (report(code="onzin").replace(b"550 5.1.1", b""), True, ""),
        (report(HOLIDAY), False, ""),
        (report(POSTFIX.replace("report-type=delivery-status", "report-type=disposition-notification")), False, ""),
        (report(POSTFIX.replace("message/delivery-status", "text/plain")), False, ""),
        (report()[:1500], True, "5.1.1"),  # cut off in the middle of the report
        (report()[:600], False, ""),
    ],
    ids=["postfix", "exchange", "delayed", "delivered", "relayed", "no action", "no action and not final", "no status",
         "no code", "holiday", "a receipt", "no report in it", "cut off", "cut off early"],
)  # fmt: skip
def test_a_report_says_whether_it_is_final(raw: bytes, final: bool, code: str) -> None:
    found = read(raw)
    assert (found.final, found.code) == (final, code)
    assert [token.letter_id for token in found.tokens] == [LETTER]


def test_the_address_the_server_got_it_for_counts_before_the_headers() -> None:
    other = uuid4()
    found = read(report(), recipient=return_address(municipality_id=HERE, letter_id=other))
    assert [token.letter_id for token in found.tokens] == [other, LETTER]


@given(st.binary(max_size=3000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    read(raw)
    read(report()[:400] + raw + report()[400:])


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=40))
def test_a_damaged_report_is_read_or_left_alone(place: int, damage: bytes) -> None:
    whole = report()
    found = read(whole[:place] + damage + whole[place + len(damage) :])
    assert found.code == "" or found.final


@given(st.text(max_size=120))
def test_no_address_makes_it_fail(address: str) -> None:
    assert token_of(address) is None
    token_of(f"retour+{address}@localhost")


def test_a_token_is_of_one_letter_in_one_municipality_and_survives_a_new_key(settings: Any) -> None:
    address = return_address(municipality_id=HERE, letter_id=LETTER)
    token = token_of(f"<{address.upper()}>")  # servers may change the case
    assert token is not None
    assert token.is_of(HERE)
    assert not token.is_of(UUID(bytes=HERE.bytes[:5] + b"\0" * 11)), "begins alike and is another"
    local, _at, host = address.rpartition("@")
    last = "a" if local[-1] != "a" else "b"
    for wrong in (f"{local[:-1]}{last}@{host}", f"{local[:20]}{last}{local[21:]}@{host}"):
        found = token_of(wrong)
        assert found is None or not found.is_of(HERE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "een andere sleutel"
    assert token.is_of(HERE)
    settings.SECRET_KEY_FALLBACKS = []
    assert not token.is_of(HERE)


# --------------------------------------------------------------------------------------------------------- the command


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a pipe into the command, as a mail server makes it."""

    def pipe(raw: bytes, **options: Any) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        call_command("bounces_read", **options)

    return pipe


@pytest.fixture
def letter(purmerend: Municipality, coordinator: User, run_outbox: Callable[[], int]) -> Letter:
    with context.municipality(purmerend):
        made = written(coordinator)
    run_outbox()
    return made


def test_a_mail_that_came_back_stands_in_the_file_and_on_the_start_page(
    purmerend: Municipality, letter: Letter, piped: Callable[..., None]
) -> None:
    back = return_address(municipality_id=purmerend.pk, letter_id=letter.pk)
    piped(report(back=back, action="delayed", code="4.4.1"))
    with context.municipality(purmerend):
        assert MailDelivery.objects.get().status == DeliveryStatus.SENT
    for _time in range(2):  # servers say it twice
        piped(report(back=back))
    piped(report(back="iemand@elders.example"), recipient=back)
    with context.municipality(purmerend):
        delivery = MailDelivery.objects.get()
        assert (delivery.status, delivery.code) == (DeliveryStatus.BOUNCED, "5.1.1")
        (task,) = Task.objects.all()
        assert task.title == "De mail aan Mira Jansen is niet aangekomen"
        assert task.subject_id == letter.subject_id
        change = Transition.objects.get(to_state="bounced")
        assert (change.actor_name, change.reason) == ("post", "5.1.1")


def test_an_address_that_is_not_ours_changes_nothing_and_is_logged_without_a_name(
    purmerend: Municipality, zaanstad: Municipality, letter: Letter, piped: Callable[..., None],
    log: io.StringIO,
) -> None:  # fmt: skip
    other = return_address(municipality_id=zaanstad.pk, letter_id=letter.pk)
    made_up = return_address(municipality_id=uuid4(), letter_id=letter.pk)
    for back in (other, made_up, "retour+aaaa@localhost", "retour@localhost", "iemand@elders.example"):
        piped(report(back=back))
    piped(b"\xff\x00 geen mail")
    piped(b"")
    with context.municipality(purmerend):
        assert MailDelivery.objects.get().status == DeliveryStatus.SENT
        assert not Task.objects.exists()
    said = log.getvalue()
    assert "bounce_ignored" in said
    assert TO not in said
    assert "Jansen" not in said


def test_a_confidential_letter_is_not_named_on_the_start_page(
    purmerend: Municipality, coordinator: User, piped: Callable[..., None], run_outbox: Callable[[], int]
) -> None:
    with context.municipality(purmerend):
        made = written(coordinator, confidential_to="coordinator")
    run_outbox()
    piped(report(back=return_address(municipality_id=purmerend.pk, letter_id=made.pk)))
    with context.municipality(purmerend):
        assert Task.objects.get().title == "De mail aan iemand in dit dossier is niet aangekomen"


def test_a_database_that_is_away_lets_the_mail_server_try_again(
    purmerend: Municipality, letter: Letter, piped: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_arguments: Any) -> bool:
        raise OperationalError

    monkeypatch.setattr("core.letters.management.commands.bounces_read.mail_bounced", away)
    with pytest.raises(CommandError) as refused:
        piped(report(back=return_address(municipality_id=purmerend.pk, letter_id=letter.pk)))
    assert refused.value.returncode == 75


def test_a_maildir_is_read_once_and_what_must_wait_stays_in_it(
    purmerend: Municipality, zaanstad: Municipality, letter: Letter, tmp_path: Path
) -> None:
    with pytest.raises(CommandError):
        call_command("bounces_read", maildir=tmp_path)
    new, seen = tmp_path / "new", tmp_path / "cur"
    new.mkdir()
    seen.mkdir()
    (new / "1.a").write_bytes(report(back=return_address(municipality_id=zaanstad.pk, letter_id=uuid4())))
    (new / "2.b").write_bytes(report(back=return_address(municipality_id=purmerend.pk, letter_id=letter.pk)))
    (new / "3.c").write_bytes(b"niets")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "core.letters.management.commands.bounces_read.is_behind", lambda one: one.pk == zaanstad.pk
        )
        out = io.StringIO()
        call_command("bounces_read", maildir=tmp_path, stdout=out)
    assert out.getvalue().strip() == "1 teruggekomen mails genoteerd."
    assert sorted(path.name for path in new.iterdir()) == ["1.a"]
    assert sorted(path.name for path in seen.iterdir()) == ["2.b:2,S", "3.c:2,S"]
