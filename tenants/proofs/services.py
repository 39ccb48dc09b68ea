"""Keeping what came of a proof."""

from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic
from tenants.proofs.models import Form, ProbeRun

_MOST_FINDINGS = 200
_LONGEST = 400
_UNREADABLE = _("Dit bestand is geen uitslag van de proef.")


@atomic()
def probe_run_record(*, report: Mapping[str, Any], actor: Actor) -> ProbeRun:
    """Keep the outcome of a run of the isolation probe, once."""
    run = _read(report)
    if ProbeRun.objects.filter(started_at=run.started_at).exists():
        raise Conflict(_("Deze uitslag is al vastgelegd."))
    run.save()
    audit_log(action="probe_recorded", subject=run, actor=actor)
    return run


def _read(report: Mapping[str, Any]) -> ProbeRun:
    """Take only what we know, each in its own type: the file comes from elsewhere."""
    try:
        started, finished = (parse_datetime(report[name]) for name in ("started_at", "finished_at"))
        if started is None or finished is None or finished < started:
            raise InvalidInput(_UNREADABLE)
        return ProbeRun(
            started_at=started,
            finished_at=finished,
            form=Form(report["form"]),
            version=str(report["version"])[:40],
            requests=_number(report["requests"]),
            addresses={str(host)[:40]: _number(count) for host, count in report["addresses"].items()},
            checks=[
                {
                    "kind": str(check["kind"])[:40],
                    "passed": _number(check["passed"]),
                    "failed": _number(check["failed"]),
                }
                for check in report["checks"]
            ],
            findings=[str(finding)[:_LONGEST] for finding in report["findings"][:_MOST_FINDINGS]],
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(_UNREADABLE) from error


def _number(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise InvalidInput(_UNREADABLE)
    return value
