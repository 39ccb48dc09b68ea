"""Addresses of matching."""

from django.urls import path

from core.matching import views

app_name = "matching"

urlpatterns = [
    path("vraaggezinnen/<uuid:public_id>/zoeken", views.candidates, name="candidates"),
    path("vraaggezinnen/<uuid:public_id>/vergelijken", views.compare, name="compare"),
    path("vraaggezinnen/<uuid:public_id>/zoeken/<uuid:support_id>", views.propose, name="propose"),
    path("zo-werkt-de-volgorde", views.weighing, name="weighing"),
    path("zo-werkt-de-volgorde/aanpassen", views.weighing_edit, name="weighing_edit"),
    path("voorstellen", views.proposal_list, name="proposal_list"),
    path("voorstellen/<uuid:public_id>", views.proposal_detail, name="proposal_detail"),
    path("voorstellen/<uuid:public_id>/steungezin-gevraagd", views.ask_support, name="ask_support"),
    path("voorstellen/<uuid:public_id>/ouders-gevraagd", views.ask_parents, name="ask_parents"),
    path("voorstellen/<uuid:public_id>/ja", views.accept, name="accept"),
    path("voorstellen/<uuid:public_id>/nee", views.decline, name="decline"),
    path("voorstellen/<uuid:public_id>/intrekken", views.withdraw, name="withdraw"),
]
