"""Cache keys carry the schema, so that a value of one municipality is a miss in every other."""

from tenants.context import current_scope


def key_of_scope(key: str, key_prefix: str, version: int) -> str:
    """Return the key as the cache server sees it; without a scope there is none."""
    return f"{key_prefix}:{current_scope().schema}:{version}:{key}"
