"""Walking the tour, keeping mail, and starting again with practising."""

from collections.abc import Callable
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.models import Model
from django.utils import timezone
from psycopg import sql

from common.errors import NotAllowed
from core.learning.models import KeptMail, PracticeReset, TourProgress
from core.learning.selectors import progress_note, reset_asked
from core.learning.tour import LAST
from core.learning.workflow import ALLOWED, ResetStatus
from tenants.accounts.models import SystemActor, User
from tenants.audit.services import audit_log, change_state
from tenants.context import atomic, current_scope
from tenants.jobs import enqueue_by_name
from tenants.municipalities.selectors import practice_in_scope

# The people are made by the generator of invented data, which stands above all apps.
REFILL = "config.jobs.practice_refill"
# Who has an account here keeps it, and stays signed in.
_KEPT_APPS = frozenset({"sessions", "accounts"})


@atomic()
def tour_walk(*, step: int, actor: User) -> TourProgress:
    """Begin the tour, take it up again, or go to another step of it."""
    progress, _made = TourProgress.objects.select_for_update().get_or_create(account_id=actor.pk)
    progress.step, progress.walking = min(max(step, 1), LAST), True
    progress.save(update_fields=["step", "walking"])
    audit_log(action="tour_walked", subject=progress, actor=actor)
    return progress


@atomic()
def tour_stop(*, finished: bool, actor: User) -> None:
    """Put the panel away; the place is kept, unless it was the end."""
    progress = TourProgress.objects.select_for_update().filter(account_id=actor.pk).first()
    if progress is None:
        return
    progress.walking = False
    if finished:
        progress.step, progress.finished_on = 1, timezone.localdate()
    progress.save(update_fields=["walking", "step", "finished_on"])
    audit_log(action="tour_finished" if finished else "tour_stopped", subject=progress, actor=actor)


@atomic()
def mail_keep(*, recipients: str, subject: str, body: str) -> KeptMail:
    """Keep a mail that a practice municipality would have sent."""
    return KeptMail.objects.create(recipients=recipients[:500], subject=subject[:200], body=body)


@atomic()
def practice_reset_ask(*, actor: User) -> PracticeReset:
    """Have everything in this practice municipality made anew; asking twice is asking once."""
    _require_practice()
    _take_turn()
    waiting = reset_asked()
    if waiting is not None:
        return waiting
    made = PracticeReset.objects.create(asked_by=actor.full_name)
    audit_log(action="practice_reset_asked", subject=made, actor=actor)
    enqueue_by_name(REFILL, reset_id=str(made.pk))
    return made


def practice_reset_do(*, reset_id: UUID, write: Callable[[Callable[[int], None]], object]) -> None:
    """Empty the practice municipality and let ``write`` fill it: both, or neither."""
    _require_practice()
    _take_turn()
    reset = PracticeReset.objects.filter(pk=reset_id).first()
    if reset is None or reset.status != ResetStatus.ASKED:
        return
    practice_empty()
    progress_note(reset.pk, 1)
    write(lambda part: progress_note(reset.pk, part + 1))
    reset.done_at = timezone.now()
    reset.save(update_fields=["done_at"])
    change_state(reset, ResetStatus.DONE, allowed=ALLOWED, actor=SystemActor(reset.asked_by))


@atomic()
def practice_empty() -> None:
    """Delete everything in the practice municipality but accounts, sessions and who is how far in the tour.

    Only the role of a practice municipality may delete from all tables; in any other one PostgreSQL refuses.
    """
    _require_practice()
    statements = [
        sql.SQL("DELETE FROM {}").format(sql.Identifier(model._meta.db_table))  # noqa: SLF001
        for model in _emptied()
    ]
    with connections[current_scope().alias].cursor() as cursor:
        # Keys between tables are looked at in the end, when all of them are empty.
        for statement in statements:
            cursor.execute(statement)


def _emptied() -> list[type[Model]]:
    return [
        model
        for app in apps.get_app_configs()
        if app.name in settings.SCHEMA_APPS["municipality"] and app.label not in _KEPT_APPS
        for model in app.get_models(include_auto_created=True)
        if model._meta.managed and not getattr(model, "outlives_practice", False)  # noqa: SLF001
    ]


def _require_practice() -> None:
    if not practice_in_scope():
        raise NotAllowed


def _take_turn() -> None:
    """One at a time in this municipality, until the end of the transaction."""
    with connections[current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [current_scope().schema])
