from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrossingConfig(AppConfig):
    name = "tenants.crossing"
    label = "crossing"
    verbose_name = _("over de grens")
