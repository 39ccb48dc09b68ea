"""The start page."""

from django.urls import path

from core.home import views

app_name = "home"

urlpatterns = [
    path("", views.today, name="today"),
]
