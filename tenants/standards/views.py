"""Pages of the foundation for the texts that every municipality uses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.language import written
from common.pages import attempt, page, show
from common.permissions import Permission
from tenants.accounts.models import User
from tenants.standards import selectors
from tenants.standards.defaults import SUBJECTS
from tenants.standards.forms import ExtraQuestions, QuestionTextsForm, TextForm, WeighingForm, extras_of
from tenants.standards.letters import BLANKS_OF_LETTER
from tenants.standards.models import StandardKind
from tenants.standards.questions import QuestionKind
from tenants.standards.selectors import Version
from tenants.standards.services import standard_draft_drop, standard_draft_save, standard_publish
from tenants.standards.weighing import weighing_lines, weighing_of
from tenants.standards.wording import blanks_of, blocks


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]
    return actor


def _url(kind: StandardKind) -> str:
    return reverse("standards:detail", args=[kind.value])


@page(Permission.EDIT_STANDARDS, methods=("GET",))
def standard_list(request: HttpRequest) -> HttpResponse:
    """Show every national text with the version that counts."""
    found = selectors.overview()
    groups = [
        (title, [one for one in found if belongs(one[0].value)])
        for title, belongs in (
            (_("Afspraken"), lambda code: code.startswith("afspraken")),
            (_("Intake"), lambda code: code in SUBJECTS),
            (_("Matchen"), lambda code: code == StandardKind.WEIGHING),
            (_("Brieven en mails"), lambda code: code.startswith("brief-")),
            (_("Mails om steungezinnen warm te houden"), lambda code: code.startswith("warm-")),
        )
    ]
    return show(request, "standards/list.html", {"groups": groups})


@page(Permission.EDIT_STANDARDS, methods=("GET",))
def standard_detail(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the version that counts, the next one if it is being written, and those before."""
    found = selectors.kind_for(kind)
    versions = selectors.history(found)
    wanted = request.GET.get("versie", "")
    shown = next((one for one in versions if str(one.version) == wanted), versions[0])
    draft = selectors.draft(found)
    context = {
        "kind": found,
        "shown": _shown(shown),
        "draft": _shown(draft) if draft else None,
        "versions": versions,
        "current": versions[0],
    }
    return show(request, "standards/detail.html", context)


@page(Permission.EDIT_STANDARDS)
def standard_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the next version."""
    found = selectors.kind_for(kind)
    base = selectors.draft(found) or selectors.current(found)
    if found == StandardKind.WEIGHING:
        return _edit_weighing(request, found, base)
    edit = _edit_questions if found in SUBJECTS else _edit_text
    return edit(request, found, base)


@page(Permission.EDIT_STANDARDS, methods=("POST",))
def standard_publish_now(request: HttpRequest, kind: str) -> HttpResponse:
    """Put the next version in use."""
    found = selectors.kind_for(kind)
    standard_publish(kind=found, actor=_actor(request))
    messages.success(
        request, _("De nieuwe versie is gepubliceerd. Wat al was vastgelegd, houdt de oude tekst.")
    )
    return HttpResponseRedirect(_url(found))


@page(Permission.EDIT_STANDARDS, methods=("POST",))
def standard_drop(request: HttpRequest, kind: str) -> HttpResponse:
    """Throw the next version away."""
    found = selectors.kind_for(kind)
    standard_draft_drop(kind=found, actor=_actor(request))
    messages.success(request, _("De nieuwe versie is weggegooid."))
    return HttpResponseRedirect(_url(found))


def _edit_text(request: HttpRequest, kind: StandardKind, base: Version) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = TextForm(data, kind=kind, initial=base.content)

    def save() -> str:
        standard_draft_save(kind=kind, content=form.content(), actor=_actor(request))
        return _url(kind)

    if data is not None and form.is_valid() and (done := attempt(request, form, save, done=_("Bewaard."))):
        return done
    context = {
        "kind": kind,
        "form": form,
        "blanks": list(blanks_of(kind).items()),
        "letter": kind.value in BLANKS_OF_LETTER,
        "back_url": _url(kind),
    }
    return show(request, "standards/edit_text.html", context, form)


def _edit_questions(request: HttpRequest, kind: StandardKind, base: Version) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = QuestionTextsForm(data, kind=kind, questions=base.content["questions"])
    extras = ExtraQuestions(data, prefix="extra", initial=base.content["extra"])

    def save() -> str:
        content = {"questions": form.questions(), "extra": extras_of(extras)}
        standard_draft_save(kind=kind, content=content, actor=_actor(request))
        return _url(kind)

    if extras.button_pressed:
        form.show_typed()
    elif (
        data is not None
        and form.is_valid() & extras.is_valid()
        and (done := attempt(request, form, save, done=_("Bewaard.")))
    ):
        return done
    context = {"kind": kind, "form": form, "extras": extras, "back_url": _url(kind)}
    return show(request, "standards/edit_questions.html", context, form, extras)


def _edit_weighing(request: HttpRequest, kind: StandardKind, base: Version) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = WeighingForm(data, weighing=weighing_of(base.content))

    def save() -> str:
        standard_draft_save(kind=kind, content=form.weighing().as_kept(), actor=_actor(request))
        return _url(kind)

    if data is not None and form.is_valid() and (done := attempt(request, form, save, done=_("Bewaard."))):
        return done
    context = {"kind": kind, "form": form, "back_url": _url(kind)}
    return show(request, "standards/edit_weighing.html", context, form)


def _shown(version: Version) -> dict[str, Any]:
    """Return a version as the page shows it: the text with examples, the questions per subject, or the points."""
    kind = StandardKind(version.kind)
    shown: dict[str, Any] = {"version": version}
    if kind == StandardKind.WEIGHING:
        shown["weighing"] = weighing_lines(weighing_of(version.content))
    elif kind in SUBJECTS:
        known = {one["code"]: one for one in version.content["questions"]}
        shown["subjects"] = [
            (title, [known[code] for code, _label, _hint in asked if code in known])
            for _code, title, asked in SUBJECTS[kind]
        ]
        shown["extras"] = [
            {**one, "kind": QuestionKind(one["kind"]).label} for one in version.content["extra"]
        ]
    else:
        examples = {blank: written(example) for blank, (_label, example) in blanks_of(kind).items()}
        shown["blocks"] = blocks(version.content["text"], examples)
    return shown
