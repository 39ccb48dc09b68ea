"""Addresses of reading in a list."""

from django.urls import path

from core.imports import views

app_name = "imports"

urlpatterns = [
    path("inlezen", views.import_list, name="list"),
    path("inlezen/<uuid:public_id>", views.detail, name="detail"),
    path("inlezen/<uuid:public_id>/kolommen", views.columns, name="columns"),
    path("inlezen/<uuid:public_id>/weggooien", views.drop, name="drop"),
    path("inlezen/<uuid:public_id>/terugdraaien", views.undo, name="undo"),
]
