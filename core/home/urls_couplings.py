"""The namespace ``couplings``: its own addresses, and the pages that show what higher apps know."""

from django.urls import path

from core.couplings.urls import urlpatterns as own
from core.home import views

app_name = "couplings"

urlpatterns = [
    *own,
    path("koppelingen", views.coupling_list, name="coupling_list"),
    path("koppelingen/<uuid:public_id>", views.coupling_detail, name="coupling_detail"),
]
