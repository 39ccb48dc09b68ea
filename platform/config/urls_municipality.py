"""Addresses on the host of a municipality."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

handler400 = "common.problem.bad_request"
handler403 = "common.problem.forbidden"
handler404 = "common.problem.not_found"
handler500 = "common.problem.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("common.urls")),
    path("", include("tenants.accounts.urls")),
    path("", include("tenants.accounts.urls_municipality")),
    path("", include("tenants.drafts.urls")),
    path("", include("core.home.urls")),
    path("", include("core.home.urls_families")),
    path("", include("core.home.urls_couplings")),
    path("", include("core.home.urls_letters")),
    path("", include("core.home.urls_lists")),
    path("", include("core.intake.urls")),
    path("", include("core.vog.urls")),
    path("", include("core.tasks.urls")),
    path("", include("core.desk.urls")),
    path("", include("core.files.urls")),
    path("", include("core.matching.urls")),
    path("", include("core.border.urls")),
    path("", include("core.board.urls")),
    path("", include("core.agreements.urls")),
    path("", include("core.guidance.urls")),
    path("", include("core.safeguarding.urls")),
    path("", include("core.handover.urls")),
    path("", include("core.imports.urls")),
    path("", include("core.learning.urls")),
]
if settings.DEMO_POST:
    urlpatterns.append(path("", include("config.demo_post")))
