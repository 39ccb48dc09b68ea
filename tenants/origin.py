"""Where the present work came from: one request or one job. For the audit log and the log lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_origin: ContextVar[str] = ContextVar("origin", default="")


def current_origin() -> str:
    """Return the request or job, or an empty text in a command."""
    return _origin.get()


@contextmanager
def coming_from(origin: str) -> Iterator[None]:
    """Name the origin of what happens inside."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
