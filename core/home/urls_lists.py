"""The namespace ``lists``: its own addresses, and the one that hands over any list as a file."""

from django.urls import path

from core.home import list_views
from core.lists.urls import urlpatterns as own

app_name = "lists"

urlpatterns = [
    *own,
    path("lijsten/<slug:list_name>/bestand", list_views.export, name="export"),
]
