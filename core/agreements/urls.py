"""Addresses of agreements, and of the calendars that families follow."""

from django.urls import path

from core.agreements import views

app_name = "agreements"

urlpatterns = [
    path("afspraken/<uuid:public_id>", views.agreement_print, name="print"),
    path("afspraken/<uuid:public_id>/pdf", views.agreement_pdf, name="pdf"),
    path("afspraken/<uuid:public_id>/akkoord", views.accept, name="accept"),
    path("koppelingen/<uuid:public_id>/agenda", views.calendars, name="calendars"),
    path("agendas/<uuid:public_id>/intrekken", views.calendar_end, name="calendar_end"),
    path("agenda/<str:token>.ics", views.calendar_feed, name="calendar"),
]
