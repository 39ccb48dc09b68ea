"""Addresses of tasks."""

from django.urls import path

from core.tasks import views

app_name = "tasks"

urlpatterns = [
    path("taken/<uuid:public_id>/gedaan", views.done, name="done"),
    path("taken/<uuid:public_id>/niet-nodig", views.dropped, name="dropped"),
]
