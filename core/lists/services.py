"""Keeping views of lists, and writing down that a list left the house."""

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from core.lists.models import ListName, SavedView
from tenants.accounts.models import User
from tenants.audit.services import audit_log
from tenants.context import atomic

MOST_VIEWS = 12


@atomic()
def view_save(*, list_name: str, name: str, query: str, actor: User) -> SavedView:
    """Keep a view under a name; the same name again takes the place of the first."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(fields={"name": _("Geef de weergave een naam.")})
    mine = SavedView.objects.filter(owner_id=actor.pk, list_name=ListName(list_name))
    found: SavedView | None = mine.alias(small=Lower("name")).filter(small=name.lower()).first()
    if found is None:
        if mine.count() >= MOST_VIEWS:
            raise InvalidInput(
                fields={"name": _("Je hebt al %(n)d weergaven. Haal er eerst een weg.") % {"n": MOST_VIEWS}}
            )
        found = SavedView(owner_id=actor.pk, list_name=ListName(list_name))
    found.name, found.query = name, query
    found.save()
    audit_log(action="list_view_saved", subject=found, actor=actor)
    return found


@atomic()
def view_remove(*, view: SavedView, actor: User) -> None:
    """Forget a view."""
    audit_log(action="list_view_removed", subject=view, actor=actor)
    view.delete()


@atomic()
def export_note(*, list_name: str, kind: str, rows: int, purpose: str, actor: User) -> None:
    """Write down who took which list along, how many rows, and what for."""
    audit_log(
        action="list_exported",
        subject=None,
        actor=actor,
        purpose=f"{list_name}.{kind}, {rows}: {purpose}"[:200],
    )
