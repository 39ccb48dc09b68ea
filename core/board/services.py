"""Working out a board that is too large for a page. The draft is the only thing that is written: never a proposal."""

from collections.abc import Sequence
from uuid import UUID

from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from core.board.choice import Choice, choice_of
from core.board.models import KEPT, PATIENCE, BoardDraft
from core.board.question import Pair
from core.board.selectors import Scene, progress_key, scene
from core.board.working_out import work_out
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic
from tenants.jobs import enqueue_by_name

WORK_OUT = "core.board.jobs.work_out_draft"
_AN_HOUR = 3600


@atomic()
def draft_ask(*, choice: Choice, actor: Actor) -> BoardDraft:
    """Let a worker work out the board for a choice; whoever asks while that goes on waits for the same draft."""
    now = timezone.now()
    BoardDraft.objects.filter(asked_at__lt=now - KEPT).delete()
    draft, made = BoardDraft.objects.get_or_create(
        digest=choice.digest,
        defaults={"choice": choice.query, "asked_by": actor.full_name, "asked_at": now},
    )
    draft = BoardDraft.objects.select_for_update().get(pk=draft.pk)
    if not made and draft.ready_at is None and draft.asked_at > now - PATIENCE:
        return draft
    draft.asked_at, draft.ready_at, draft.asked_by = now, None, actor.full_name
    draft.save(update_fields=["asked_at", "ready_at", "asked_by"])
    cache.delete(progress_key(draft.pk))
    audit_log(action="board_asked", subject=draft, actor=actor)
    enqueue_by_name(WORK_OUT, draft_id=str(draft.pk))
    return draft


@atomic()
def draft_work_out(*, draft_id: UUID) -> None:
    """Work the board of a draft out and keep who would be proposed to whom."""
    draft = BoardDraft.objects.filter(pk=draft_id, ready_at__isnull=True).first()
    if draft is None:
        return
    everybody = scene(timezone.localdate())

    def said(step: int) -> None:
        # Outside the transaction, so that the page sees it at once.
        cache.set(progress_key(draft.pk), step, _AN_HOUR)

    said(0)
    outcome = work_out(everybody, choice_of(QueryDict(draft.choice)), said)
    draft.pairs = _ids(everybody, outcome.best.pairs)
    draft.one_by_one = _ids(everybody, outcome.one_by_one.pairs)
    draft.ready_at = timezone.now()
    draft.save(update_fields=["pairs", "one_by_one", "ready_at"])


def _ids(everybody: Scene, pairs: Sequence[Pair]) -> list[list[str]]:
    return [[str(one) for one in everybody.ids(pair)] for pair in pairs]
