"""The exceptions a service raises. Each has a stable code; pages and API translate them once, in `common.problem`."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class NaoberError(Exception):
    """Something the user may be told: a stable code, a message in Dutch and, for forms, a message per field."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "error"
    default_message: ClassVar[Text] = _("Er ging iets mis.")

    def __init__(
        self,
        message: Text | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Text] | None = None,
    ) -> None:
        """Keep what the page or the API needs to explain the refusal."""
        self.code = code or self.default_code
        self.message = message if message is not None else self.default_message
        self.fields: dict[str, Text] = dict(fields or {})
        super().__init__(self.code)


class InvalidInput(NaoberError):
    """What was sent in cannot be used."""

    status = 400
    default_code = "invalid_input"
    default_message = _("Niet alles is goed ingevuld.")


class NotAllowed(NaoberError):
    """The actor may not do this, or the object is not theirs; answered as if it did not exist."""

    status = 404
    default_code = "not_found"
    default_message = _("Deze pagina bestaat niet.")


class ForbiddenTransition(NaoberError):
    """The workflow table does not have this change of state."""

    status = 409
    default_code = "forbidden_transition"
    default_message = _("Dit kan niet in de huidige stand.")


class Conflict(NaoberError):
    """Somebody else was first, or a rule between several things refuses it."""

    status = 409
    default_code = "conflict"
    default_message = _("Dit kan niet (meer): iemand anders heeft dit intussen veranderd.")
