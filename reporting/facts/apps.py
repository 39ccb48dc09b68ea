from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FactsConfig(AppConfig):
    name = "reporting.facts"
    label = "facts"
    verbose_name = _("Tellingen")
