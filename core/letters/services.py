"""Writing letters, sending mails, and what is done when one does not arrive."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, Text
from core.letters.kinds import LETTER_KINDS
from core.letters.models import DeedDone, Letter, LetterReader, MailDelivery, Topic, Way
from core.letters.paper import mail_of
from core.letters.workflow import ALLOWED, DeliveryStatus
from core.tasks.services import task_add
from tenants.accounts.models import Actor, User
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic, current_scope
from tenants.jobs import enqueue_by_name
from tenants.models import ScopedModel
from tenants.standards.wording import BLANK, LONGEST

SEND: Final = "core.letters.jobs.send_letter"
# As long as a mail server itself keeps trying; after that a person has to know.
GIVE_UP_AFTER: Final = timedelta(days=2)
_FOR_GOOD: Final = range(500, 600)


class MailNotTaken(Exception):
    """The mail server does not take a mail now. It says no more: a server's own words hold addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterData:
    """What somebody wrote, and to whom."""

    kind: str
    text_version: int
    way: str
    topic: str
    text: str
    to_name: str
    to_email: str = ""
    to_address: str = ""
    confidential_to: str = ""


@atomic()
def letter_send(*, subject: ScopedModel, family: ScopedModel, data: LetterData, actor: Actor) -> Letter:
    """Keep a letter with the file as it is; a mail goes out when this is committed, and no sooner."""
    if problems := _problems(data):
        raise InvalidInput(fields=problems)
    letter = Letter.objects.create(
        subject_kind=subject._meta.label_lower,  # noqa: SLF001  (Django's documented way)
        subject_id=subject.pk,
        family_id=family.pk,
        kind=data.kind,
        text_version=data.text_version,
        way=data.way,
        topic=data.topic,
        to_name=data.to_name,
        to_email=data.to_email if data.way == Way.MAIL else "",
        to_address=data.to_address if data.way == Way.PAPER else "",
        text=data.text,
        confidential_to=data.confidential_to,
        written_at=timezone.now(),
        written_by=actor.full_name,
        written_by_id=actor.id,
    )
    audit_log(action=f"letter_{data.way}", subject=letter, actor=actor, purpose=str(subject.pk))
    if data.way == Way.MAIL:
        MailDelivery.objects.create(letter=letter, changed_at=letter.written_at)
        enqueue_by_name(SEND, letter_id=str(letter.pk))
    return letter


@atomic()
def mail_send(*, delivery: MailDelivery, actor: Actor) -> None:
    """Hand a mail to the mail server, as the last thing: whatever goes wrong before it, nothing was sent.

    A no for good is written down. A no for now raises, so that the work stays in the outbox and is tried again.
    """
    locked = _locked().get(pk=delivery.pk)
    if locked.status != DeliveryStatus.WAITING:
        return
    letter = locked.letter
    tenant = current_scope().tenant_id
    if tenant is None:
        raise MailNotTaken("no municipality")
    writer = User.objects.filter(pk=letter.written_by_id, is_active=True).first()
    message = mail_of(letter, municipality_id=tenant, answer_to=writer.email if writer else "")
    code = ""
    try:
        with atomic():
            _now(locked, DeliveryStatus.SENT, actor)
            message.send()
    except (SMTPException, OSError, ValueError) as error:
        final, code = _answer(error)
        if not final and timezone.now() - letter.written_at < GIVE_UP_AFTER:
            raise MailNotTaken(code or type(error).__name__) from None
    else:
        return
    locked.refresh_from_db()
    _now(locked, DeliveryStatus.FAILED, actor, code=code)
    _tell(letter, _("De mail aan %(name)s kon niet worden verstuurd"), actor)


@atomic()
def mail_bounced(*, letter_id: UUID, code: str, actor: Actor) -> bool:
    """Note that a mail came back, and put it on the list of the coordinator. Once: servers say it twice."""
    delivery = _locked().filter(letter=letter_id).first()
    if delivery is None or DeliveryStatus.BOUNCED not in ALLOWED[delivery.status]:
        return False
    _now(delivery, DeliveryStatus.BOUNCED, actor, code=code)
    _tell(delivery.letter, _("De mail aan %(name)s is niet aangekomen"), actor)
    return True


@atomic()
def deed_note(*, family: ScopedModel, code: str, done_on: date, actor: Actor) -> DeedDone:
    """Remember which small deed was done, so that another one is suggested next time."""
    return DeedDone.objects.create(family_id=family.pk, code=code, done_on=done_on, done_by=actor.full_name)


def _locked() -> "QuerySet[MailDelivery]":
    return MailDelivery.objects.select_for_update(of=("self",)).select_related("letter")


def _problems(data: LetterData) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if data.kind not in LETTER_KINDS:
        found["kind"] = _("Deze brief bestaat niet.")
    if data.topic not in Topic.values:
        found["topic"] = _("Kies een onderwerp uit de lijst.")
    if data.way not in Way.values or (data.way == Way.MAIL and not data.to_email):
        found["way"] = _("Van deze persoon hebben wij geen e-mailadres.")
    if data.confidential_to and data.confidential_to not in LetterReader.values:
        found["confidential_to"] = _("Kies uit de lijst wie dit mag lezen.")
    if not data.text.strip() or len(data.text) > LONGEST:
        found["text"] = _("Schrijf een brief van hoogstens %(most)d tekens.") % {"most": LONGEST}
    elif left := BLANK.findall(data.text):
        found["text"] = _("Er staat nog {%(blank)s} in de tekst. Vul het in of haal het weg.") % {
            "blank": left[0][:40]
        }
    return found


def _now(delivery: MailDelivery, status: DeliveryStatus, actor: Actor, *, code: str = "") -> None:
    at: datetime = timezone.now()
    change_state(delivery, status, allowed=ALLOWED, actor=actor, reason=code)
    delivery.changed_at, delivery.code = at, code
    delivery.save(update_fields=["changed_at", "code"])


def _answer(error: Exception) -> tuple[bool, str]:
    """Return whether a mail server said no for good, and its code; no words of its own."""
    if isinstance(error, ValueError):  # an address or header that cannot be written down will never be
        return True, ""
    if isinstance(error, SMTPRecipientsRefused):
        codes = [answer[0] for answer in error.recipients.values()]
        return bool(codes) and all(code in _FOR_GOOD for code in codes), str(codes[0]) if codes else ""
    if isinstance(error, SMTPResponseException):
        return False, str(error.smtp_code)
    return False, ""


def _tell(letter: Letter, title: Text, actor: Actor) -> None:
    """Put it on the start page; of a letter that not everybody may read, without a name."""
    name = _("iemand in dit dossier") if letter.confidential_to else letter.to_name[:120]
    subject = apps.get_model(letter.subject_kind)._default_manager.filter(pk=letter.subject_id).first()  # noqa: SLF001
    task_add(
        title=str(title % {"name": name}),
        reason=str(_("Klopt het e-mailadres nog? Bel even, of stuur een brief op papier.")),
        due_on=timezone.localdate(),
        subject=subject,
        actor=actor,
    )
