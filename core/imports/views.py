"""Reading in a list step by step: choose the file, look at the columns, look at the rows, take over, take back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.pages import attempt, page, show
from common.pagination import paginate
from common.permissions import Permission
from core.families.action_pages import actor_of, sent
from core.imports.forms import ColumnsForm, FileForm, StartForm
from core.imports.models import ImportRun
from core.imports.selectors import import_for, imports, progress_of, verdicts_of
from core.imports.services import import_drop, import_map, import_read, import_start, import_undo
from core.imports.workflow import ImportStatus


@page(Permission.EDIT_CASES)
def import_list(request: HttpRequest) -> HttpResponse:
    """Choose a file; below stand the files of before."""
    form = FileForm(sent(request), request.FILES or None)

    def run() -> str:
        chosen = form.cleaned_data["file"]
        made = import_read(
            kind=form.cleaned_data["kind"],
            file_name=chosen.name,
            content=chosen.read(),
            actor=actor_of(request),
        )
        return reverse("imports:columns", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        response = attempt(request, form, run)
        if response:
            return response
    return show(request, "imports/import_list.html", {"form": form, "runs": imports()}, form)


@page(Permission.EDIT_CASES)
def columns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what each column of the file is."""
    run = import_for(actor_of(request), public_id)
    if run.status != ImportStatus.READ:
        return HttpResponseRedirect(_url(run))
    form = ColumnsForm(sent(request), run=run)

    def save() -> str:
        return _url(import_map(run=run, mapping=form.mapping, actor=actor_of(request)))

    if request.method == "POST" and form.is_valid():
        response = attempt(request, form, save)
        if response:
            return response
    return show(request, "imports/columns.html", {"form": form, "run": run}, form)


@page(Permission.EDIT_CASES)
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what would be taken over, how far it is, or what was; and start it."""
    run = import_for(actor_of(request), public_id)
    verdicts = verdicts_of(run)
    wrong = sum(1 for verdict in verdicts if verdict.problems)
    twins = sum(1 for verdict in verdicts if verdict.twin)
    form = StartForm(sent(request), wrong=wrong, twins=twins)

    def start() -> str:
        import_start(
            run=run,
            leave_out=form.cleaned_data.get("leave_out", False),
            twins_too=form.cleaned_data.get("twins_too", False),
            actor=actor_of(request),
        )
        return _url(run)

    if request.method == "POST" and form.is_valid():
        response = attempt(request, form, start)
        if response:
            return response
    context = {
        "run": run,
        "form": form,
        "page": paginate(request, verdicts),
        "wrong": wrong,
        "twins": twins,
        "good": run.total - wrong - twins,
        "so_far": min(progress_of(run.pk), run.total) if run.status == ImportStatus.RUNNING else 0,
        "read": run.status == ImportStatus.READ,
        "running": run.status == ImportStatus.RUNNING,
        "taken_over": run.status == ImportStatus.DONE,
        "undone": run.status == ImportStatus.UNDONE,
        "dropped": run.status == ImportStatus.DROPPED,
    }
    return show(request, "imports/detail.html", context, form)


@page(Permission.EDIT_CASES, methods=("POST",))
def drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Throw away a file of which nothing was taken over."""
    import_drop(run=import_for(actor_of(request), public_id), actor=actor_of(request))
    messages.success(request, _("Het bestand is weggegooid. Er is niets overgenomen."))
    return HttpResponseRedirect(reverse("imports:list"))


@page(Permission.EDIT_CASES)
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask whether it is really meant, then take an import back."""
    run = import_for(actor_of(request), public_id)
    if request.method == "POST":
        import_undo(run=run, actor=actor_of(request))
        messages.success(request, _("De gezinnen uit dit bestand zijn weer weg."))
        return HttpResponseRedirect(_url(run))
    context: dict[str, Any] = {"run": run, "back_url": _url(run)}
    return show(request, "imports/undo.html", context)


def _url(run: ImportRun) -> str:
    return reverse("imports:detail", args=[run.pk])
