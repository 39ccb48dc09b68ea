"""Reading for the ledger: which CBS code held in a month."""

from datetime import date

from django.db.models import F, Q

from tenants.context import current_scope
from tenants.municipalities.models import MunicipalityCode


def codes_on(day: date) -> list[str]:
    """Return the CBS codes of the programme of this scope that are valid on a day; the present one when none is."""
    codes = MunicipalityCode.objects.filter(municipality=current_scope().tenant_id).order_by(
        F("valid_to").desc(nulls_first=True), "-valid_from", "code"
    )
    valid = [
        entry.code
        for entry in codes.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    ]
    return valid or [entry.code for entry in codes[:1]]


def code_in_month(code: str, month: date) -> str:
    """Return ``code`` if it is valid in the month, else the code that took its place (municipalities merge)."""
    valid = codes_on(month)
    return code if code in valid or not valid else valid[0]
