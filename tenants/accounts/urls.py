"""Addresses for signing in and out."""

from django.urls import path

from tenants.accounts import views

app_name = "accounts"

urlpatterns = [
    path("inloggen", views.sign_in, name="sign-in"),
    path("uitloggen", views.sign_out, name="sign-out"),
    path("taal", views.language, name="language"),
    path("wachtwoord", views.password, name="password"),
]
