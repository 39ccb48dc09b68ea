"""Addresses of the VOG register."""

from django.urls import path

from core.vog import views

app_name = "vog"

urlpatterns = [
    path("steungezinnen/<uuid:public_id>/vog/<uuid:adult_id>", views.request_new, name="request"),
    path("instellingen/vog", views.policy, name="policy"),
    path("volwassenen/<uuid:public_id>/regels", views.rules, name="rules"),
    path("vog/<uuid:public_id>/ontvangen", views.received, name="received"),
    path("vog/<uuid:public_id>/gezien", views.seen, name="seen"),
    path("vog/<uuid:public_id>/niet-getoond", views.not_presented, name="not_presented"),
]
