from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class DraftsConfig(AppConfig):
    name = "tenants.drafts"
    label = "drafts"
    verbose_name = _("Concepten")

    def ready(self) -> None:
        """Make drafts unreadable when somebody signs out, whatever page did that."""
        from tenants.drafts.services import forget_on_sign_out  # noqa: PLC0415  (models are ready only now)

        user_logged_out.connect(forget_on_sign_out, dispatch_uid="drafts")
