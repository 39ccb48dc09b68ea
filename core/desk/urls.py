"""Addresses of the registration desk."""

from django.urls import path

from core.desk import views

app_name = "desk"

urlpatterns = [
    path("aanmeldingen/formulieren", views.forms, name="forms"),
    path("aanmeldingen/formulieren/<slug:form>/sluiten", views.close, name="close"),
    path("aanmeldingen/formulieren/<slug:form>/openen", views.open_again, name="open"),
]
