"""The app that carries templates, static files and template tags for every other app."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """No models: only pages' shared parts."""

    name = "common"
    verbose_name = "Naober"
