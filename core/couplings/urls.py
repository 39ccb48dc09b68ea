"""Addresses of couplings. The list and the file page stand in ``core.home``, which adds them to this namespace."""

from django.urls import path

from core.couplings import views

app_name = "couplings"

urlpatterns = [
    path("voorstellen/<uuid:public_id>/kennismaking", views.introduce, name="introduce"),
]
