"""Writing a letter or mail from a file, seeing it before it goes, and reading what went."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common import pdf
from common.drafts import draft_saved
from common.errors import InvalidInput, NotAllowed
from common.language import written
from common.pages import page, show
from common.permissions import Permission
from core.couplings.selectors import coupling_for
from core.families.action_pages import actor_of, asking, offering, sent
from core.families.guard import BOX
from core.home.forms import LetterForm
from core.home.letter_services import file_letter_send
from core.home.letters import (
    NOT_THERE,
    Desk,
    Person,
    delivery_of,
    desk_of,
    desk_of_letter,
    values_for,
)
from core.letters.kinds import LETTER_KINDS, LetterKind, kinds_for
from core.letters.models import Topic, Way
from core.letters.paper import blocks_of, topic_of
from core.letters.selectors import letter_for
from core.letters.services import LetterData
from core.letters.workflow import KINDS, DeliveryStatus
from tenants.audit.services import audit_log
from tenants.standards.selectors import current
from tenants.standards.wording import filled

# ------------------------------------------------------------------------------------------------------------- writing


@page(Permission.EDIT_CASES, methods=("GET",))
def requesting_letters(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a letter to an asking family."""
    return _choose(request, desk_of(asking(request, public_id)))


@page(Permission.EDIT_CASES, methods=("GET",))
def support_letters(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a letter to a support family."""
    return _choose(request, desk_of(offering(request, public_id)))


@page(Permission.EDIT_CASES, methods=("GET",))
def coupling_letters(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose a letter about a coupling."""
    return _choose(request, desk_of(coupling_for(actor_of(request), public_id, Permission.EDIT_CASES)))


@page(Permission.EDIT_CASES)
def requesting_letter(request: HttpRequest, public_id: UUID, letter_kind: str) -> HttpResponse:
    """Write a letter to an asking family."""
    return _write(request, desk_of(asking(request, public_id)), letter_kind)


@page(Permission.EDIT_CASES)
def support_letter(request: HttpRequest, public_id: UUID, letter_kind: str) -> HttpResponse:
    """Write a letter to a support family."""
    return _write(request, desk_of(offering(request, public_id)), letter_kind)


@page(Permission.EDIT_CASES)
def coupling_letter(request: HttpRequest, public_id: UUID, letter_kind: str) -> HttpResponse:
    """Write a letter to one of the families of a coupling."""
    coupling = coupling_for(actor_of(request), public_id, Permission.EDIT_CASES)
    return _write(request, desk_of(coupling), letter_kind)


def _choose(request: HttpRequest, desk: Desk) -> HttpResponse:
    found = kinds_for(desk.about)
    groups = [
        (
            title,
            [
                (kind.standard.label, desk.write_url(kind.standard.value))
                for kind in found
                if kind.warm is warm
            ],
        )
        for title, warm in ((_("Brieven en mails"), False), (_("Om warm te houden"), True))
    ]
    context = {"desk": desk, "groups": [(title, rows) for title, rows in groups if rows]}
    return show(request, "home/letter_choose.html", context)


def _write(request: HttpRequest, desk: Desk, letter_kind: str) -> HttpResponse:
    kind = LETTER_KINDS.get(letter_kind)
    if kind is None or desk.about not in kind.about:
        raise NotAllowed
    people = desk.people
    person = _chosen(people, request.POST.get("to") or request.GET.get("aan") or "")
    version = current(kind.standard.value)
    form = LetterForm(
        sent(request),
        initial={
            "to": person.key,
            "way": Way.MAIL if person.email else Way.PAPER,
            "topic": kind.topic,
            "text": _begin(request, desk, person, version.content["text"]),
        },
        person=person,
    )
    form.about, form.signed_by = desk.families, actor_of(request).full_name
    seal = ""
    if form.is_bound and form.is_valid():
        seal = _seal(form.cleaned_data, person)
        if request.POST.get("step") == "send" and request.POST.get("seen") == seal:
            data = _data(form.cleaned_data, kind, version.version, person)
            try:
                letter = file_letter_send(desk=desk, person=person, data=data, actor=actor_of(request))
            except InvalidInput as refusal:
                form.add_refusal(refusal)
            else:
                done = (
                    _("De mail gaat nu weg.")
                    if letter.way == Way.MAIL
                    else _("De brief staat klaar om te printen.")
                )
                messages.success(request, done)
                return draft_saved(request, HttpResponseRedirect(reverse("letters:detail", args=[letter.pk])))
    context = {
        "desk": desk,
        "kind": kind.standard,
        "form": form,
        "person": person,
        "careful": getattr(person.family, "safe_contact", ""),
        "others": [(one, f"?aan={one.key}") for one in people if one.key != person.key],
        "preview": _preview(form.cleaned_data, person) if seal and not form.errors else None,
        "seal": seal,
        "changed": request.POST.get("step") == "send",
        # What the privacy guard was told about this very text, for the next time it is sent.
        "kept": [(name, value) for name, value in request.POST.items() if name.startswith(BOX)],
    }
    return show(request, "home/letter_write.html", context, form)


def _chosen(people: list[Person], wanted: str) -> Person:
    """Return who gets it: whom the address names, otherwise the first."""
    return next((person for person in people if str(person.key) == wanted), people[0])


def _begin(request: HttpRequest, desk: Desk, person: Person, text: str) -> str:
    """Return the text to begin with: of the kind, or of a letter that did not arrive."""
    again = request.GET.get("van", "")
    if again and request.method == "GET":
        try:
            earlier = letter_for(actor_of(request), UUID(again), Permission.EDIT_CASES)
        except ValueError as error:
            raise NotAllowed from error
        if earlier.subject_id == desk.subject.pk:
            return earlier.text
    municipality: Any = getattr(request, "municipality", None)
    name = municipality.name if municipality is not None else ""
    return filled(text, values_for(desk, person, actor=actor_of(request), municipality=name)).strip()


def _seal(clean: dict[str, Any], person: Person) -> str:
    """Return a mark of what was shown, and to whom: only what somebody has seen as it goes is sent."""
    whom = {"name": person.name, "email": person.email, "address": person.address}
    shown = {name: str(value) for name, value in clean.items()} | whom
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def _data(clean: dict[str, Any], kind: LetterKind, version: int, person: Person) -> LetterData:
    return LetterData(
        kind=kind.standard.value,
        text_version=version,
        way=clean["way"],
        topic=clean["topic"],
        text=clean["text"],
        to_name=person.name,
        to_email=person.email,
        to_address=person.address,
        confidential_to=clean["confidential_to"],
    )


def _preview(clean: dict[str, Any], person: Person) -> dict[str, Any]:
    mail = clean["way"] == Way.MAIL
    return {
        "mail": mail,
        "to": f"{person.name} ({person.email})" if mail else person.name,
        "address": "" if mail else person.address,
        "topic": Topic(clean["topic"]).label,
        "blocks": blocks_of(clean["text"]),
    }


# ------------------------------------------------------------------------------------------------------------- reading


@page(Permission.VIEW_CASES, methods=("GET",))
def letter_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a letter as it went, and what became of it; that somebody looked is written down."""
    actor = actor_of(request)
    letter = letter_for(actor, public_id)
    desk = desk_of_letter(letter, actor)
    audit_log(action="letter_viewed", subject=letter, actor=actor)
    delivery = delivery_of(letter)
    again = actor.may(Permission.EDIT_CASES) and delivery is not None and delivery.status in NOT_THERE
    person = next((one for one in desk.people if one.name == letter.to_name), None) if again else None
    context = {
        "letter": letter,
        "topic": topic_of(letter),
        "blocks": blocks_of(letter.text),
        "desk": desk,
        "delivery": delivery,
        "status": DeliveryStatus(delivery.status).label if delivery else "",
        "status_kind": KINDS[delivery.status] if delivery else "",
        "pdf_url": reverse("letters:pdf", args=[letter.pk]) if pdf.available() else "",
        "again_url": f"{desk.write_url(letter.kind)}?van={letter.pk}{f'&aan={person.key}' if person else ''}"
        if again
        else "",
    }
    return show(request, "home/letter_detail.html", context)


@page(Permission.VIEW_CASES, methods=("GET",))
def letter_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand out a letter as a PDF that everybody can read, screen readers too."""
    actor = actor_of(request)
    letter = letter_for(actor, public_id)
    desk_of_letter(letter, actor)
    municipality: Any = getattr(request, "municipality", None)
    context = {
        "letter": letter,
        "topic": written(Topic(letter.topic).label),
        "blocks": blocks_of(letter.text),
        "municipality": municipality.name if municipality is not None else "",
    }
    made = pdf.pdf("letters/letter_pdf.html", context)
    audit_log(action="letter_exported", subject=letter, actor=actor, purpose="pdf")
    name = f"brief-{timezone.localdate(letter.written_at).isoformat()}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
