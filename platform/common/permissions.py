"""Roles and permissions are enums in code: no tables, no ties to content types, one table that says who may what."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is; a person has one role in one municipality, or at the foundation."""

    COORDINATOR = "coordinator"
    DEPUTY = "deputy"
    SAFEGUARDING_OFFICER = "safeguarding_officer"
    FOUNDATION_STAFF = "foundation_staff"


class Permission(StrEnum):
    """What somebody may do. Views and access functions ask for one of these, never for a role."""

    EDIT_CASES = "edit_cases"
    VIEW_CASES = "view_cases"
    VIEW_NATIONAL = "view_national"
    EDIT_STANDARDS = "edit_standards"
    HANDLE_CONCERNS = "handle_concerns"
    OVERSEE_CONCERNS = "oversee_concerns"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.COORDINATOR: frozenset({Permission.EDIT_CASES, Permission.VIEW_CASES, Permission.HANDLE_CONCERNS}),
    Role.DEPUTY: frozenset({Permission.EDIT_CASES, Permission.VIEW_CASES, Permission.HANDLE_CONCERNS}),
    Role.SAFEGUARDING_OFFICER: frozenset(
        {Permission.VIEW_CASES, Permission.HANDLE_CONCERNS, Permission.OVERSEE_CONCERNS}
    ),
    Role.FOUNDATION_STAFF: frozenset({Permission.VIEW_NATIONAL, Permission.EDIT_STANDARDS}),
}
MUNICIPAL_ROLES = frozenset({Role.COORDINATOR, Role.DEPUTY, Role.SAFEGUARDING_OFFICER})
FOUNDATION_ROLES = frozenset({Role.FOUNDATION_STAFF})
# What a colleague who is away may lend to whoever stands in.
LENDABLE = frozenset({Permission.VIEW_CASES, Permission.EDIT_CASES})
