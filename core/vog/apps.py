from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VogConfig(AppConfig):
    name = "core.vog"
    label = "vog"
    verbose_name = _("VOG")
