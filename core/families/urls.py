"""Addresses of families. The file pages stand in ``core.home``, which adds them to this namespace."""

from django.urls import path

from core.families import desk_views, people_views, record_views, views

app_name = "families"

urlpatterns = [
    path("aanmelden", views.register_choice, name="register_choice"),
    path("aanmelden/vraaggezin", views.register_requesting, name="register_requesting"),
    path("aanmelden/steungezin", views.register_support, name="register_support"),
    path("aanmelden/bedankt", views.register_thanks, name="register_thanks"),
    path("aanmeldingen", views.registrations, name="registrations"),
    path("vraaggezinnen/nieuw", views.requesting_new, name="requesting_new"),
    path("vraaggezinnen/nieuw/bekend", views.requesting_alike, name="requesting_alike"),
    path("steungezinnen/nieuw/bekend", views.support_alike, name="support_alike"),
    path(
        "vraaggezinnen/<uuid:public_id>/gebeld",
        record_views.requesting_contacted,
        name="requesting_contacted",
    ),
    path(
        "vraaggezinnen/<uuid:public_id>/doorverwijzen", desk_views.requesting_refer, name="requesting_refer"
    ),
    path("steungezinnen/<uuid:public_id>/doorverwijzen", desk_views.support_refer, name="support_refer"),
    path("vraaggezinnen/<uuid:public_id>/notitie", record_views.requesting_note, name="requesting_note"),
    path(
        "vraaggezinnen/<uuid:public_id>/toestemming",
        record_views.requesting_consent,
        name="requesting_consent",
    ),
    path(
        "vraaggezinnen/<uuid:public_id>/herinnering",
        record_views.requesting_reminder,
        name="requesting_reminder",
    ),
    path("vraaggezinnen/<uuid:public_id>/gegevens", people_views.requesting_change, name="requesting_change"),
    path("vraaggezinnen/<uuid:public_id>/ouder", people_views.parent_new, name="parent_new"),
    path("vraaggezinnen/<uuid:public_id>/kind", people_views.child_new, name="child_new"),
    path("ouders/<uuid:public_id>", people_views.parent_edit, name="parent_edit"),
    path("kinderen/<uuid:public_id>", people_views.child_edit, name="child_edit"),
    path("steungezinnen/nieuw", views.support_new, name="support_new"),
    path("steungezinnen/<uuid:public_id>/gebeld", record_views.support_contacted, name="support_contacted"),
    path("steungezinnen/<uuid:public_id>/notitie", record_views.support_note, name="support_note"),
    path(
        "steungezinnen/<uuid:public_id>/herinnering", record_views.support_reminder, name="support_reminder"
    ),
    path("steungezinnen/<uuid:public_id>/toestemming", record_views.support_consent, name="support_consent"),
    path("steungezinnen/<uuid:public_id>/gegevens", people_views.support_change, name="support_change"),
    path("steungezinnen/<uuid:public_id>/volwassene", people_views.adult_new, name="adult_new"),
    path("steungezinnen/<uuid:public_id>/even-niet", record_views.support_pause, name="support_pause"),
    path(
        "steungezinnen/<uuid:public_id>/weer-beschikbaar", record_views.support_resume, name="support_resume"
    ),
    path(
        "steungezinnen/<uuid:public_id>/opnieuw-contact", record_views.support_return, name="support_return"
    ),
    path("volwassenen/<uuid:public_id>", people_views.adult_edit, name="adult_edit"),
    path("notities/<uuid:public_id>/bovenaan", record_views.note_up, name="note_up"),
    path("notities/<uuid:public_id>/niet-bovenaan", record_views.note_down, name="note_down"),
    path("toestemmingen/<uuid:public_id>/aantekening", record_views.consent_note, name="consent_note"),
    path("toestemmingen/<uuid:public_id>/intrekken", record_views.consent_end, name="consent_end"),
]
