"""From everybody who waits to a draft: the best set, and what handing out one by one would have come to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from core.board.answer import Answer, answer_of, breaks, hand_out
from core.board.choice import Choice, IdPair
from core.board.models import BoardDraft
from core.board.question import Question, RefusedLock, honour_locks
from core.board.selectors import Scene, question_of
from core.board.solving import solve


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The best set for a choice, beside what handing out one by one gives, and the fixed pairs that cannot be."""

    question: Question
    best: Answer
    one_by_one: Answer
    refused: tuple[RefusedLock, ...]


def work_out(scene: Scene, choice: Choice, said: Callable[[int], None] | None = None) -> Outcome:
    """Work the board out; ``said`` hears which step is done."""
    asked = question_of(scene, choice)
    kept, refused = honour_locks(asked)
    question = replace(asked, locks=kept)
    return Outcome(
        question=question,
        best=solve(question, said),
        # In the order of the list: whoever waits longest chooses first.
        one_by_one=hand_out(question, range(len(scene.asking))),
        refused=refused,
    )


def worked_out(scene: Scene, choice: Choice, draft: BoardDraft) -> Outcome:
    """Return what a worker found, as far as it is still possible today."""
    asked = question_of(scene, choice)
    kept, refused = honour_locks(asked)
    question = replace(asked, locks=kept)
    found = [
        answer_of(question, [pair for pair in scene.places(pairs) if question.open[pair]])
        for pairs in (_ids(draft.pairs), _ids(draft.one_by_one))
    ]
    # What was proven was proven of the families of then; with a pair gone it is no longer said.
    whole = found[0].helped == len(draft.pairs) and not breaks(question, found[0].pairs)
    return Outcome(question, replace(found[0], proven=whole), found[1], refused)


def _ids(pairs: list[list[str]]) -> list[IdPair]:
    return [(UUID(one), UUID(other)) for one, other in pairs]
