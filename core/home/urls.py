"""The start page."""

from django.urls import path

from core.home import list_views, views

app_name = "home"

urlpatterns = [
    path("", views.today, name="today"),
    path("wachtend", list_views.waiting_list, name="waiting"),
    path("vog", list_views.vog_list, name="vog"),
]
