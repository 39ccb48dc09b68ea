"""Handing out and removing files. Adding one starts at the dossier it belongs to."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from common.errors import Conflict
from common.pages import page, safe_next
from common.permissions import Permission
from core.files.kinds import MEDIA_TYPES
from core.files.selectors import file_for, file_policy, may_open
from core.files.services import file_remove
from core.files.storage import blob_open
from core.files.workflow import FileStatus
from tenants.accounts.models import User
from tenants.audit.services import audit_log


@page(Permission.VIEW_CASES, methods=("GET",))
def download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Hand out a file, always to keep and never to show; that somebody took it is written down."""
    file = file_for(_actor(request), public_id)
    if not may_open(file, file_policy()):
        raise Conflict(
            _("In dit bestand is een virus gevonden. Het kan niet worden geopend.")
            if file.status == FileStatus.BLOCKED
            else _("Dit bestand wordt nog op virussen gecontroleerd. Probeer het straks nog eens.")
        )
    try:
        content = blob_open(file.blob)
    except FileNotFoundError as error:
        raise Conflict(_("De inhoud van dit bestand is er niet meer.")) from error
    audit_log(action="file_downloaded", subject=file, actor=_actor(request))
    response = FileResponse(
        content, as_attachment=True, filename=file.name, content_type=MEDIA_TYPES[file.kind]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@page(Permission.EDIT_CASES, methods=("POST",))
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Remove a file from its dossier."""
    file_remove(file=file_for(_actor(request), public_id, Permission.EDIT_CASES), actor=_actor(request))
    messages.success(request, _("Het bestand is verwijderd."))
    return HttpResponseRedirect(safe_next(request, "/"))


def _actor(request: HttpRequest) -> User:
    actor: User = request.user  # type: ignore[assignment]  # the page's guard let nobody else in
    return actor
