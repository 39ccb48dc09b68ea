"""Sessions stand in the schema of the host and carry its name; one that carries another's is refused."""

from typing import Any

from django.contrib.sessions.backends import db

from tenants.context import current_scope

_KEY = "_schema"


class SessionStore(db.SessionStore):
    """Django's database sessions, bound to a scope."""

    def load(self) -> dict[str, Any]:
        """Return the data, or an empty session when it belongs to another schema."""
        data = super().load()
        if data and data.get(_KEY) != current_scope().schema:
            self._session_key = None
            return {}
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Write the name of the schema along with the data."""
        return super().create_model_instance({**data, _KEY: current_scope().schema})
