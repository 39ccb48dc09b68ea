"""Closing and opening the public forms."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, Text
from core.desk.models import FormClosure, FormKind
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic


@atomic()
def form_close(*, kind: FormKind, text: str, open_again_on: date | None = None, actor: Actor) -> FormClosure:
    """Close a public form, or change its text or day."""
    today = timezone.localdate()
    problems: dict[str, Text] = {}
    if not text.strip():
        problems["text"] = _("Schrijf op wat mensen dan kunnen doen.")
    if open_again_on is not None and open_again_on <= today:
        problems["open_again_on"] = _("Kies een dag na vandaag.")
    if problems:
        raise InvalidInput(fields=problems)
    closure, _made = FormClosure.objects.update_or_create(
        kind=kind,
        defaults={
            "text": text.strip(),
            "closed_on": today,
            "open_again_on": open_again_on,
            "closed_by": actor.full_name,
        },
    )
    audit_log(action="form_closed", subject=closure, actor=actor, purpose=str(kind))
    return closure


@atomic()
def form_open(*, kind: FormKind, actor: Actor) -> None:
    """Open a public form again; opening an open one changes nothing."""
    for closure in FormClosure.objects.select_for_update().filter(kind=kind):
        audit_log(action="form_opened", subject=closure, actor=actor, purpose=str(kind))
        closure.delete()
