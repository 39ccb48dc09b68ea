"""From everybody who waits to a draft: the best set, and what handing out one by one would have come to."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.board.answer import Answer, hand_out
from core.board.choice import Choice
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
