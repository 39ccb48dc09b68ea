"""Whose address is counted: nobody can choose another one by writing a header."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from common.proxies import client_address

PROXY, OTHER_PROXY, VISITOR, INVENTED = "10.0.0.5", "10.0.0.6", "203.0.113.9", "198.51.100.1"


def address(came_from: str, header: str | None = None) -> str:
    headers = {} if header is None else {"X-Forwarded-For": header}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=came_from, headers=headers))


def test_without_a_trusted_proxy_no_header_counts(settings: Any) -> None:
    assert settings.TRUSTED_PROXIES == ()
    assert address(VISITOR) == VISITOR
    assert address(PROXY, INVENTED) == PROXY


@pytest.mark.parametrize(
    ("came_from", "header", "expected"),
    [
        (PROXY, VISITOR, VISITOR),
        (PROXY, f"{INVENTED}, {VISITOR}", VISITOR),
        (PROXY, f"{INVENTED}, {VISITOR}, {OTHER_PROXY}", VISITOR),
        (PROXY, f"{PROXY}, {OTHER_PROXY}", PROXY),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, f"{INVENTED}, zomaar wat", PROXY),
        (PROXY, "::ffff:203.0.113.9", VISITOR),
        ("::ffff:10.0.0.5", VISITOR, VISITOR),
        (PROXY, ", ".join([INVENTED] * 999 + [VISITOR]), VISITOR),
        (VISITOR, INVENTED, VISITOR),
        ("", INVENTED, ""),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(
    settings: Any, came_from: str, header: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/24"),)
    assert address(came_from, header) == expected
