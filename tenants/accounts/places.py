"""Where an account lives, as an operator names it on the command line."""

from contextlib import AbstractContextManager

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from tenants import context
from tenants.municipalities.models import Municipality

FOUNDATION = "landelijk"


def scope_of_place(place: str) -> AbstractContextManager[None]:
    """Return the scope of a municipality by the name in its address, or that of the foundation."""
    if place == FOUNDATION:
        return context.foundation()
    with context.registry():
        municipality = Municipality.objects.filter(slug=place).first()
    if municipality is None:
        raise CommandError(_("Deze gemeente bestaat niet."))
    return context.municipality(municipality)
