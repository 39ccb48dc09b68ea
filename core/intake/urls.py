"""Addresses of the intake."""

from django.urls import path

from core.intake import views

app_name = "intake"

urlpatterns = [
    path("vraaggezinnen/<uuid:public_id>/huisbezoek", views.requesting_plan, name="requesting_plan"),
    path("vraaggezinnen/<uuid:public_id>/intake", views.requesting, name="requesting"),
    path("vraaggezinnen/<uuid:public_id>/heropenen", views.reopen, name="reopen"),
    path("steungezinnen/<uuid:public_id>/huisbezoek", views.support_plan, name="support_plan"),
    path("steungezinnen/<uuid:public_id>/intake", views.support, name="support"),
    path("steungezinnen/<uuid:public_id>/referentie", views.reference_new, name="reference_new"),
    path("steungezinnen/<uuid:public_id>/goedkeuren", views.approve, name="approve"),
    path("referenties/<uuid:public_id>", views.reference_edit, name="reference_edit"),
]
