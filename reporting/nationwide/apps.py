from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NationwideConfig(AppConfig):
    name = "reporting.nationwide"
    label = "nationwide"
    verbose_name = _("landelijke tellingen")
