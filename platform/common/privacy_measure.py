"""How often the privacy guard is right (precision) and how much of what it should find it finds (recall)."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from common.privacy import Finding, Kind, findings, plain

_MARK: Final = re.compile(r"\{(?P<kind>bsn|phone|address|name)\|(?P<text>[^}]+)\}")
NAMES_LINE: Final = "#! "


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what should be found in it, by place."""

    text: str
    wanted: frozenset[tuple[Kind, int, int]]


@dataclass(slots=True)
class Score:
    """Counts for one kind: found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Return which part of the warnings was right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Return which part of what should be found was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Measure:
    """The scores, with the sentences that went wrong and how many were warned about for nothing."""

    scores: dict[Kind, Score] = field(default_factory=lambda: {kind: Score() for kind in Kind})
    mistakes: list[str] = field(default_factory=list)
    clean: int = 0
    clean_warned: int = 0

    @property
    def overall(self) -> Score:
        """Return all kinds together."""
        total: Counter[str] = Counter()
        for score in self.scores.values():
            total.update(right=score.right, wrong=score.wrong, missed=score.missed)
        return Score(total["right"], total["wrong"], total["missed"])


def read(lines: Iterable[str]) -> tuple[list[Sentence], frozenset[str]]:
    """Return the sentences of a labelled set, and the surnames that exist in it."""
    sentences: list[Sentence] = []
    names: set[str] = set()
    for line in (line.rstrip("\n") for line in lines):
        if line.startswith(NAMES_LINE):
            names |= {plain(name.strip()) for name in line.removeprefix(NAMES_LINE).split(",")}
        elif line.strip() and not line.startswith("#"):
            sentences.append(_sentence(line))
    return sentences, frozenset(names)


def measure(sentences: Iterable[Sentence], names: frozenset[str]) -> Measure:
    """Return how the guard does on labelled sentences. A find counts when it overlaps what should be found."""
    made = Measure()
    for sentence in sentences:
        found = findings(sentence.text, names=names)
        wanted = set(sentence.wanted)
        wrong = []
        for one in found:
            hit = next((want for want in wanted if _same(want, one)), None)
            if hit:
                wanted.discard(hit)
                made.scores[one.kind].right += 1
            else:
                made.scores[one.kind].wrong += 1
                wrong.append(f"{one.kind} {one.text!r}")
        for kind, _start, _end in wanted:
            made.scores[kind].missed += 1
        if not sentence.wanted:
            made.clean += 1
            made.clean_warned += bool(found)
        if wrong or wanted:
            missed = [f"{kind} {sentence.text[start:end]!r}" for kind, start, end in sorted(wanted, key=str)]
            made.mistakes.append(f"{sentence.text}  (wrong: {wrong}, missed: {missed})")
    return made


def _same(wanted: tuple[Kind, int, int], found: Finding) -> bool:
    kind, start, end = wanted
    return kind == found.kind and start < found.end and found.start < end


def _sentence(line: str) -> Sentence:
    text, wanted, done = "", set(), 0
    for match in _MARK.finditer(line):
        text += line[done : match.start()]
        wanted.add((Kind(match["kind"]), len(text), len(text) + len(match["text"])))
        text += match["text"]
        done = match.end()
    return Sentence(text + line[done:], frozenset(wanted))
