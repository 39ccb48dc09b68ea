"""Where a query goes: to the connection of the current scope, if the scope reaches the model's tables at all."""

from typing import Any

from django.conf import settings
from django.db.models import Model
from django_tenants.routers import TenantSyncRouter

from tenants.context import SchemaKind, Scope, WrongScope, current_scope
from tenants.stamps import stamp_of

_REACH: dict[SchemaKind, frozenset[str]] = {
    SchemaKind.REGISTRY: frozenset({"registry"}),
    SchemaKind.MUNICIPALITY: frozenset({"municipality", "registry"}),
    SchemaKind.FOUNDATION: frozenset({"foundation", "releases", "registry"}),
    SchemaKind.RELEASES: frozenset({"releases", "registry"}),
    SchemaKind.AGGREGATION: frozenset({"vault", "registry"}),
    SchemaKind.RELEASING: frozenset({"vault", "releases", "registry"}),
}


class ScopeRouter(TenantSyncRouter):  # type: ignore[misc]  # django-tenants has no types
    """Routes by scope; decides by the kind of schema which tables a migration makes."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """Return the alias of the current scope."""
        return _alias(model, hints)

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Return the alias of the current scope."""
        return _alias(model, hints)

    def allow_relation(self, obj1: Model, obj2: Model, **_hints: Any) -> bool | None:
        """Refuse to relate two rows of different scopes."""
        stamps = {stamp for stamp in (stamp_of(obj1), stamp_of(obj2)) if stamp is not None}
        if len(stamps) > 1:
            message = "Rows of two scopes cannot be related."
            raise WrongScope(message)
        return True if stamps else None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        """Let the owner make the tables of the kind of schema that is being migrated."""
        if db != "owner":
            return False
        allowed: bool | None = super().allow_migrate(db, app_label, model_name, **hints)
        return allowed


def _alias(model: type[Model], hints: dict[str, Any]) -> str:
    scope = current_scope()
    if not _reaches(scope, model):
        message = f"{model._meta.label} has no table within a {scope.kind} scope."  # noqa: SLF001
        raise WrongScope(message)
    instance = hints.get("instance")
    if instance is not None and stamp_of(instance) not in (None, scope.schema):
        message = f"A row of {type(instance).__name__} of another scope was used here."
        raise WrongScope(message)
    return scope.alias


def _reaches(scope: Scope, model: type[Model]) -> bool:
    options = model._meta  # noqa: SLF001
    kinds = settings.SCHEMAS_OF_APP.get(options.app_config.name, frozenset())
    if _REACH[scope.kind] & kinds:
        return True
    # The totals view of a municipality is the only thing of it that the aggregator may read.
    return scope.kind is SchemaKind.AGGREGATION and "municipality" in kinds and not options.managed
