"""The only state machine code: a workflow is a table of allowed changes, and this looks a change up in it."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from django.utils.translation import gettext as _

from common.errors import ForbiddenTransition

WorkflowTable = Mapping[str, AbstractSet[str]]


def check(table: WorkflowTable, old: str, new: str) -> None:
    """Raise `ForbiddenTransition` unless the table allows the change from `old` to `new`."""
    if new not in table.get(old, frozenset()):
        labels = {str(state): getattr(state, "label", state) for state in table}
        raise ForbiddenTransition(
            _("Dit kan niet: het staat nu op “%(old)s” en kan niet naar “%(new)s”.")
            % {"old": labels.get(old, old), "new": labels.get(new, new)}
        )
