"""Reading whether the public forms are open."""

from datetime import date

from django.db.models import Q

from core.desk.models import FormClosure, FormKind


def closure_of(kind: FormKind, on: date) -> FormClosure | None:
    """Return why a form is closed on a day; on the day it opens again it is open."""
    return closures(on).get(kind)


def closures(on: date) -> dict[str, FormClosure]:
    """Return the forms that are closed on a day."""
    closed = FormClosure.objects.filter(Q(open_again_on__isnull=True) | Q(open_again_on__gt=on))
    return {found.kind: found for found in closed}
