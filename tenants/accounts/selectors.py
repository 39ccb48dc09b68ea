"""Looking up people."""

from tenants.accounts.models import User


def demo_accounts() -> list[User]:
    """Return who can sign in here, for the sign-in page of a demo with invented people."""
    return list(User.objects.filter(is_active=True).order_by("role", "full_name")[:6])
