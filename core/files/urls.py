"""Addresses of files. Where one is added stands with the dossier, in ``core.home``."""

from django.urls import path

from core.files import views

app_name = "files"

urlpatterns = [
    path("bestanden/<uuid:public_id>", views.download, name="download"),
    path("bestanden/<uuid:public_id>/verwijderen", views.remove, name="remove"),
]
