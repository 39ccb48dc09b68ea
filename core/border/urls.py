"""Addresses of the border exchange."""

from django.urls import path

from core.border import views

app_name = "border"

urlpatterns = [
    path("over-de-grens", views.overview, name="list"),
    path("instellingen/buurgemeenten", views.partners, name="neighbours"),
    path("vraaggezinnen/<uuid:public_id>/over-de-grens", views.publish, name="publish"),
    path("over-de-grens/kaarten/<uuid:card_id>", views.card, name="card"),
    path("over-de-grens/kaarten/<uuid:card_id>/aanbieden/<uuid:support_id>", views.offer, name="offer"),
    path("over-de-grens/<uuid:public_id>", views.detail, name="detail"),
    path("over-de-grens/<uuid:public_id>/past-niet", views.not_fitting, name="not_fitting"),
    path("over-de-grens/<uuid:public_id>/ja", views.agree, name="agree"),
    path("over-de-grens/<uuid:public_id>/gezin-ja", views.family_agrees, name="family_agrees"),
    path("over-de-grens/<uuid:public_id>/gezin-nee", views.family_declines, name="family_declines"),
    path("over-de-grens/<uuid:public_id>/gegevens", views.contact, name="contact"),
    path("over-de-grens/<uuid:public_id>/intrekken", views.withdraw, name="withdraw"),
    path("over-de-grens/<uuid:public_id>/afronden", views.finish, name="finish"),
]
