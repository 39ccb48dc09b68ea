"""Addresses of people who work in several municipalities; only on the hosts of municipalities."""

from django.urls import path

from tenants.accounts import tie_views

app_name = "places"

urlpatterns = [
    path("gemeenten", tie_views.places, name="list"),
    path("gemeenten/koppelen", tie_views.tie, name="tie"),
    path("gemeenten/gekoppeld", tie_views.tied, name="tied"),
    path("gemeenten/<uuid:public_id>/los", tie_views.untie, name="untie"),
    path("overstappen", tie_views.leave, name="leave"),
    path("overstap", tie_views.arrive, name="arrive"),
]
