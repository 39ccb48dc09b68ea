"""The main menu of every host, and what each page's frame needs to know."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.navigation import NavItem, links_for
from common.permissions import Permission
from core.learning.selectors import tour_panel

# An item shows where its address exists: above "Landelijk" on a municipality's host, from there on the foundation's.
NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_("Vandaag"), "home:today", Permission.VIEW_CASES, "home"),
    NavItem(_("Mijn agenda"), "home:agenda", Permission.VIEW_CASES, "calendar"),
    NavItem(_("Aanmeldingen"), "families:registrations", Permission.VIEW_CASES, "inbox"),
    NavItem(_("Wachtend"), "home:waiting", Permission.VIEW_CASES, "clock"),
    NavItem(_("Wachtlijstbord"), "board:board", Permission.VIEW_CASES, "board"),
    NavItem(_("Vraaggezinnen"), "families:requesting_list", Permission.VIEW_CASES, "family"),
    NavItem(_("Steungezinnen"), "families:support_list", Permission.VIEW_CASES, "heart"),
    NavItem(_("Voorstellen"), "matching:proposal_list", Permission.VIEW_CASES, "bulb"),
    NavItem(_("Over de grens"), "border:list", Permission.VIEW_CASES, "map"),
    NavItem(_("VOG"), "home:vog", Permission.VIEW_CASES, "shield"),
    NavItem(_("Koppelingen"), "couplings:coupling_list", Permission.VIEW_CASES, "link"),
    NavItem(_("Zorgen"), "safeguarding:concern_list", Permission.HANDLE_CONCERNS, "alert"),
    NavItem(_("Overdracht"), "handover:list", Permission.VIEW_CASES, "arrow-right"),
    NavItem(_("Hulp"), "learning:help", Permission.VIEW_CASES, "info"),
    NavItem(_("Landelijk"), "dashboards:national", Permission.VIEW_NATIONAL, "chart"),
    NavItem(_("Gemeenten"), "dashboards:municipalities", Permission.VIEW_NATIONAL, "map"),
    NavItem(_("Gelijke kansen"), "dashboards:fairness", Permission.VIEW_NATIONAL, "heart"),
    NavItem(_("Tellingen"), "nationwide:counts", Permission.VIEW_NATIONAL, "inbox"),
    NavItem(_("Definities"), "dashboards:definitions", Permission.VIEW_NATIONAL, "info"),
    NavItem(_("Teksten"), "standards:list", Permission.EDIT_STANDARDS, "pencil"),
    NavItem(_("Algoritmeregister"), "standards:algorithm", Permission.VIEW_NATIONAL, "bulb"),
    NavItem(_("Afscherming"), "proofs:isolation", Permission.VIEW_NATIONAL, "shield"),
    NavItem(_("Databases"), "municipalities:schemas", Permission.VIEW_NATIONAL, "check"),
)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Give every page its place, menu and demo banner (context processor). The menu is made only where it is shown."""
    municipality = getattr(request, "municipality", None)
    practice = municipality is not None and municipality.is_practice
    user = getattr(request, "user", None)
    return {
        "practice": practice,
        "tour": partial(tour_panel, user, request.path) if practice else None,
        "place": municipality.name if municipality is not None else _("Landelijk"),
        "demo": settings.DEMO,
        "demo_post": reverse("demo:post") if settings.DEMO_POST and municipality is not None else "",
        "navigation": partial(links_for, request, NAVIGATION),
        "user": user,
    }
