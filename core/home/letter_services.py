"""Sending a letter from a file: a small deed that it is counts as one."""

from django.utils import timezone
from django.utils.text import capfirst

from core.families.models import ContactNote
from core.families.record_services import note_add
from core.home.deeds import BY_KIND
from core.home.letters import Desk, Person
from core.letters.models import Letter
from core.letters.services import LetterData, deed_note, letter_send
from tenants.accounts.models import Actor
from tenants.context import atomic


@atomic()
def file_letter_send(*, desk: Desk, person: Person, data: LetterData, actor: Actor) -> Letter:
    """Send a letter; one to keep a support family warm ends its silence, and the next deed is another."""
    letter = letter_send(subject=desk.subject, family=person.family, data=data, actor=actor)
    deed = BY_KIND.get(data.kind)
    if deed is not None:
        today = timezone.localdate()
        deed_note(family=person.family, code=deed.code, done_on=today, actor=actor)
        note_add(
            family=person.family,
            kind=ContactNote.Kind.MESSAGE,
            happened_on=today,
            text=capfirst(str(deed.short)),
            confidential_to=data.confidential_to,
            actor=actor,
        )
    return letter
