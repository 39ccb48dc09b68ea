"""The owner's connection: django-tenants' own, which migrations and provisioning need, behind the lock wall."""

from django_tenants.postgresql_backend import base as django_tenants_base

from tenants.database.lockwall import LockWall


class DatabaseWrapper(LockWall, django_tenants_base.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no types
    """The owner may work in any schema, in a few of them per transaction."""
