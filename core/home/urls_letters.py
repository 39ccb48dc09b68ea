"""Letters and mails that were written. Where one is written stands with the dossier."""

from django.urls import path

from core.home import letter_views

app_name = "letters"

urlpatterns = [
    path("brieven/<uuid:public_id>", letter_views.letter_detail, name="detail"),
    path("brieven/<uuid:public_id>/pdf", letter_views.letter_pdf, name="pdf"),
]
