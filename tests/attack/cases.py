"""Published tables (disclosure.md section 10) as data: what is hidden, what adds up, and what a reader gets to know.

Every figure has its true value; `hidden` are the names that are not shown. In each line the first figure is the sum of
the others. `ranges` says what is left to a reader; some of the cases are published because they leak.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.attack.attacker import Puzzle


@dataclass(frozen=True)
class Case:
    name: str
    values: Mapping[str, int]
    lines: Sequence[Sequence[str]]
    hidden: frozenset[str]
    ranges: Mapping[str, tuple[int, int]]
    least: Mapping[str, int] = field(default_factory=dict)

    def rows(self) -> list[dict[str, int]]:
        return [{line[0]: 1, **dict.fromkeys(line[1:], -1)} for line in self.lines]

    def puzzle(self, *showing: str) -> Puzzle[str]:
        hidden = self.hidden - set(showing)
        known = {name: value for name, value in self.values.items() if name not in hidden}
        return Puzzle(known, [*self.rows()], least=dict(self.least))


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GEURTS = Case(
    "P1 Geurts 1992, table 10",
    {"a": 4, "b": 3, "c": 2, "d": 1, "e": 3, "f": 3, "ab": 7, "cd": 3, "ef": 6, "ace": 9, "bdf": 7},
    [("ab", "a", "b"), ("cd", "c", "d"), ("ef", "e", "f"), ("ace", "a", "c", "e"), ("bdf", "b", "d", "f")],
    words("a b c d"),
    {"a": (3, 6), "b": (1, 4), "c": (0, 3), "d": (0, 3)},
)

_REGIONS = {"A": 2, "B": 2, "I": 8, "J": 8, "K": 3, "L": 3, "M": 3, "N": 7}
_LINKED = [
    ("county-1", "A", "B", "I", "J"),
    ("county-2", "K", "L", "M", "N"),
    ("big", "L", "M"),
    ("small", "A", "B", "I", "J", "K", "N"),
    ("all", "county-1", "county-2"),
]
_SUMS = {"county-1": 20, "county-2": 16, "big": 6, "small": 30, "all": 36}
LINKED = Case(
    "P3 sdcTable, two tables each safe alone",
    _REGIONS | _SUMS,
    _LINKED,
    words("A B K L M"),
    {"K": (3, 3), "A": (0, 4), "L": (0, 6)},
)
LINKED_RIGHT = Case(
    "P3 with N hidden in both", _REGIONS | _SUMS, _LINKED, words("A B K L M N"), {"K": (0, 10), "N": (0, 10)}
)

SINGLETONS = Case(
    "P4 sdcTable issue 135: three singletons sum to three",
    {"a": 1, "b": 1, "c": 7, "d": 1, "e": 0, "all": 10},
    [("all", "a", "b", "c", "d", "e")],
    words("a b d"),
    {"a": (1, 1), "b": (1, 1), "d": (1, 1)},
    dict.fromkeys("abd", 1),
)

_AGES = {"yI": 2, "yP": 0, "yS": 5, "oI": 3, "oP": 4, "oS": 6}
_EUROPE = _AGES | {
    "y": 7, "o": 13, "I": 5, "P": 4, "S": 11, "all": 20, "yEU": 5, "oEU": 10, "EU": 15, "yNon": 2, "oNon": 3, "Non": 5,
}  # fmt: skip
_EUROPEAN = [
    ("yEU", "yP", "yS"), ("oEU", "oP", "oS"), ("EU", "P", "S"), ("yNon", "yI"), ("oNon", "oI"), ("Non", "I"),
    ("y", "yEU", "yNon"), ("o", "oEU", "oNon"), ("all", "EU", "Non"), ("all", "y", "o"),
    ("I", "yI", "oI"), ("P", "yP", "oP"), ("S", "yS", "oS"), ("EU", "yEU", "oEU"), ("Non", "yNon", "oNon"),
]  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """A published pattern: the primary figures, their companions, and that not one companion can be missed."""

    name: str
    primary: frozenset[str]
    companions: frozenset[str]
    least: int
    lines: Sequence[Sequence[str]]

    def case(self) -> Case:
        hidden = self.primary | self.companions
        least = {name: self.least for name in hidden if _EUROPE[name]}
        return Case(self.name, _EUROPE, self.lines, hidden, {}, least)


_FLAT = [("y", "yI", "yP", "yS"), ("o", "oI", "oP", "oS"), *_EUROPEAN[10:13]]
PATTERNS = [
    Pattern("P5 T1", words("yP"), words("yI oI oP"), 0, _FLAT),
    Pattern("P5 T2", words("yI yP yNon"), words("oI oP yEU oEU oNon"), 0, _EUROPEAN),
    Pattern("P5 T4", words("yI yNon oI oP oNon P"), words("yS yEU oEU S"), 1, _EUROPEAN),
]

DIFFERENCE = Case(
    "P15 two publications of the same table",
    {"before": 50, "after": 52, "new": 2, "before women": 54, "after women": 55, "new women": 1},
    [("after", "before", "new"), ("after women", "before women", "new women")],
    words("new") | {"new women"},
    {"new": (2, 2), "new women": (1, 1)},
)
LINKING = Case(
    "P15 22 live and work here, 21 men do",
    {"people": 22, "men": 21, "women": 1},
    [("people", "men", "women")],
    words("women"),
    {"women": (1, 1)},
)
REMAINDER = Case(
    "P15 what is left of a sum",
    {"all": 56_600, "one": 47_600, "two": 8_002, "left": 998},
    [("all", "one", "two", "left")],
    words("left"),
    {"left": (998, 998)},
)
GROUP = Case(
    "P16 a divorced part-timer takes herself away",
    {"divorced": 6, "herself": 1, "others full": 5, "others part": 0, "full": 5, "part": 1},
    [("full", "others full"), ("part", "others part", "herself")],
    frozenset({"others full", "others part"}),
    {"others full": (5, 5), "others part": (0, 0)},
)
DOMINANCE = Case(
    "P17 the second largest estimates the largest",
    {"all": 100_000, "largest": 50_000, "second": 49_000, "rest": 1_000},
    [("all", "largest", "second", "rest")],
    words("largest rest"),
    {"largest": (0, 51_000)},
)
DOMINANCE_SMALL = Case(
    "P17 330 = 300 + 20 + 10",
    {"all": 330, "largest": 300, "second": 20, "third": 10},
    [("all", "largest", "second", "third")],
    words("largest third"),
    {"largest": (0, 310)},
)
CASES = [
    GEURTS,
    LINKED,
    LINKED_RIGHT,
    SINGLETONS,
    DIFFERENCE,
    LINKING,
    REMAINDER,
    GROUP,
    DOMINANCE,
    DOMINANCE_SMALL,
]
