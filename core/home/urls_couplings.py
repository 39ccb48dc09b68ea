"""The namespace ``couplings``: its own addresses, and the pages that show what higher apps know."""

from django.urls import path

from core.couplings.urls import urlpatterns as own
from core.home import dossier_views, letter_views, list_views, views

app_name = "couplings"

urlpatterns = [
    *own,
    path("koppelingen", list_views.coupling_list, name="coupling_list"),
    path("koppelingen/<uuid:public_id>", views.coupling_detail, name="coupling_detail"),
    path("koppelingen/<uuid:public_id>/verloop", dossier_views.coupling_timeline, name="coupling_timeline"),
    path("koppelingen/<uuid:public_id>/bestand", dossier_views.coupling_file_new, name="coupling_file"),
    path("koppelingen/<uuid:public_id>/brief", letter_views.coupling_letters, name="coupling_letters"),
    path(
        "koppelingen/<uuid:public_id>/brief/<slug:letter_kind>",
        letter_views.coupling_letter,
        name="coupling_letter",
    ),
]
