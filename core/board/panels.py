"""What the board shows, as plain values: templates run no queries and decide nothing."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.formats import duration, number
from common.permissions import Permission
from core.board import words
from core.board.answer import Answer
from core.board.choice import MOST_PAIRS, Choice, IdPair, code_of
from core.board.question import Pair
from core.board.selectors import Scene
from core.board.working_out import Outcome
from core.families.presentation import children_text
from core.matching.panels import score_text
from core.matching.rules import assess
from tenants.accounts.models import User

# Of those who are left: so many in a line each. Their own lists have the rest.
LEFT_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A family that asks with the support family that the board found for it."""

    asking: str
    asking_url: str
    about: str
    offering: str
    offering_url: str
    points: str
    waits: str
    far: str
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    questions: tuple[str, ...]
    fixed: bool
    propose_url: str
    fix_url: str
    refuse_url: str
    free_url: str


@dataclass(frozen=True, slots=True)
class Left:
    """A family without a proposal on this board, or a support family."""

    name: str
    url: str
    about: str
    why: str = ""
    search_url: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the board beside that of handing out one by one."""

    label: str
    board: str
    one_by_one: str


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A pair that the coordinator did not want, with the way back."""

    words: str
    undo_url: str


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The board."""

    waiting: int
    helped: int
    available: int
    busy: int
    lines: list[Line]
    compared: list[Compared]
    difference: str
    proven: str
    refused: list[str]
    gone: int
    unwanted: list[Unwanted]
    full: bool
    most: int
    left: list[Left]
    left_over: int
    spare: list[Left]
    spare_over: int
    hidden: list[tuple[str, str]]
    may_edit: bool
    clear_url: str


def board_page(scene: Scene, choice: Choice, outcome: Outcome, actor: User) -> BoardPage:
    """Gather the page of the board."""
    best = outcome.best
    helped, used = {asking for asking, _o in best.pairs}, {offering for _a, offering in best.pairs}
    left = [place for place in range(len(scene.asking)) if place not in helped]
    spare = [place for place in range(len(scene.offering)) if place not in used]
    known = {scene.ids(pair) for pair in scene.places([*choice.fixed, *choice.unwanted])}
    return BoardPage(
        waiting=len(scene.asking),
        helped=best.helped,
        available=len(scene.offering),
        busy=scene.busy,
        lines=[_line(scene, choice, pair) for pair in best.pairs],
        compared=compared(scene, best, outcome.one_by_one),
        difference=words.difference(scene, outcome),
        proven=str(words.PROVEN[choice.objective]) if best.proven else "",
        refused=[words.why_not_fixed(scene, one) for one in outcome.refused],
        gone=len({*choice.fixed, *choice.unwanted} - known),
        unwanted=_unwanted(scene, choice),
        full=choice.full,
        most=MOST_PAIRS,
        left=[_left(scene, outcome, place) for place in left[:LEFT_SHOWN]],
        left_over=max(0, len(left) - LEFT_SHOWN),
        spare=[_spare(scene, place) for place in spare[:LEFT_SHOWN]],
        spare_over=max(0, len(spare) - LEFT_SHOWN),
        hidden=hidden(choice),
        may_edit=actor.may(Permission.EDIT_CASES),
        clear_url=f"?{Choice(choice.objective, choice.per).query}" if choice.fixed or choice.unwanted else "",
    )


def hidden(choice: Choice) -> list[tuple[str, str]]:
    """Return the pairs of a choice as the form carries them along."""
    fixed = [("vast", code_of(pair)) for pair in choice.fixed]
    return fixed + [("niet", code_of(pair)) for pair in choice.unwanted]


def compared(scene: Scene, best: Answer, one_by_one: Answer) -> list[Compared]:
    """Return the figures of both ways beside each other."""

    def row(label: str, *figures: str) -> Compared:
        return Compared(label, *figures)

    both = (best, one_by_one)
    return [
        row(_("Gezinnen geholpen"), *(number(one.helped) for one in both)),
        row(_("Gemiddelde score"), *(number(words.average_score(scene, one)) for one in both)),
        row(
            _("Afstand samen"),
            *(_("%(km)s km") % {"km": number(words.kilometres(scene, one))} for one in both),
        ),
        row(_("Zij wachten gemiddeld"), *(duration(round(words.average_wait(scene, one))) for one in both)),
    ]


def _line(scene: Scene, choice: Choice, pair: Pair) -> Line:
    asking, offering, ids = scene.asking[pair[0]], scene.offering[pair[1]], scene.ids(pair)
    found = assess(scene.asked[pair[0]], scene.offered[pair[1]], scene.weights)
    children = scene.children[asking.pk]
    chosen = "&".join(f"children={child.pk}" for child in children)
    return Line(
        asking=words.name_of(asking),
        asking_url=reverse("families:requesting_detail", args=[asking.pk]),
        about=children_text(children),
        offering=words.name_of(offering),
        offering_url=reverse("families:support_detail", args=[offering.pk]),
        points=score_text(found.score),
        waits=_("Wacht %(time)s") % {"time": duration(int(scene.waited[pair[0]]))},
        far=_far(found.distance_km),
        reasons_for=found.reasons_for,
        reasons_against=found.reasons_against,
        questions=found.questions,
        fixed=ids in choice.fixed,
        propose_url=f"{reverse('matching:propose', args=ids)}?{chosen}",
        fix_url=_with(choice.fix(ids)),
        refuse_url=_with(choice.refuse(ids)),
        free_url=_with(choice.without(ids)),
    )


def _far(km: float | None) -> str:
    return _("afstand onbekend") if km is None else _("%(km)s km") % {"km": number(km, 1)}


def _with(choice: Choice) -> str:
    return f"?{choice.query}"


def _left(scene: Scene, outcome: Outcome, place: int) -> Left:
    family = scene.asking[place]
    waits = _("wacht %(time)s") % {"time": duration(int(scene.waited[place]))}
    return Left(
        name=words.name_of(family),
        url=reverse("families:requesting_detail", args=[family.pk]),
        about=" · ".join([children_text(scene.children[family.pk]), waits]),
        why=words.why_left(scene, outcome, place),
        search_url=reverse("matching:candidates", args=[family.pk]),
    )


def _spare(scene: Scene, place: int) -> Left:
    family = scene.offering[place]
    days = (scene.on - family.approved_on).days if family.approved_on else None
    return Left(
        name=words.name_of(family),
        url=reverse("families:support_detail", args=[family.pk]),
        about=" · ".join([capfirst(family.place), _("%(time)s beschikbaar") % {"time": duration(days)}]),
    )


def _unwanted(scene: Scene, choice: Choice) -> list[Unwanted]:
    found = []
    for pair in scene.places(choice.unwanted):
        ids: IdPair = scene.ids(pair)
        both = {"asking": words.name_of(scene.asking[pair[0]]), "offering": str(scene.offering[pair[1]])}
        found.append(Unwanted(_("%(asking)s bij %(offering)s") % both, _with(choice.without(ids))))
    return found
