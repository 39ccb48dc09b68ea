"""Addresses of what is counted for the whole country."""

from django.urls import path

from reporting.nationwide import views

app_name = "nationwide"

urlpatterns = [path("landelijke-tellingen", views.counts, name="counts")]
