"""Names in PostgreSQL. Roles are shared by all databases of a server, so their names carry the database's."""

import hashlib
from typing import Final

PUBLIC: Final = "public"
FOUNDATION: Final = "foundation"
VAULT: Final = "vault"
RELEASES: Final = "releases"
TEMPLATE: Final = "template_municipality"
MUNICIPALITY: Final = "m_"
"""How the name of the schema of a municipality begins."""

LOGINS: Final = ("web", "shared_web", "aggregator", "releaser", "backup")
# The alias in DATABASES that goes with a login; `backup` is for the operator's tools and has none.
ALIAS_OF_LOGIN: Final = {
    "web": "default",
    "shared_web": "national",
    "aggregator": "aggregator",
    "releaser": "releaser",
    "owner": "owner",
}
_LONGEST = 63


def role_name(database: str, suffix: str) -> str:
    """Return the name of a role of this database; too long a database name is cut and told apart by a hash."""
    name = f"{database}_{suffix}"
    if len(name.encode()) <= _LONGEST:
        return name
    mark = hashlib.sha256(database.encode()).hexdigest()[:8]
    room = _LONGEST - len(suffix) - len(mark) - 2
    return f"{database.encode()[:room].decode(errors='ignore')}_{mark}_{suffix}"
