"""Addresses of agreements."""

from django.urls import path

from core.agreements import views

app_name = "agreements"

urlpatterns = [
    path("afspraken/<uuid:public_id>", views.agreement_print, name="print"),
]
