"""Addresses of the steps of a coupling and of its guidance."""

from django.urls import path

from core.guidance import views

app_name = "guidance"

urlpatterns = [
    path("koppelingen/<uuid:public_id>/proefperiode", views.trial, name="trial"),
    path("koppelingen/<uuid:public_id>/verlengen", views.extend, name="extend"),
    path("koppelingen/<uuid:public_id>/definitief", views.definitive, name="definitive"),
    path("koppelingen/<uuid:public_id>/afspraken", views.agreement_new, name="agreement_new"),
    path("koppelingen/<uuid:public_id>/niet-doorgaan", views.stop, name="stop"),
    path("koppelingen/<uuid:public_id>/beeindigen", views.finish, name="finish"),
    path("koppelingen/<uuid:public_id>/heropenen", views.reopen, name="reopen"),
    path("koppelingen/<uuid:public_id>/afsluiten", views.closing_talks, name="closing_talks"),
    path("koppelingen/<uuid:public_id>/contact", views.contact, name="contact"),
    path("momenten/<uuid:public_id>/gesprek/<slug:side>", views.evaluate, name="evaluate"),
    path("momenten/<uuid:public_id>/gehouden", views.hold, name="hold"),
    path("momenten/<uuid:public_id>/verzetten", views.reschedule, name="reschedule"),
    path("momenten/<uuid:public_id>/vervalt", views.drop, name="drop"),
]
