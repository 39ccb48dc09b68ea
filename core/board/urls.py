"""Addresses of the board."""

from django.urls import path

from core.board import views

app_name = "board"

urlpatterns = [
    path("wachtlijstbord", views.board, name="board"),
    path("wachtlijstbord/berekenen", views.ask, name="ask"),
    path("wachtlijstbord/tekorten", views.shortages, name="shortages"),
]
