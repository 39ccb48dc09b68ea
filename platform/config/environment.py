"""Tiny typed readers of environment variables: a value that cannot be read stops the start."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def secret(name: str, default: str = "") -> str:
    """Return a secret from the variable, or from the file that `<name>_FILE` points to."""
    if path := text(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return text(name, default)


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes or no; anything else is refused."""
    if name not in os.environ:
        return default
    value = os.environ[name].strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    message = f"{name} must be yes or no, not {value!r}."
    raise ImproperlyConfigured(message)


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        message = f"{name} must be a whole number, not {value!r}."
        raise ImproperlyConfigured(message) from error


def listing(name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the parts between commas, without the empty ones."""
    value = text(name)
    return tuple(part.strip() for part in value.split(",") if part.strip()) if value else default


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the addresses and networks between commas: 10.0.0.5, 10.1.0.0/16."""
    try:
        return tuple(ip_network(part) for part in listing(name))
    except ValueError as error:
        message = f"{name} must be addresses or networks with commas between them: {error}."
        raise ImproperlyConfigured(message) from error
