"""The namespace ``families``: its own addresses, and the pages about families that show what higher apps know."""

from django.urls import path

from core.families.urls import urlpatterns as own
from core.home import dossier_views, file_views, letter_views, list_views, merge_views

app_name = "families"

urlpatterns = [
    *own,
    path("vraaggezinnen", list_views.requesting_list, name="requesting_list"),
    path("vraaggezinnen/<uuid:public_id>", file_views.requesting_detail, name="requesting_detail"),
    path("steungezinnen", list_views.support_list, name="support_list"),
    path("steungezinnen/<uuid:public_id>", file_views.support_detail, name="support_detail"),
    path("steungezinnen/<uuid:public_id>/warm-houden", list_views.support_warm, name="support_warm"),
    path(
        "vraaggezinnen/<uuid:public_id>/verloop",
        dossier_views.requesting_timeline,
        name="requesting_timeline",
    ),
    *(
        path(f"{word}/<uuid:public_id>/{action}/<uuid:other_id>", view, name=name)
        for word, action, view, name in (
            ("vraaggezinnen", "samenvoegen", merge_views.requesting_merge, "requesting_merge"),
            ("steungezinnen", "samenvoegen", merge_views.support_merge, "support_merge"),
            ("vraaggezinnen", "twee-gezinnen", merge_views.requesting_apart, "requesting_apart"),
            ("steungezinnen", "twee-gezinnen", merge_views.support_apart, "support_apart"),
        )
    ),
    path("samengevoegd/<uuid:public_id>/ongedaan", merge_views.merge_back, name="merge_back"),
    path("steungezinnen/<uuid:public_id>/verloop", dossier_views.support_timeline, name="support_timeline"),
    path("vraaggezinnen/<uuid:public_id>/bestand", dossier_views.requesting_file_new, name="requesting_file"),
    path("steungezinnen/<uuid:public_id>/bestand", dossier_views.support_file_new, name="support_file"),
    path("vraaggezinnen/<uuid:public_id>/brief", letter_views.requesting_letters, name="requesting_letters"),
    path("steungezinnen/<uuid:public_id>/brief", letter_views.support_letters, name="support_letters"),
    path(
        "vraaggezinnen/<uuid:public_id>/brief/<slug:letter_kind>",
        letter_views.requesting_letter,
        name="requesting_letter",
    ),
    path(
        "steungezinnen/<uuid:public_id>/brief/<slug:letter_kind>",
        letter_views.support_letter,
        name="support_letter",
    ),
    path("vraaggezinnen/<uuid:public_id>/afsluiten", file_views.requesting_close, name="requesting_close"),
    path("steungezinnen/<uuid:public_id>/stoppen", file_views.support_close, name="support_close"),
]
