"""Addresses of the proofs, on the host of the foundation."""

from django.urls import path

from tenants.proofs import views

app_name = "proofs"

urlpatterns = [path("afscherming", views.isolation, name="isolation")]
