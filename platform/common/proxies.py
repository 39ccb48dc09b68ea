"""The address of a visitor, also behind proxies: only what a proxy of ours wrote is believed."""

from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

_MOST_HOPS = 10


def client_address(request: HttpRequest) -> str:
    """Return who sent the request: the last address in the chain that is no proxy of ours.

    A header of anybody but ``TRUSTED_PROXIES`` counts for nothing, and what a visitor wrote in it neither.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-_MOST_HOPS:]
    while chain and _is_ours(address):
        hop = _address(chain.pop())
        if hop is None:
            break
        address = str(hop)
    return address


def _is_ours(text: str) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    with suppress(ValueError):
        address = ip_address(text.strip())
        return getattr(address, "ipv4_mapped", None) or address
    return None
