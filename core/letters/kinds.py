"""Which letters there are for whom, and what stands above them unless the coordinator chooses otherwise."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.letters.models import Topic
from tenants.standards.models import StandardKind


class About(StrEnum):
    """Whose page a letter starts from."""

    ASKING = "asking"
    OFFERING = "offering"
    COUPLING = "coupling"


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One kind of letter."""

    standard: StandardKind
    about: frozenset[About]
    topic: Topic
    warm: bool = False


_ALL: Final = frozenset(About)
_FAMILIES: Final = frozenset({About.ASKING, About.OFFERING})
_OFFERING: Final = frozenset({About.OFFERING})
_COUPLING: Final = frozenset({About.COUPLING})
K, T = StandardKind, Topic
LETTER_KINDS: Final[dict[str, LetterKind]] = {
    kind.standard.value: kind
    for kind in (
        LetterKind(K.LETTER, _ALL, T.GREETING),
        LetterKind(K.LETTER_VISIT, _FAMILIES, T.APPOINTMENT),
        LetterKind(K.LETTER_WAITING, frozenset({About.ASKING}), T.NEWS),
        LetterKind(K.LETTER_MEETING, _COUPLING, T.APPOINTMENT),
        LetterKind(K.LETTER_TRIAL, _COUPLING, T.APPOINTMENT),
        LetterKind(K.LETTER_FAREWELL, _COUPLING, T.THANKS),
        LetterKind(K.WARM_NOT_FORGOTTEN, _OFFERING, T.QUESTION, warm=True),
        LetterKind(K.WARM_BACK_SOON, _OFFERING, T.QUESTION, warm=True),
        LetterKind(K.WARM_CARD, _OFFERING, T.GREETING, warm=True),
        LetterKind(K.WARM_INVITE, _OFFERING, T.INVITATION, warm=True),
        LetterKind(K.WARM_VISIT, _OFFERING, T.TALK, warm=True),
        LetterKind(K.WARM_NEWS, _OFFERING, T.NEWS, warm=True),
        LetterKind(K.WARM_ADVICE, _OFFERING, T.QUESTION, warm=True),
    )
}


def kinds_for(about: About) -> list[LetterKind]:
    """Return the letters that can be written from a page."""
    return [kind for kind in LETTER_KINDS.values() if about in kind.about]
