"""Addresses of learning: help everywhere, and what there is in a practice municipality only."""

from django.urls import path

from core.learning import views

app_name = "learning"

urlpatterns = [
    path("hulp", views.help_page, name="help"),
    path("oefenen", views.practice, name="practice"),
    path("oefenen/opnieuw", views.reset, name="reset"),
    path("oefenen/post", views.mails, name="mails"),
    path("oefenen/rondleiding", views.tour, name="tour"),
]
