"""Addresses of tasks."""

from django.urls import path

from core.tasks import views

app_name = "tasks"

urlpatterns = [
    path("taken/<uuid:public_id>/gedaan", views.done, name="done"),
    path("taken/<uuid:public_id>/terugzetten", views.reopened, name="reopened"),
    path("uitstel/<uuid:public_id>/terug", views.back, name="back"),
    path("taken/<uuid:public_id>/niet-nodig", views.dropped, name="dropped"),
]
