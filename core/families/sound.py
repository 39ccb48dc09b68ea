"""How a Dutch name sounds, so that Jansen and Janssen, Meijer and Meyer, de Vries and Vries are the same."""

import re
import unicodedata
from typing import Final

_BEFORE_A_NAME: Final = frozenset(
    "van von de den der het t s ter te ten op in aan bij uit la le el al ben du des da di v d".split()  # noqa: SIM905
)
_LETTERS: Final = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
# From spelling to sound, in this order.
_RULES: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"e[iy]j?|ij|y", "i"),
        (r"(ou|au)w?", "o"),
        (r"ae", "a"),
        (r"oe", "u"),
        (r"sch", "sg"),
        (r"sj|sh|tsj", "s"),
        (r"ch|gh", "g"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"ck|q", "k"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"dt|td", "t"),
        (r"d\b", "t"),
        (r"sz|zs|z", "s"),
        (r"v|w\b", "f"),
        (r"uw", "u"),
        (r"(?<=[a-z])h", ""),
        (r"(.)\1+", r"\1"),
    )
)


def sound(name: str) -> str:
    """Return how a name sounds: without accents, what stands before it, and differences that nobody hears."""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    words = re.findall(r"[a-z]+", letters)
    while len(words) > 1 and words[0] in _BEFORE_A_NAME:
        words.pop(0)
    heard = " ".join(words)
    for pattern, replacement in _RULES:
        heard = pattern.sub(replacement, heard)
    return heard.replace(" ", "")
