from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tenants.accounts.loans import lends


class HandoverConfig(AppConfig):
    name = "core.handover"
    label = "handover"
    verbose_name = _("overdracht")

    def ready(self) -> None:
        """Say who lends rights to whom."""
        from core.handover.selectors import rights_on_loan  # noqa: PLC0415  (models are there only now)

        lends(rights_on_loan)
