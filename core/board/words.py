"""What the board says in words: why something cannot be fixed, what stands in the way, what it adds to a list."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.formats import listing, number
from core.board.answer import Answer
from core.board.objectives import Objective
from core.board.question import RefusedLock, Snag
from core.board.selectors import Scene
from core.board.working_out import Outcome
from core.matching.gates import OF_THE_FAMILY, Gate
from core.matching.matrix import GATE_BITS
from core.matching.rules import assess

STANDS_IN_THE_WAY = {
    Gate.CONSENT: gettext_lazy("Nog niet alle ouders met gezag zijn akkoord."),
    Gate.NEED: gettext_lazy("De intake is niet af, of er is geen kind gekozen."),
    Gate.CLOSING_TALK: gettext_lazy("Er staat nog een afsluitend gesprek open."),
    Gate.TOGETHER: gettext_lazy("Met het steungezin dat past loopt al iets."),
    Gate.VOG: gettext_lazy("Bij wie past is de VOG niet in orde."),
    Gate.AVAILABLE: gettext_lazy("Wie past kan nu even niet."),
    Gate.CAPACITY: gettext_lazy("Nergens is plek voor alle kinderen samen."),
    Gate.VETO: gettext_lazy("Er is iets in huis dat echt niet kan, zoals een huisdier."),
    Gate.FORM: gettext_lazy("Niemand biedt de steunvorm die het gezin zoekt."),
    Gate.DAY_PART: gettext_lazy("Er is geen dagdeel waarop het bij allebei past."),
    Gate.OVERNIGHT: gettext_lazy("Nergens is een slaapplek."),
    Gate.DISTANCE: gettext_lazy("Wie past woont te ver weg."),
}
PROVEN = {
    Objective.BEST: gettext_lazy(
        "Er bestaat geen verdeling die meer gezinnen helpt, of evenveel gezinnen met een hogere score."
    ),
    Objective.LONGEST: gettext_lazy(
        "Er bestaat geen verdeling die meer gezinnen helpt, of evenveel gezinnen die samen langer wachten."
    ),
    Objective.NEAREST: gettext_lazy(
        "Er bestaat geen verdeling die meer gezinnen helpt, of evenveel gezinnen met minder kilometers."
    ),
}


def name_of(family: object) -> str:
    """Return "Gezin De Vries", as a sentence begins with it."""
    return capfirst(str(family))


def why_not_fixed(scene: Scene, refused: RefusedLock) -> str:
    """Return why a pair cannot be fixed, in a sentence or two."""
    asking, offering = scene.asking[refused.pair[0]], scene.offering[refused.pair[1]]
    both = {"asking": name_of(asking), "offering": str(offering)}
    if refused.snag is Snag.GATE:
        gates = assess(scene.asked[refused.pair[0]], scene.offered[refused.pair[1]], scene.weights).gates
        return _("%(asking)s bij %(offering)s kan niet. %(why)s") % {
            **both,
            "why": " ".join(gate.why for gate in gates),
        }
    others = listing(
        str(scene.offering[offers]) if refused.snag is Snag.TWICE else str(scene.asking[asks])
        for asks, offers in refused.others
    )
    if refused.snag is Snag.TWICE:
        words = _("%(asking)s staat al vast bij %(others)s, en kan niet ook bij %(offering)s.")
    elif refused.snag is Snag.PLACES:
        words = _("%(asking)s past niet meer bij %(offering)s: de plekken zijn voor %(others)s.")
    elif refused.others:
        words = _("%(asking)s kan niet bij %(offering)s: dat krijgt al een voorstel voor %(others)s.")
    else:
        words = _("%(asking)s kan niet bij %(offering)s: daar loopt al een voorstel.")
    return words % {**both, "others": others}


def why_left(scene: Scene, outcome: Outcome, place: int) -> str:
    """Return why a family gets no proposal on this board."""
    if outcome.question.open[place].any():
        return _("Er past wel een steungezin, maar dat helpt op dit bord een ander gezin.")
    gates = scene.matrix.gates[place]
    if not gates.size:
        return _("Er is nu geen steungezin beschikbaar.")
    own = [gate for gate in OF_THE_FAMILY if gates[0] & GATE_BITS[gate]]
    if own:
        return str(STANDS_IN_THE_WAY[min(own, key=list(Gate).index)])
    if not gates.all():
        return _("Wie past zei eerder nee, of dat wilde jij hier niet.")
    nearest = gates[scene.matrix.changes[place] == scene.matrix.changes[place].min()]
    often = {gate: int(((nearest & bit) > 0).sum()) for gate, bit in GATE_BITS.items()}
    return str(STANDS_IN_THE_WAY[max(often, key=lambda gate: often[gate])])


def average_score(scene: Scene, answer: Answer) -> float:
    """Return the average score of a set, in points."""
    return sum(int(scene.matrix.score[pair]) for pair in answer.pairs) / max(1, answer.helped) / 10


def kilometres(scene: Scene, answer: Answer) -> float:
    """Return how far the families of a set live from each other, together; unknown distances left out."""
    far = (float(scene.matrix.kilometres[pair]) for pair in answer.pairs)
    return sum(km for km in far if km == km)  # noqa: PLR0124  (not a number where it is not known)


def average_wait(scene: Scene, answer: Answer) -> float:
    """Return for how many days the families of a set wait, on average."""
    waited = scene.waited
    return sum(int(waited[asking]) for asking, _offering in answer.pairs) / max(1, answer.helped)


def difference(scene: Scene, outcome: Outcome) -> str:
    """Return what the board adds to handing out one by one, in a sentence."""
    best, other = outcome.best, outcome.one_by_one
    said = []
    if more := best.helped - other.helped:
        said.append(ngettext("%(n)d gezin meer geholpen", "%(n)d gezinnen meer geholpen", more) % {"n": more})
    points = round(average_score(scene, best)) - round(average_score(scene, other))
    if points:
        words = (
            ngettext("gemiddeld %(n)d punt hoger", "gemiddeld %(n)d punten hoger", points)
            if points > 0
            else ngettext("gemiddeld %(n)d punt lager", "gemiddeld %(n)d punten lager", -points)
        )
        said.append(words % {"n": abs(points)})
    far = round(kilometres(scene, best)) - round(kilometres(scene, other))
    if far:
        words = _("samen %(km)s km minder") if far < 0 else _("samen %(km)s km meer")
        said.append(words % {"km": number(abs(far))})
    days = round(average_wait(scene, best)) - round(average_wait(scene, other))
    if days:
        words = (
            ngettext(
                "zij wachten gemiddeld %(n)d dag langer", "zij wachten gemiddeld %(n)d dagen langer", days
            )
            if days > 0
            else ngettext(
                "zij wachten gemiddeld %(n)d dag korter", "zij wachten gemiddeld %(n)d dagen korter", -days
            )
        )
        said.append(words % {"n": abs(days)})
    if not said:
        return _("Een voor een uitdelen komt nu op hetzelfde uit.")
    return _("Vergeleken met een voor een uitdelen: %(what)s.") % {"what": ", ".join(said)}
