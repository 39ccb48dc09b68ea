"""Addresses of concerns: a path of its own."""

from django.urls import path

from core.safeguarding import views

app_name = "safeguarding"

urlpatterns = [
    path("zorgen", views.concern_list, name="concern_list"),
    path("zorgen/<uuid:public_id>", views.concern_detail, name="concern_detail"),
    path("zorgen/<uuid:public_id>/stap/<slug:step>", views.step, name="step"),
    path("zorgen/<uuid:public_id>/afsluiten", views.close, name="close"),
    path("zorgen/<uuid:public_id>/heropenen", views.reopen, name="reopen"),
    path("zorgen/<uuid:public_id>/behandelaar", views.hand_over, name="hand_over"),
    path("vraaggezinnen/<uuid:public_id>/zorg", views.raise_requesting, name="raise_requesting"),
    path("steungezinnen/<uuid:public_id>/zorg", views.raise_support, name="raise_support"),
    path("koppelingen/<uuid:public_id>/zorg", views.raise_coupling, name="raise_coupling"),
]
