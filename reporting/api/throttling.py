"""A limit per token and minute, told in headers. Never per address: several municipalities may share one."""

import time

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from reporting.api.authentication import Caller
from reporting.api.conventions import RATE_LIMIT, RATE_WINDOW_SECONDS

_log = structlog.get_logger(__name__)
REMAINING = "rate_remaining"
RESET = "rate_reset"


class TokenThrottle(BaseThrottle):
    """Counts in fixed windows. Without the cache nobody is refused: figures matter more than the limit."""

    limit = RATE_LIMIT

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count this request and tell whether it is within the limit."""
        caller = request.user
        if not isinstance(caller, Caller):
            return True
        now = int(time.time())
        window = now // RATE_WINDOW_SECONDS
        self._wait = RATE_WINDOW_SECONDS - now % RATE_WINDOW_SECONDS
        key = f"api-rate:{caller.token_id}:{window}"
        try:
            cache.add(key, 0, timeout=2 * RATE_WINDOW_SECONDS)
            used = cache.incr(key)
        except (RedisError, ValueError):
            _log.warning("api_rate_not_counted")
            return True
        setattr(view, REMAINING, max(0, self.limit - used))
        setattr(view, RESET, self._wait)
        return used <= self.limit

    def wait(self) -> float:
        """Return the seconds until the next window."""
        return self._wait
