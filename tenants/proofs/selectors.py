"""Reading what came of the proofs."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.proofs.models import ProbeRun

_KINDS: dict[str, Any] = {
    "probe": _("Elk adres, door iedereen, met gegevens van een ander"),
    "replay": _("Sessies, links, formulieren en sleutels van de ene gemeente bij de andere"),
    "forgery": _("Formulieren die een ander heeft gemaakt"),
    "roles": _("Rechten in de database"),
    "all_pairs": _("Elke opdracht aan de database tussen elk paar gemeenten"),
    "pooler": _("Gedeelde verbindingen met de database"),
    "logs": _("Wat er in de logregels komt"),
    "bad_input": _("Vreemde invoer in elk formulier"),
    "double_clicks": _("Formulieren die twee keer worden verstuurd"),
    "tricks": _("Wat iemand met kwade bedoelingen zou proberen"),
    "world": _("De verzonnen gegevens van de proef zelf"),
}
_OTHER = _("Overige controles")
_HOSTS: dict[str, Any] = {
    "municipality": _("Adressen van een gemeente"),
    "foundation": _("Adressen van de stichting"),
    "api": _("Adressen van de API"),
}
_EARLIER = 10


@dataclass(frozen=True, slots=True)
class Check:
    """A kind of check with its outcome."""

    label: Any
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A run as the page shows it."""

    run: ProbeRun
    checks: list[Check]
    addresses: list[tuple[Any, int]]

    @property
    def passed(self) -> int:
        """Return how many checks were right."""
        return sum(check.passed for check in self.checks)

    @property
    def failed(self) -> int:
        """Return how many checks were wrong."""
        return sum(check.failed for check in self.checks)

    @property
    def all_addresses(self) -> int:
        """Return how many addresses were asked."""
        return sum(count for _host, count in self.addresses)

    @property
    def good(self) -> bool:
        """Tell whether nothing was found."""
        return not self.failed and not self.run.findings


def probe_runs() -> list[Shown]:
    """Return the latest runs, the last one first."""
    return [_shown(run) for run in ProbeRun.objects.all()[:_EARLIER]]


def _shown(run: ProbeRun) -> Shown:
    checks = [Check(_KINDS.get(one["kind"], _OTHER), one["passed"], one["failed"]) for one in run.checks]
    addresses = [(label, run.addresses[host]) for host, label in _HOSTS.items() if host in run.addresses]
    return Shown(run, checks, addresses)
