"""Addresses of the national texts, on the host of the foundation."""

from django.urls import path

from tenants.standards import views

app_name = "standards"

urlpatterns = [
    path("teksten", views.standard_list, name="list"),
    path("teksten/<slug:kind>", views.standard_detail, name="detail"),
    path("teksten/<slug:kind>/bewerken", views.standard_edit, name="edit"),
    path("teksten/<slug:kind>/publiceren", views.standard_publish_now, name="publish"),
    path("teksten/<slug:kind>/weggooien", views.standard_drop, name="drop"),
]
