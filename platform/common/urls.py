"""Addresses that every host with pages has."""

from django.urls import path

from common import views

app_name = "common"

urlpatterns = [
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("toegankelijkheid", views.accessibility, name="accessibility"),
    path("hulp/begrippen", views.glossary, name="glossary"),
    path("privacy", views.privacy, name="privacy"),
]
