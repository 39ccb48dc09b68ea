"""What the page of shortages shows: what is missing, what is left, and for what to look."""

from collections import Counter
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.vocabulary import AgeBand, DayPart, SupportForm
from core.board.selectors import Scene
from core.board.shortages import Balance, Subject, balances, to_recruit, without_offer, without_wish
from core.board.words import STANDS_IN_THE_WAY
from core.matching.gates import Gate
from core.matching.matrix import GATE_BITS

LABELS = {Subject.DAY_PART: DayPart, Subject.FORM: SupportForm, Subject.AGE: AgeBand}
HEADS = {
    Subject.DAY_PART: gettext_lazy("Dagdeel"),
    Subject.FORM: gettext_lazy("Steunvorm"),
    Subject.AGE: gettext_lazy("Leeftijd"),
}


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """How many ask for something and how many offer it."""

    what: str
    asking: int
    offering: int
    short: bool


@dataclass(frozen=True, slots=True)
class BalanceTable:
    """Everything of one subject."""

    head: str
    lines: list[BalanceLine]


@dataclass(frozen=True, slots=True)
class ShortagePage:
    """What is missing in this municipality."""

    waiting: int
    available: int
    recruit: list[str]
    without_offer: list[str]
    without_wish: list[str]
    nobody: int
    nobody_why: list[str]
    tables: list[BalanceTable]


def shortage_page(scene: Scene) -> ShortagePage:
    """Gather the page of shortages."""
    found = balances(scene.asked, scene.offered)
    return ShortagePage(
        waiting=len(scene.asking),
        available=len(scene.offering),
        recruit=[_sentence(one) for one in to_recruit(found)],
        without_offer=[_counted(one, one.asking, asking=True) for one in without_offer(found)],
        without_wish=[_counted(one, one.offering, asking=False) for one in without_wish(found)],
        nobody=int((~scene.matrix.open.any(axis=1)).sum()) if scene.asking else 0,
        nobody_why=_why_nobody(scene),
        tables=[
            BalanceTable(
                str(head),
                [
                    BalanceLine(label_of(one), one.asking, one.offering, one.short > 0)
                    for one in found
                    if one.subject is subject
                ],
            )
            for subject, head in HEADS.items()
        ],
    )


def label_of(one: Balance) -> str:
    """Return what it is about, as a line begins with it."""
    return capfirst(str(LABELS[one.subject](one.value).label))


def _sentence(one: Balance) -> str:
    what = str(LABELS[one.subject](one.value).label)
    look = {
        Subject.DAY_PART: _("Zoek steungezinnen die op %(what)s kunnen."),
        Subject.FORM: _("Zoek steungezinnen voor deze steunvorm: %(what)s."),
        Subject.AGE: _("Zoek steungezinnen voor kinderen van %(what)s."),
    }[one.subject] % {"what": what}
    ask = ngettext("%(n)d gezin vraagt het", "%(n)d gezinnen vragen het", one.asking) % {"n": one.asking}
    offer = (
        ngettext("%(n)d steungezin biedt het", "%(n)d steungezinnen bieden het", one.offering)
        % {"n": one.offering}
        if one.offering
        else _("niemand biedt het")
    )
    return f"{look} {capfirst(ask)}, {offer}."


def _counted(one: Balance, count: int, *, asking: bool) -> str:
    words = (
        ngettext("%(what)s: %(n)d gezin", "%(what)s: %(n)d gezinnen", count)
        if asking
        else ngettext("%(what)s: %(n)d steungezin", "%(what)s: %(n)d steungezinnen", count)
    )
    return words % {"what": label_of(one), "n": count}


def _why_nobody(scene: Scene) -> list[str]:
    """Return what stands in the way most often where nobody fits, counted once per family."""
    often: Counter[Gate] = Counter()
    for gates, changes in zip(scene.matrix.gates, scene.matrix.changes, strict=True):
        if gates.size and gates.all():
            nearest = gates[changes == changes.min()]
            often.update(gate for gate, bit in GATE_BITS.items() if (nearest & bit).any())
    order = list(Gate)
    ranked = sorted(often.items(), key=lambda item: (-item[1], order.index(item[0])))
    return [
        ngettext("%(why)s Dat is zo bij %(n)d gezin.", "%(why)s Dat is zo bij %(n)d gezinnen.", count)
        % {"why": STANDS_IN_THE_WAY[gate], "n": count}
        for gate, count in ranked[:3]
    ]
