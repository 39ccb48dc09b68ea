"""Handing work over, and taking it back."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict
from common.permissions import Permission
from core.families.rows import insert
from core.families.rules import Problems
from core.handover.models import Handover
from core.handover.selectors import counting
from core.safeguarding.selectors import concerns
from core.safeguarding.services import concern_hand_over
from core.safeguarding.workflow import ConcernStatus
from tenants.accounts.models import User
from tenants.audit.services import audit_log
from tenants.context import atomic

LONGEST = timedelta(days=183)
FURTHEST_AHEAD = timedelta(days=183)


@atomic()
def hand_over(
    *,
    from_user: User,
    to_user: User,
    starts_on: date,
    until: date | None,
    note: str = "",
    with_concerns: bool = False,
    actor: User,
) -> Handover:
    """Hand work over until a day, or for good when there is none. Concerns go along only by their own handler."""
    today = timezone.localdate()
    problems = Problems()
    problems.check(from_user.pk != to_user.pk, "to_user", _("Kies een collega."))
    problems.check(to_user.is_active, "to_user", _("Deze collega mag niet meer inloggen."))
    problems.not_before("starts_on", starts_on, today, _("Kies een dag vanaf vandaag."))
    problems.not_later(
        "starts_on", starts_on, today + FURTHEST_AHEAD, _("Deze datum ligt te ver in de toekomst.")
    )
    problems.not_before("until", until, starts_on, _("De laatste dag ligt voor de eerste."))
    problems.not_later(
        "until",
        until,
        starts_on + LONGEST,
        _("Waarnemen kan een half jaar. Langer? Draag dan definitief over."),
    )
    problems.check(
        not with_concerns or (actor.pk == from_user.pk and until is None),
        "with_concerns",
        _("Zorgen draag je alleen zelf over, en alleen definitief."),
    )
    problems.refuse()
    if counting(starts_on).filter(from_user=from_user, to_user=to_user).exists():
        raise Conflict(_("Deze collega neemt dan al waar."), code="handover_exists")
    row = insert(
        Handover,
        from_user=from_user,
        to_user=to_user,
        starts_on=starts_on,
        until=until,
        note=note,
        made_by=actor.full_name,
    )
    audit_log(action="work_handed_over", subject=row, actor=actor)
    if with_concerns and to_user.may(Permission.HANDLE_CONCERNS):
        for concern in concerns(actor, status=ConcernStatus.OPEN).filter(coordinator=from_user.pk):
            deputy = concern.deputy if concern.deputy_id != to_user.pk else None
            concern_hand_over(concern=concern, coordinator=to_user, deputy=deputy, text="", actor=actor)
    return row


@atomic()
def handover_end(*, handover: Handover, actor: User) -> Handover:
    """Take work back today: from now on the rights that came with it are gone."""
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    today = timezone.localdate()
    if row.ended_on is not None or (row.until is not None and row.until < today):
        raise Conflict(_("Deze overdracht is al voorbij."), code="handover_over")
    row.ended_on = handover.ended_on = max(today, row.starts_on)
    row.save(update_fields=["ended_on"])
    audit_log(action="work_taken_back", subject=row, actor=actor)
    return handover
