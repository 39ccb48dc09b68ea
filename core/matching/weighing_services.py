"""Setting the weights of this municipality, within the bounds of the foundation. A version is never changed."""

from collections.abc import Mapping

from django.db import connections
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.vocabulary import AreaKind, ScorePart
from core.matching.models import LocalWeights
from core.matching.weighing import in_force
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic, current_scope
from tenants.jobs import enqueue_by_name
from tenants.standards.weighing import problems_of_points, problems_within

RECOUNT = "reporting.extract.jobs.recount"


@atomic()
def local_weights_set(
    *, area: AreaKind, points: Mapping[str, int] | None, reason: str, actor: Actor
) -> LocalWeights | None:
    """Write the next version: the kind of area, and own points or none. The same again is no version."""
    # Two people who save at the same moment: the second waits, and writes the version after.
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["local weights"])
    now = in_force()
    if not reason.strip():
        raise InvalidInput(fields={"reason": _("Schrijf kort op waarom.")})
    if points is not None:
        if set(points) != set(ScorePart.values):
            raise InvalidInput(_("Elk onderdeel heeft punten nodig."))
        if fields := {f"points_{part}": problem for part, problem in problems_within(points, now.weighing)}:
            raise InvalidInput(fields=fields)
        if problem := next(problems_of_points(points), None):
            raise InvalidInput(problem)
    last = now.local
    own = dict(points) if points is not None and dict(points) != dict(now.weighing.points) else None
    same = last is not None and (last.area, last.points) == (area, own)
    if (same and not now.lapsed) or (last is None and (area, own) == (AreaKind.URBAN, None)):
        return last
    row = LocalWeights.objects.create(
        version=last.version + 1 if last else 1,
        national_version=now.national.version,
        area=area,
        points=own,
        reason=reason.strip(),
        made_by=actor.full_name,
    )
    audit_log(action="local_weights_set", subject=row, actor=actor)
    if area != now.area:
        enqueue_by_name(RECOUNT)  # the totals tell in what kind of area searches ended
    return row
