"""Addresses of handing work over."""

from django.urls import path

from core.handover import views

app_name = "handover"

urlpatterns = [
    path("overdracht", views.handover_list, name="list"),
    path("overdracht/nieuw", views.handover_new, name="new"),
    path("overdracht/<uuid:public_id>", views.handover_detail, name="detail"),
    path("overdracht/<uuid:public_id>/beeindigen", views.end, name="end"),
]
