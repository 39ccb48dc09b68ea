"""Addresses around lists. ``core.home`` knows which lists there are and adds the one that hands them over as a file."""

from django.urls import path

from core.lists import views

app_name = "lists"

urlpatterns = [
    path("lijsten/weergave", views.view_keep, name="view_keep"),
    path("lijsten/weergave/<uuid:public_id>/weg", views.view_forget, name="view_forget"),
]
