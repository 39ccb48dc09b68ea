"""Addresses of the intake."""

from django.urls import path

from core.intake import screens, views

app_name = "intake"

urlpatterns = [
    path("vraaggezinnen/<uuid:public_id>/huisbezoek", views.requesting_plan, name="requesting_plan"),
    path("vraaggezinnen/<uuid:public_id>/intake", views.requesting, name="requesting"),
    path(
        "vraaggezinnen/<uuid:public_id>/intake/onderwerpen", screens.requesting_steps, name="requesting_steps"
    ),
    path(
        "vraaggezinnen/<uuid:public_id>/intake/<slug:subject>",
        screens.requesting_step,
        name="requesting_step",
    ),
    path("vraaggezinnen/<uuid:public_id>/heropenen", views.reopen, name="reopen"),
    path("steungezinnen/<uuid:public_id>/huisbezoek", views.support_plan, name="support_plan"),
    path("steungezinnen/<uuid:public_id>/intake", views.support, name="support"),
    path("steungezinnen/<uuid:public_id>/intake/onderwerpen", screens.support_steps, name="support_steps"),
    path("steungezinnen/<uuid:public_id>/intake/<slug:subject>", screens.support_step, name="support_step"),
    path("steungezinnen/<uuid:public_id>/referentie", views.reference_new, name="reference_new"),
    path("steungezinnen/<uuid:public_id>/goedkeuren", views.approve, name="approve"),
    path("intakevragen/<slug:side>", views.questions, name="questions"),
    path("referenties/<uuid:public_id>", views.reference_edit, name="reference_edit"),
]
