"""The main menu as data. Apps do not register themselves: the list stands in `config.navigation`."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from common.errors import Text
from common.permissions import Permission


@dataclass(frozen=True)
class NavItem:
    """A place in the menu: shown on the hosts that have the address, to people with the permission."""

    label: Text
    url_name: str
    permission: Permission
    icon: str = "circle"


@dataclass(frozen=True)
class NavLink:
    """A place in the menu of this request."""

    label: Text
    url: str
    icon: str
    current: bool


def links_for(request: HttpRequest, items: Iterable[NavItem]) -> list[NavLink]:
    """Return the menu of the signed-in person on this host; nobody signed in, no menu."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    urlconf = getattr(request, "urlconf", None)
    found: list[tuple[NavItem, str]] = []
    for item in items:
        if not user.may(item.permission):
            continue
        try:
            found.append((item, reverse(item.url_name, urlconf=urlconf)))
        except NoReverseMatch:
            continue
    here = max((url for _item, url in found if _within(request.path, url)), key=len, default="")
    return [NavLink(label=item.label, url=url, icon=item.icon, current=url == here) for item, url in found]


def _within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
