from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouplingsConfig(AppConfig):
    name = "core.couplings"
    label = "couplings"
    verbose_name = _("Koppelingen")
