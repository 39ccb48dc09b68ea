"""The namespace ``families``: its own addresses, and the pages about families that show what higher apps know."""

from django.urls import path

from core.families.urls import urlpatterns as own
from core.home import file_views

app_name = "families"

urlpatterns = [
    *own,
    path("vraaggezinnen/<uuid:public_id>", file_views.requesting_detail, name="requesting_detail"),
    path("steungezinnen", file_views.support_list, name="support_list"),
    path("steungezinnen/<uuid:public_id>", file_views.support_detail, name="support_detail"),
    path("vraaggezinnen/<uuid:public_id>/afsluiten", file_views.requesting_close, name="requesting_close"),
    path("steungezinnen/<uuid:public_id>/stoppen", file_views.support_close, name="support_close"),
]
