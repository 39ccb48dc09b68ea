from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the system checks."""

    name = "config"
    verbose_name = "Instellingen"

    def ready(self) -> None:
        """Let Django find the checks."""
        from config import checks  # noqa: F401, PLC0415  (registered by importing, once the apps are ready)
