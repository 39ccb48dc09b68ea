"""Reading the registry: which municipality a host belongs to, which ones a job must visit."""

import time
from dataclasses import dataclass
from datetime import date
from threading import Lock
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from tenants.context import registry, scope_or_none
from tenants.municipalities.models import Domain, Kind, Municipality, MunicipalityCode, SchemaScript, State
from tenants.municipalities.versions import required_version

_SECONDS = 30.0


@dataclass(slots=True)
class _Hosts:
    """The copy of the registry this process works with."""

    read_at: float
    of_host: dict[str, Municipality]
    required: int


_lock = Lock()
_hosts: dict[str, _Hosts] = {}


def municipality_of_host(host: str) -> Municipality | None:
    """Return the municipality that is live at this host, from a copy at most 30 seconds old. Needs no scope."""
    return _copy().of_host.get(host)


def is_behind(municipality: Municipality) -> bool:
    """Tell whether the schema waits for a migration that this version of the product needs. Needs no scope."""
    return municipality.schema_version < _copy().required


def _copy() -> _Hosts:
    copy = _hosts.get(settings.DATABASE_NAME)
    if copy is None or time.monotonic() - copy.read_at > _SECONDS:
        with _lock:
            copy = _hosts[settings.DATABASE_NAME] = _read_hosts()
    return copy


def places_at_hand() -> dict[UUID, Municipality]:
    """Return the live municipalities by id, from the copy that found this request's host.

    The role of a municipality reads its own row of the registry and no other; names and addresses of the others, for
    who works in several, come from the process. Needs no scope and asks nothing.
    """
    copy = _hosts.get(settings.DATABASE_NAME)
    return {municipality.pk: municipality for municipality in copy.of_host.values()} if copy else {}


def forget_hosts() -> None:
    """Read the registry again at the next request: it was changed here."""
    _hosts.clear()


def municipality_by_id(municipality_id: UUID) -> Municipality | None:
    """Return a municipality whatever its state. Needs a scope that reads the registry."""
    return Municipality.objects.filter(pk=municipality_id).first()


def live_municipalities() -> list[Municipality]:
    """Return every municipality that can be worked in. Needs a scope that reads the registry."""
    return list(Municipality.objects.filter(state=State.LIVE))


def counted_municipalities() -> list[Municipality]:
    """Return the live municipalities of which totals are made: all but those for practice. Needs the registry."""
    return [municipality for municipality in live_municipalities() if not municipality.is_practice]


def practice_at_hand() -> Municipality | None:
    """Return the municipality to practise in, if there is one, from the copy of the registry. Needs no scope."""
    found = (municipality for municipality in places_at_hand().values() if municipality.is_practice)
    return min(found, key=lambda municipality: municipality.name, default=None)


def is_practice(place_id: UUID | None) -> bool:
    """Tell whether a live municipality is for practice, from the copy of the registry. Needs no scope."""
    found = places_at_hand().get(place_id) if place_id else None
    return found is not None and found.is_practice


def practice_in_scope() -> bool:
    """Tell whether the municipality in scope is for practice; asks its own row of the registry."""
    scope = scope_or_none()
    if scope is None or scope.tenant_id is None:
        return False
    return Municipality.objects.filter(pk=scope.tenant_id, kind=Kind.PRACTICE).exists()


def code_on(municipality: Municipality, day: date) -> str:
    """Return the code of Statistics Netherlands that held on a day, or the first one before the programme began."""
    codes = MunicipalityCode.objects.filter(municipality=municipality)
    valid = codes.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).last() or codes.first()
    return valid.code if valid else ""


def _read_hosts() -> _Hosts:
    with registry():
        live = {municipality.pk: municipality for municipality in live_municipalities()}
        of_host = {
            f"{municipality.slug}.{settings.BASE_DOMAIN}": municipality for municipality in live.values()
        }
        of_host |= {
            domain.host: live[domain.municipality_id]
            for domain in Domain.objects.all()
            if domain.municipality_id in live
        }
        required = required_version(SchemaScript.objects.values_list("version", "app", "migration"))
    return _Hosts(read_at=time.monotonic(), of_host=of_host, required=required)
