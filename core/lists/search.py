"""Finding by words: names whatever the accents and whatever stands before them, places, and free text by word stem.

The words are columns that PostgreSQL makes by itself (see the migration ``families.0002_search``). Every word that is
typed must be found somewhere in the file; a word may be unfinished. A person types "vd berg", "van den Berg" or
"Berg": what stands before a name does not count as long as there is another word. A note that somebody may not read
finds nothing for that person.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from tenants.accounts.models import User

LETTERS = str.maketrans("-'’./øłđıðþ", "     oldidt", "".join(chr(code) for code in range(0x0300, 0x0370)))
# fmt: off
BEFORE_A_NAME = frozenset({
    "van", "von", "de", "den", "der", "het", "t", "s", "ter", "ten", "te", "op", "in", "aan", "bij", "uit", "la", "le",
    "el", "al", "ben", "du", "des", "da", "di", "dos", "d", "l", "y", "v", "vd", "vdr",
})
# fmt: on
MOST_WORDS = 6
LONGEST = 80
Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
_ASKED = "(to_tsquery('simple', %s) || to_tsquery('dutch', %s))"
_WORD = re.compile(r"\w+")
_POSTCODE = re.compile(r"\b(\d{4}) ?([a-z]{2})\b")


@dataclass(frozen=True, slots=True)
class Source:
    """A table with words, and its column that says to which row of the list they belong.

    ``through`` is a table between this one and the list: its column that fits here, and ``gives`` is what it answers.
    Of notes only those count that the reader may read.
    """

    table: str
    column: str = "id"
    through: tuple[str, str] | None = None
    gives: str = "id"
    notes: bool = False

    def rows(self, word: str, reader: User | None) -> tuple[str, list[Any]]:
        """Return SQL for the ids of the rows with a word, with its values."""
        found = f'SELECT "{self.column}" FROM "{self.table}" WHERE search @@ {_ASKED}'  # noqa: S608  (our own names)
        values: list[Any] = [f"{word}:*"] * 2
        if self.notes:
            found += " AND (confidential_to IN ('', %s) OR author_id = %s)"
            values += [reader.role, reader.pk] if reader else ["", None]
        if self.through is None:
            return found, values
        table, column = self.through
        return (
            f'SELECT "{self.gives}" FROM "{table}"'  # noqa: S608  (our own names)
            f' WHERE "{column}" IN ({found}) AND "{self.gives}" IS NOT NULL'
        ), values


def plain(text: str) -> str:
    """Return a text in small letters without accents: the twin of the SQL in the migration."""
    return unicodedata.normalize("NFKD", text).lower().translate(LETTERS)


def words_of(text: str) -> list[str]:
    """Return the words to look for."""
    found = _WORD.findall(_POSTCODE.sub(r"\1\2", plain(text[:LONGEST])))[:MOST_WORDS]
    telling = [word for word in found if word not in BEFORE_A_NAME]
    return telling or found


def search(rows: Rows, text: str, sources: Sequence[Source], *, reader: User | None = None) -> Rows:
    """Return the rows in which, or beside which, every word occurs; without a reader in no note for few eyes."""
    for word in words_of(text):
        rows = rows.filter(pk__in=_with_word(word, sources, reader))
    return rows


def _with_word(word: str, sources: Sequence[Source], reader: User | None) -> RawSQL:
    parts = [source.rows(word, reader) for source in sources]
    text = " UNION ALL ".join(sql for sql, _values in parts)
    # What was typed is a parameter.
    return RawSQL(text, [value for _sql, values in parts for value in values])  # noqa: S611
