"""Reading for the board: everybody who waits and everybody who could help, in a fixed number of queries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from common.errors import NotAllowed
from common.permissions import Permission
from core.board.choice import Choice, IdPair
from core.board.models import KEPT, PATIENCE, BoardDraft
from core.board.objectives import weigh
from core.board.question import Pair, Question, Whole
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.matching.gather import asked_by_each, offered_by_each
from core.matching.matrix import Matrix, assess_all
from core.matching.models import MatchProposal
from core.matching.sides import Asked, Offered
from core.matching.weighing import weights_now
from core.matching.weights import Weights
from core.matching.workflow import OPEN, ProposalStatus
from tenants.accounts.models import Actor

UNFINISHED = OPEN | {ProposalStatus.ACCEPTED}
# Up to so many pairs a board is worked out while the page is made: 200 by 400 families, and some more. With more than
# one proposal for a support family it takes about four times as long.
IN_A_REQUEST = 100_000
MORE_EACH = 4
DECLINED = (ProposalStatus.DECLINED_BY_SUPPORT, ProposalStatus.DECLINED_BY_PARENTS)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Those who wait, the longest first, and those who could help, with what the rules say of every pair."""

    on: date
    asking: Sequence[RequestingFamily]
    children: Mapping[UUID, Sequence[SupportedChild]]
    offering: Sequence[SupportFamily]
    asked: Sequence[Asked]
    offered: Sequence[Offered]
    weights: Weights
    matrix: Matrix
    # Pairs of which one side said no before, and how many proposals every support family has now.
    declined: frozenset[IdPair]
    proposals: Mapping[UUID, int]
    # How many wait with a proposal that is not finished: they are not on the board.
    busy: int

    @property
    def waited(self) -> Whole:
        """Return for how many days each family waits."""
        days = [
            (self.on - family.waiting_since).days if family.waiting_since else 0 for family in self.asking
        ]
        return np.array(days, dtype=np.int64)

    @property
    def hectometres(self) -> Whole:
        """Return distances in whole numbers; one that is not known counts as the first that is too far to count."""
        known = np.nan_to_num(self.matrix.kilometres, nan=self.weights.far_km)
        found: Whole = np.rint(known * 10).astype(np.int64)
        return found

    def ids(self, pair: Pair) -> IdPair:
        """Return the ids of a pair."""
        return self.asking[pair[0]].pk, self.offering[pair[1]].pk

    def places(self, pairs: Sequence[IdPair]) -> list[Pair]:
        """Return the places of pairs of which both sides are on the board."""
        asking = {family.pk: place for place, family in enumerate(self.asking)}
        offering = {family.pk: place for place, family in enumerate(self.offering)}
        return [(asking[one], offering[other]) for one, other in pairs if one in asking and other in offering]


def too_large(actor: Actor, choice: Choice) -> bool:
    """Tell whether the board of this municipality takes too long for a page."""
    if not actor.may(Permission.VIEW_CASES):
        raise NotAllowed
    pairs = _waiting().count() * _available().count()
    return pairs * (1 if choice.per == 1 else MORE_EACH) > IN_A_REQUEST


def draft_of(choice: Choice) -> BoardDraft | None:
    """Return the draft for a choice that is being worked out, or is ready and not too old."""
    draft = BoardDraft.objects.filter(digest=choice.digest).first()
    if draft is None:
        return None
    age = timezone.now() - (draft.ready_at or draft.asked_at)
    return draft if age < (KEPT if draft.ready_at else PATIENCE) else None


def progress_key(draft_id: UUID) -> str:
    """Return under which name a worker says how far it is."""
    return f"board:{draft_id}"


def progress_of(draft: BoardDraft) -> int:
    """Return how many steps of a draft are done: reading, and the three wishes."""
    return int(cache.get(progress_key(draft.pk), -1)) + 1


def scene_for(actor: Actor, on: date) -> Scene:
    """Return everybody on the board of this municipality."""
    if not actor.may(Permission.VIEW_CASES):
        raise NotAllowed
    return scene(on)


def scene(on: date) -> Scene:
    """Return everybody on the board of this municipality."""
    unfinished = MatchProposal.objects.filter(status__in=UNFINISHED)
    running = list(unfinished.values_list("family", "support_family"))
    busy = {family for family, _support in running}
    waiting = _waiting().order_by("waiting_since", "pk")
    families = list(waiting.select_related("need").prefetch_related("need__children", "children"))
    asking = [family for family in families if family.pk not in busy]
    available = _available()
    offering = list(available.order_by("approved_on", "pk"))
    # Of everybody who waits, so that the queries are the same whoever is on the board.
    sought = {family: _sought(family) for family in families}
    asked, offered = asked_by_each(sought, on), offered_by_each(available, on)
    no = MatchProposal.objects.filter(status__in=DECLINED, family__in=[family.pk for family in families])
    weights = weights_now()
    both = [asked[family.pk] for family in asking], [offered[family.pk] for family in offering]
    return Scene(
        on=on,
        asking=asking,
        children={family.pk: children for family, children in sought.items()},
        offering=offering,
        asked=both[0],
        offered=both[1],
        weights=weights,
        matrix=assess_all(*both, weights),
        declined=frozenset(no.values_list("family", "support_family")),
        proposals=Counter(support for _family, support in running),
        busy=len(families) - len(asking),
    )


def question_of(scene: Scene, choice: Choice) -> Question:
    """Return what the board is asked. Who said no to each other is not brought together again, unless that is fixed."""
    fixed = scene.places(choice.fixed)
    open_ = scene.matrix.open.copy()
    for pair in scene.places([*scene.declined, *choice.unwanted]):
        open_[pair] = open_[pair] and pair in fixed
    worth, tie = weigh(
        choice.objective,
        scores=scene.matrix.score.astype(np.int64),
        hectometres=scene.hectometres,
        waited=scene.waited,
    )
    free = [one.free_places - max(one.booked.values(), default=0) for one in scene.offered]
    added = [choice.per - scene.proposals.get(family.pk, 0) for family in scene.offering]
    return Question(
        sizes=np.array([one.wanted for one in scene.asked], dtype=np.int64),
        open=open_,
        places=np.array(free, dtype=np.int64),
        proposals=np.array(added, dtype=np.int64),
        worth=worth,
        tie=tie,
        locks=tuple(fixed),
    )


def _sought(family: RequestingFamily) -> list[SupportedChild]:
    need = getattr(family, "need", None)
    return (list(need.children.all()) if need else []) or list(family.children.all())


def _waiting() -> QuerySet[RequestingFamily]:
    return RequestingFamily.objects.filter(status=RequestingStatus.WAITING)


def _available() -> QuerySet[SupportFamily]:
    return SupportFamily.objects.filter(status=SupportStatus.AVAILABLE, offer__isnull=False)
