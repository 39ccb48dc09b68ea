"""Comparing the schemas of municipalities with the template: every night, and when an operator asks."""

import structlog
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenants.context import current_scope
from tenants.database import catalogue, names
from tenants.municipalities.models import Likeness, Municipality, SchemaCheck, SchemaScript

_log = structlog.get_logger(__name__)
_KEPT = 50
_SORTS = {
    "relations": _lazy("tabel of view"),
    "columns": _lazy("kolom"),
    "constraints": _lazy("regel"),
    "indexes": _lazy("index"),
    "triggers": _lazy("trigger"),
    "functions": _lazy("functie"),
    "views": _lazy("inhoud van de view"),
    "sequences": _lazy("reeks"),
    "types": _lazy("type"),
    "policies": _lazy("beleid"),
    "grants": _lazy("recht"),
}
_HOW = {
    "missing": _lazy("ontbreekt hier"),
    "extra": _lazy("staat niet in het sjabloon"),
    "other": _lazy("is anders dan in het sjabloon"),
}


def schema_check(municipality: Municipality) -> SchemaCheck:
    """Compare one municipality with the template, note it and raise the alarm. With the login of the open scope."""
    alias = current_scope().alias
    latest = SchemaScript.objects.aggregate(version=Max("version"))["version"] or 0
    found: list[str] = []
    state = Likeness.BEHIND
    if municipality.schema_version >= latest:
        state = Likeness.EQUAL
        schema = municipality.schema_name
        # Two fingerprints are quicker than a list of differences, and nearly always enough.
        practice = municipality.is_practice
        prints = {catalogue.fingerprint(one, alias, practice=practice) for one in (schema, names.TEMPLATE)}
        if len(prints) > 1:
            state = Likeness.DIFFERS
            found = [
                _told(*what)
                for what in catalogue.differences(schema, names.TEMPLATE, alias, practice=practice)
            ]
            found = found or [_("de kolommen staan in een andere volgorde")]
            _log.error("schema_differs", municipality_id=str(municipality.pk), differences=len(found))
    if len(found) > _KEPT:
        found = [*found[:_KEPT], _("en nog %(count)s") % {"count": len(found) - _KEPT}]
    check = SchemaCheck(municipality=municipality, state=state, differences=found)
    SchemaCheck.objects.bulk_create(
        [check],
        update_conflicts=True,
        unique_fields=["municipality"],
        update_fields=["state", "differences", "checked_at"],
    )
    return check


def _told(sort: str, name: str, how: str) -> str:
    """Return one difference as a line: "kolom tasks_task.extra: staat niet in het sjabloon"."""
    return f"{_SORTS[sort]} {name}: {_HOW[how]}"
