"""How families look in lists and on pages: words and marks, no rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import days_late, listing, long_date, relative_day
from core.families.models import RequestingFamily, SupportedChild
from core.families.selectors import RegistrationRow
from core.families.workflow import RequestingStatus, SupportStatus

LONG_WAIT_DAYS = 60

STATUS_KINDS: dict[str, str] = {
    RequestingStatus.REGISTERED: "attention",
    RequestingStatus.CONTACTED: "info",
    RequestingStatus.INTAKE: "info",
    RequestingStatus.WAITING: "attention",
    RequestingStatus.SUPPORTED: "good",
    RequestingStatus.CLOSED: "neutral",
    SupportStatus.SCREENING: "info",
    SupportStatus.AVAILABLE: "good",
    SupportStatus.PAUSED: "neutral",
    SupportStatus.LEFT: "neutral",
    RequestingStatus.MERGED: "neutral",
}


def child_text(child: SupportedChild) -> str:
    """Return "Sem (4)", or "baby, verwacht op 12 maart 2026"."""
    if child.age is None:
        return _("%(name)s, verwacht op %(day)s") % {"name": child, "day": long_date(child.due_on)}
    return _("%(name)s (%(age)s)") % {"name": child, "age": child.age}


def children_text(children: Iterable[SupportedChild]) -> str:
    """Return all children in one line."""
    return listing(child_text(child) for child in children)


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """A line of the list of registrations."""

    row: RegistrationRow

    @property
    def title(self) -> str:
        """Return who it is about."""
        if self.row.kind == "requesting":
            return _("Gezin %(name)s vraagt steun") % {"name": capfirst(self.row.family.name)}
        return _("Gezin %(name)s wil steungezin zijn") % {"name": capfirst(self.row.family.name)}

    @property
    def meta(self) -> str:
        """Return where they live, when they came and what to mind when calling."""
        family = self.row.family
        parts = [family.place, _("aangemeld %(day)s") % {"day": relative_day(family.registered_on)}]
        if isinstance(family, RequestingFamily):
            parts.append(children_text(family.children.all()))
            if family.safe_contact:
                parts.append(_("bellen: %(how)s") % {"how": family.safe_contact})
        if self.row.to_call:
            parts.append(_("bellen voor %(day)s") % {"day": long_date(family.call_by)})
        return " · ".join(parts)

    @property
    def kind(self) -> str:
        """Return how urgent it is."""
        if not self.row.to_call:
            return ""
        return "late" if days_late(self.row.family.call_by) else "today"

    @property
    def icon(self) -> str:
        """Return the mark of the kind of family."""
        return "family" if self.row.kind == "requesting" else "heart"
