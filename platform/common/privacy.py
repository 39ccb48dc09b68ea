"""What should not stand in free text: citizen service numbers, telephone numbers, addresses, names of other families.

Pure rules over one text. They warn and never forbid: whoever writes knows better, and says so. How often they are
right and how much they miss is measured on sentences made for it (`manage.py privacy_measure`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What was found."""

    BSN = "bsn"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text that had better not be there."""

    kind: Kind
    start: int
    end: int
    text: str


# ------------------------------------------------------------------------------------------------------------ numbers

# Nine digits (an old number has eight), with blanks, dots or dashes between groups; not a part of something longer.
_NUMBER: Final = re.compile(r"(?<![\w+€$/-])(?<!\d[.,])\d(?:[ .-]?\d){7,8}(?![\w/]|[.,-]\d| ?\d)")
_BSN_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_OTHER_NUMBER: Final = re.compile(
    r"(€|euro|bedrag|order|factuur|polis|dossier|zaak|kenmerk)\w*[ :.#]*(nr\.?|nummer)?[ :.#]*$",
    re.IGNORECASE,
)
_BSN_BEFORE: Final = re.compile(r"\b(bsn|burgerservicenummer|sofi(-?nummer)?)\b", re.IGNORECASE)

# +31 or 0031 or 0, then the digits of a Dutch number in any grouping; and numbers from abroad with a plus.
_PHONE: Final = re.compile(
    r"(?<![\w+])(?:(?:\+|00)31[ .-]?(?:\(0\)[ .-]?)?[1-9]|\(?0[1-9])(?:[ ().-]{0,3}\d){7,9}(?!\d)"
    r"|(?<![\w+])\+(?!31)[1-9]\d{0,2}(?:[ ().-]{0,2}\d){6,12}(?!\d)"
    r"|(?<![\w+])0[89]00[ -]?\d{4}(?:[ -]?\d{3})?(?!\d)"
)
# Help lines that everybody may know.
_PUBLIC_NUMBERS: Final = {"08002000", "0800200", "09008844", "0800032432", "116111", "08000432"}
_PHONE_DIGITS: Final = range(8, 16)
HOME_DIGITS: Final = 10


# ---------------------------------------------------------------------------------------------------------- addresses

_STREET_ENDS: Final = (
    "straat|laan|weg|plein|gracht|kade|dijk|singel|hof|pad|steeg|dreef|plantsoen|park|ring|burg|veld|zoom|akker|markt|"
    "boulevard|allee|wal|sluis|haven|brink|poort|kamp|hoek|oord|staete|meent|erf|lei|baan|wei|weide|gaarde|horst|donk|"
    "straatje|laantje|weggetje|pleintje|hofje|paadje|steegje|waard|meer|eind|berg|dam|zijde"
)
_POSTCODE: Final = re.compile(r"(?<![\w.])[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}(?!\w)")
_HOUSE: Final = r"\d{1,5}(?:[ -]?[a-zA-Z]{1,2}(?![a-zA-Z]))?(?:[ -]\d{1,4})?"
_NUMBERED: Final = rf" (?:nr\.? |nummer |huisnummer )?({_HOUSE})"
# What comes after a number that is no house number: a time, an amount, an age.
_NO_HOUSE: Final = (
    r"(?![\w:.]*\d| ?(?:uur|jaar|euro|%|x|keer|dagen|weken|km|min|minuten|kinderen|gezinnen|maanden))"
)
# A name that ends like a street, with words before it or not; or a name with "Straat" as a word of its own.
_STREET: Final = re.compile(
    rf"(?<![\w-])(?:(?:(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Hh]et|’t|'t|[Tt]en|[Tt]er|[A-Z][\w.’'-]*) ){{0,4}}"
    rf"[A-Z][\w’'-]*(?:{_STREET_ENDS})"
    rf"|(?:[A-Z][\w.’'-]+ ){{1,3}}"
    rf"(?:[Ss]traat|[Ll]aan|[Ww]eg|[Pp]lein|[Gg]racht|[Kk]ade|[Dd]ijk|[Ss]ingel|[Hh]of|[Pp]ad))"
    rf"{_NUMBERED}{_NO_HOUSE}"
)
_LOWER_STREET: Final = re.compile(
    rf"(?<![\w-])[a-z][\w’'-]{{2,}}(?:straat|laan|plein|gracht|kade|dreef|singel|plantsoen){_NUMBERED}{_NO_HOUSE}"
)


# --------------------------------------------------------------------------------------------------------------- names

_WORD: Final = re.compile(r"[^\W\d_][\w’'-]*")
_PREFIXES: Final = frozenset(
    """
    van de der den het ten ter te in op aan bij 't t v d el al ben la le von zu du
    """.split()  # noqa: SIM905  (a list would be one word a line)
)
# Words that are surnames too, but that a sentence is full of: alone they are no name.
_ORDINARY: Final = frozenset(
    """
    bakker visser smit mulder boer jong groot klein wit zwart bruin groen blauw koning prins keizer bos berg
    dijk berg veen meer water kok slager timmerman schipper brouwer molenaar vos haan wolf valk vogel mol
    boom bloem steen kamp hoek huis kerk school brug poort dam sluis post maas rijn waal ring dag maan zon
    winter zomer lente mei vrijdag zondag maandag goed best lang kort rood oud nieuw jonge oude snel vrij
    rust feest hof laan weg straat plein park akker veld heide sterk broer zus oom tante pa ma opa oma kind
    kinderen vader moeder gezin hulp thuis loop wijk wil mag kan moet zal komt gaat zit ligt staat speelt
    leuk fijn mooi lief blij bang
    """.split()  # noqa: SIM905  (a list would be one word a line)
)
_CALLED: Final = re.compile(
    r"(?:\b(?:mevrouw|meneer|mevr\.?|mw\.?|dhr\.?|heer|familie|fam\.?|gezin|buurvrouw|buurman|juf|meester|tante|oom|opa|oma|"
    r"steungezin|vraaggezin|bij de|van de|met de)\s+)$",
    re.IGNORECASE,
)


_SHORT_TITLE: Final = re.compile(r"\b(mevr|mw|dhr|fam|mr|dr)\.$", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a text in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def findings(text: str, *, names: Collection[str] = ()) -> list[Finding]:
    """Return what had better not stand in a text, in order; ``names`` are surnames of other families, as `plain`."""
    found: list[Finding] = []
    for candidate in (*_bsns(text), *_phones(text), *_addresses(text), *_names(text, names)):
        if not any(candidate.start < other.end and other.start < candidate.end for other in found):
            found.append(candidate)
    return sorted(found, key=lambda finding: finding.start)


def name_candidates(text: str) -> set[str]:
    """Return the words of a text that could be a surname, as `plain`: what is worth asking the database."""
    return {word for _start, _end, word in _candidates(text)}


def is_bsn(digits: str) -> bool:
    """Tell whether digits pass the eleven test of a citizen service number."""
    number = digits.zfill(len(_BSN_WEIGHTS))
    if len(number) != len(_BSN_WEIGHTS) or not int(number):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_BSN_WEIGHTS, number, strict=True)) % 11 == 0


def _bsns(text: str) -> Iterator[Finding]:
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        before = text[max(0, match.start() - 30) : match.start()]
        named = bool(_BSN_BEFORE.search(before))
        phone = len(digits) == len(_BSN_WEIGHTS) and digits.startswith("0") and not named
        eight = len(digits) < len(_BSN_WEIGHTS) and not named
        if is_bsn(digits) and not phone and not eight and (named or not _OTHER_NUMBER.search(before)):
            yield _finding(Kind.BSN, match)


def _phones(text: str) -> Iterator[Finding]:
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group().replace("(0)", ""))
        at_home = digits.startswith("0") and not digits.startswith(("00", "08", "09"))
        whole = len(digits) == HOME_DIGITS if at_home else len(digits) in _PHONE_DIGITS
        if digits not in _PUBLIC_NUMBERS and whole:
            yield _finding(Kind.PHONE, match)


def _addresses(text: str) -> Iterator[Finding]:
    for pattern in (_STREET, _LOWER_STREET, _POSTCODE):
        for match in pattern.finditer(text):
            yield _finding(Kind.ADDRESS, match)


def _names(text: str, names: Collection[str]) -> Iterator[Finding]:
    for start, end, word in _candidates(text):
        if word in names:
            yield Finding(Kind.NAME, start, end, text[start:end])


def _candidates(text: str) -> Iterable[tuple[int, int, str]]:
    words = list(_WORD.finditer(text))
    for place, match in enumerate(words):
        raw = match.group().rstrip("’'-")
        raw = raw.removesuffix("’s").removesuffix("'s")
        word = plain(raw)
        if len(word) < 2 or word in _PREFIXES or not raw[0].isupper():  # noqa: PLR2004
            continue
        begins = _begins_sentence(text, match.start())
        previous = plain(words[place - 1].group()) if place else ""
        introduced = bool(_CALLED.search(text[max(0, match.start() - 20) : match.start()])) or (
            previous in _PREFIXES and not begins
        )
        after_first_name = place > 0 and words[place - 1].group()[0].isupper() and not begins
        if word in _ORDINARY and (begins or not (introduced or after_first_name)):
            continue
        yield match.start(), match.start() + len(raw), word


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"'“‘(-–")
    if _SHORT_TITLE.search(before):
        return False
    return not before or before[-1] in ".!?:\n"


def _finding(kind: Kind, match: re.Match[str]) -> Finding:
    return Finding(kind, match.start(), match.end(), match.group().strip())
