"""Small pages for one action on a family: the first talk, notes, consents, people, pausing."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.forms import NaoberForm
from common.pages import page
from common.permissions import Permission
from core.families.action_pages import (
    ActionPage,
    action_page,
    actor_of,
    asking,
    file_page,
    in_turn,
    offering,
    sent,
)
from core.families.forms import DayForm
from core.families.models import AnyFamily, Consent, ContactNote
from core.families.record_forms import (
    ConsentForm,
    ContactedForm,
    NoteForm,
    PauseForm,
    ReminderForm,
    SensitiveNoteForm,
)
from core.families.record_services import (
    consent_give,
    consent_withdraw,
    note_add,
    note_pin,
    note_unpin,
    sensitive_note_write,
)
from core.families.selectors import (
    consent_for,
    note_for,
)
from core.families.services import (
    family_contacted,
    support_family_pause,
    support_family_resume,
    support_family_return,
)
from core.tasks.services import task_add
from tenants.context import atomic

# ------------------------------------------------------------------------------------------------ talks and notes


@page(Permission.EDIT_CASES)
def requesting_contacted(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down the first talk with an asking family."""
    return _contacted(request, asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_contacted(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down the first talk with a support family."""
    return _contacted(request, offering(request, public_id))


def _contacted(request: HttpRequest, family: AnyFamily) -> HttpResponse:
    form = ContactedForm(sent(request), label=_("Gebeld op"))

    @atomic()
    def run() -> None:
        clean = form.cleaned_data
        family_contacted(family=family, contacted_on=clean["day"], actor=actor_of(request))
        if clean["text"]:
            note_add(
                family=family,
                kind=ContactNote.Kind.CALL,
                happened_on=clean["day"],
                text=clean["text"],
                actor=actor_of(request),
            )

    words = file_page(
        family,
        title=_("Gebeld"),
        lead=_("Leg vast dat je dit gezin hebt gesproken. Daarna kun je het huisbezoek plannen."),
        submit=_("Vastleggen dat er is gebeld"),
        done=_("Vastgelegd dat er is gebeld."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def requesting_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a note to the file of an asking family."""
    return _note(request, asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add a note to the file of a support family."""
    return _note(request, offering(request, public_id))


def _note(request: HttpRequest, family: AnyFamily) -> HttpResponse:
    form = NoteForm(sent(request))

    @atomic()
    def run() -> None:
        clean = form.cleaned_data
        note = note_add(
            family=family,
            kind=clean["kind"],
            happened_on=clean["day"],
            text=clean["text"],
            confidential_to=clean["confidential_to"],
            actor=actor_of(request),
        )
        if clean["pinned"]:
            note_pin(note=note, actor=actor_of(request))

    words = file_page(
        family, title=_("Notitie toevoegen"), submit=_("Notitie bewaren"), done=_("De notitie is bewaard.")
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES, methods=("POST",))
def note_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a note on top of the file."""
    note = note_for(actor_of(request), public_id)
    words = _pin_words(note, _("De notitie staat bovenaan."))
    return _at_once(request, words, lambda: note_pin(note=note, actor=actor_of(request)))


@page(Permission.EDIT_CASES, methods=("POST",))
def note_down(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a note down from the top of the file."""
    note = note_for(actor_of(request), public_id)
    words = _pin_words(note, _("De notitie staat niet meer bovenaan."))
    return _at_once(request, words, lambda: note_unpin(note=note, actor=actor_of(request)))


def _pin_words(note: ContactNote, done: str) -> ActionPage:
    return file_page(_family_of(note), title=_("Notitie"), submit=_("Bewaren"), done=done)


@page(Permission.EDIT_CASES)
def requesting_reminder(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put something about an asking family on the list of things to do."""
    return _reminder(request, asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_reminder(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put something about a support family on the list of things to do."""
    return _reminder(request, offering(request, public_id))


def _reminder(request: HttpRequest, family: AnyFamily) -> HttpResponse:
    form = ReminderForm(sent(request), label=_("Uiterlijk"))
    form.order_fields(["title", "day"])

    def run() -> None:
        clean = form.cleaned_data
        task_add(
            title=clean["title"],
            reason=capfirst(str(family)),
            due_on=clean["day"],
            subject=family,
            actor=actor_of(request),
        )

    words = file_page(
        family,
        title=_("Herinnering toevoegen"),
        lead=_("Op die dag staat het op je lijst bij Vandaag."),
        submit=_("Herinnering bewaren"),
        done=_("De herinnering staat op je lijst."),
    )
    return action_page(request, words, form, run)


# --------------------------------------------------------------------------------------------------------- consents


@page(Permission.EDIT_CASES)
def requesting_consent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record a consent of an asking family."""
    return _consent(request, asking(request, public_id))


@page(Permission.EDIT_CASES)
def support_consent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Record a consent of a support family."""
    return _consent(request, offering(request, public_id))


def _consent(request: HttpRequest, family: AnyFamily) -> HttpResponse:
    form = ConsentForm(sent(request), label=_("Toestemming gegeven op"))
    form.order_fields(["group", "day", "note"])

    def run() -> None:
        clean = form.cleaned_data
        consent_give(
            family=family,
            group=clean["group"],
            given_on=clean["day"],
            note=clean["note"],
            actor=actor_of(request),
        )

    words = file_page(
        family,
        title=_("Toestemming vastleggen"),
        lead=_(
            "Gezondheid, geloof, herkomst en jeugdhulp mag je alleen bewaren als het gezin dat goedvindt. "
            "Het gezin kan dat altijd intrekken."
        ),
        submit=_("Toestemming vastleggen"),
        done=_("De toestemming is vastgelegd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def consent_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change the note that a consent allows."""
    consent = consent_for(actor_of(request), public_id)
    family = _family_of(consent)
    in_turn(request, family, consent)
    form = SensitiveNoteForm(sent(request), consent=consent)

    def run() -> None:
        sensitive_note_write(
            family=family, group=consent.group, note=form.cleaned_data["note"], actor=actor_of(request)
        )

    words = file_page(
        family,
        title=capfirst(str(consent.get_group_display())),
        submit=_("Bewaren"),
        done=_("De aantekening is bewaard."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def consent_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Withdraw a consent."""
    consent = consent_for(actor_of(request), public_id)
    family = _family_of(consent)
    in_turn(request, family, consent)
    form = DayForm(sent(request), label=_("Ingetrokken op"))

    def run() -> None:
        consent_withdraw(consent=consent, withdrawn_on=form.cleaned_data["day"], actor=actor_of(request))

    words = file_page(
        family,
        title=_("Toestemming intrekken"),
        lead=_(
            "De aantekening over %(group)s wordt meteen gewist. Dat er toestemming was en wanneer, blijft staan."
        )
        % {"group": consent.get_group_display()},
        submit=_("Toestemming intrekken"),
        done=_("De toestemming is ingetrokken en de aantekening is gewist."),
        danger=True,
    )
    return action_page(request, words, form, run)


def _family_of(row: Consent | ContactNote) -> AnyFamily:
    family = row.requesting_family or row.support_family
    if family is None:
        message = "A row without a family: the constraint forbids it."
        raise LookupError(message)
    return family


# ------------------------------------------------------------------------------------------- support families: pausing


@page(Permission.EDIT_CASES)
def support_pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let a support family rest."""
    family = offering(request, public_id)
    form = PauseForm(sent(request))

    def run() -> None:
        clean = form.cleaned_data
        support_family_pause(
            family=family, until=clean["until"], reason=clean["reason"], actor=actor_of(request)
        )

    words = file_page(
        family,
        title=_("Even niet"),
        lead=_(
            "Dit steungezin wordt niet voorgesteld tot je het weer beschikbaar maakt. Lopende koppelingen gaan door."
        ),
        submit=_("Even niet voorstellen"),
        done=_("Dit steungezin wordt even niet voorgesteld."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES, methods=("POST",))
def support_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a support family available again."""
    family = offering(request, public_id)
    words = file_page(
        family,
        title=_("Weer beschikbaar"),
        submit=_("Weer beschikbaar maken"),
        done=_("Dit steungezin is weer beschikbaar."),
    )
    return _at_once(request, words, lambda: support_family_resume(family=family, actor=actor_of(request)))


@page(Permission.EDIT_CASES)
def support_return(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take up contact again with a support family that had stopped."""
    family = offering(request, public_id)
    form = DayForm(sent(request), label=_("Gesproken op"))

    def run() -> None:
        support_family_return(family=family, contacted_on=form.cleaned_data["day"], actor=actor_of(request))

    words = file_page(
        family,
        title=_("Opnieuw contact"),
        lead=_("Dit gezin wil weer steungezin zijn. Huisbezoek, referenties en VOG kijk je opnieuw na."),
        submit=_("Contact vastleggen"),
        done=_("Het contact is vastgelegd."),
    )
    return action_page(request, words, form, run)


def _at_once(request: HttpRequest, words: ActionPage, run: Callable[[], object]) -> HttpResponse:
    """Run an action that needs no answer from the person; a refusal is shown on a page of its own."""
    return action_page(request, words, NaoberForm(request.POST), run)
