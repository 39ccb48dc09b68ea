"""Slows down guessing of passwords: failed attempts are counted in the cache, whose keys carry the schema of the host.

Counted per account and address, and per account alone with a higher limit. What is typed decides, not what exists: an
unknown account is locked like a known one.
"""

from dataclasses import dataclass
from typing import Self

from django.core.cache import cache
from django.http import HttpRequest

from common.forms import scope_digest
from common.proxies import client_address

ATTEMPTS = 5
SECONDS = 5 * 60
ATTEMPTS_ANYWHERE = 30
SECONDS_ANYWHERE = 15 * 60


@dataclass(frozen=True)
class Attempts:
    """The counters of one account, seen from one address."""

    here: str
    anywhere: str

    @classmethod
    def of(cls, request: HttpRequest, email: str) -> Self:
        """Return the counters; the keys hold digests, no addresses of people."""
        account = scope_digest(email.strip().lower())
        address = scope_digest(client_address(request))
        return cls(here=f"sign-in:{account}:{address}", anywhere=f"sign-in:{account}")

    @property
    def used_up(self) -> bool:
        """Whether to refuse before looking at the password."""
        found: dict[str, int] = cache.get_many([self.here, self.anywhere])
        return found.get(self.here, 0) >= ATTEMPTS or found.get(self.anywhere, 0) >= ATTEMPTS_ANYWHERE

    def failed(self) -> None:
        """Count a wrong password; the time starts with the first one."""
        for key, seconds in ((self.here, SECONDS), (self.anywhere, SECONDS_ANYWHERE)):
            if not cache.add(key, 1, timeout=seconds):
                try:
                    cache.incr(key)
                except ValueError:  # it expired between the two calls
                    cache.set(key, 1, timeout=seconds)

    def succeeded(self) -> None:
        """Start again at nought for this address."""
        cache.delete(self.here)
