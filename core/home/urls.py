"""The start page."""

from django.urls import path

from core.home import list_views, today_views

app_name = "home"

urlpatterns = [
    path("", today_views.today, name="today"),
    path("agenda", today_views.agenda, name="agenda"),
    path("vandaag/<uuid:public_id>/uitstellen", today_views.snooze, name="snooze"),
    path("wachtend", list_views.waiting_list, name="waiting"),
    path("voorstellen/logboek", list_views.proposal_log, name="proposal_log"),
    path("vog", list_views.vog_list, name="vog"),
]
