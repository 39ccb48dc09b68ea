from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the system checks, and makes our Celery the one that every task belongs to."""

    name = "config"
    verbose_name = "Instellingen"

    def ready(self) -> None:
        """Let Django find the checks; without our Celery a message of a command would go to an unknown broker."""
        from config import celery, checks  # noqa: F401, PLC0415  (by importing, once the apps are ready)
