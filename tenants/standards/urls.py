"""Addresses of the national texts, on the host of the foundation."""

from django.urls import path

from tenants.standards import algorithm_views, views

app_name = "standards"

urlpatterns = [
    path("algoritmeregister", algorithm_views.algorithm, name="algorithm"),
    path("algoritmeregister/kaart.json", algorithm_views.algorithm_json, name="algorithm_json"),
    path("algoritmeregister/kaart.md", algorithm_views.algorithm_markdown, name="algorithm_markdown"),
    path("teksten", views.standard_list, name="list"),
    path("teksten/<slug:kind>", views.standard_detail, name="detail"),
    path("teksten/<slug:kind>/bewerken", views.standard_edit, name="edit"),
    path("teksten/<slug:kind>/publiceren", views.standard_publish_now, name="publish"),
    path("teksten/<slug:kind>/weggooien", views.standard_drop, name="drop"),
]
