"""Which rows of the tables between two municipalities (``tenants.crossing``) the role of a municipality reaches.

PostgreSQL decides, not the code: a third municipality finds nothing, nobody can write in the name of another, and a
card is there only while both municipalities allow it and its last day has not passed. No login has any right here.
"""

from collections.abc import Mapping
from typing import Final

Rule = tuple[str, str | None, str | None]
"""The command, which rows there are, and which rows may be written."""


def _own(column: str) -> str:
    """Return the condition that a column names the municipality whose role is at work.

    A practice municipality has invented people: they never stand beside real ones.
    """
    return (
        f"EXISTS (SELECT FROM public.municipalities_municipality AS own WHERE own.id = {column}"
        " AND own.kind <> 'practice'"
        " AND right(current_user::text, length(own.schema_name) + 1) = '_' || own.schema_name)"
    )


def _allows(one: str, other: str) -> str:
    return (
        "EXISTS (SELECT FROM public.crossing_neighbour AS allowed"
        f" WHERE allowed.municipality_id = {one} AND allowed.partner_id = {other})"
    )


_OURS: Final = _own("crossing_card.municipality_id")
_THEIRS: Final = _own("crossing_card.partner_id")
_BOTH_ALLOW: Final = " AND ".join(
    _allows(*pair)
    for pair in (
        ("crossing_card.municipality_id", "crossing_card.partner_id"),
        ("crossing_card.partner_id", "crossing_card.municipality_id"),
    )
)
_OPEN: Final = f"{_BOTH_ALLOW} AND crossing_card.expires_on >= CURRENT_DATE"
_SEEN: Final = "EXISTS (SELECT FROM public.crossing_card AS card WHERE card.id = crossing_countercard.card_id"
_FOR_US: Final = _own("card.partner_id")
_OF_SEEN: Final = (
    "EXISTS (SELECT FROM public.crossing_countercard AS seen WHERE seen.id = crossing_assent.counter_id)"
)

POLICIES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "crossing_neighbour": {
        "concerned_reads": (
            "SELECT",
            f"{_own('crossing_neighbour.municipality_id')} OR {_own('crossing_neighbour.partner_id')}",
            None,
        ),
        "own_allows": ("INSERT", None, _own("crossing_neighbour.municipality_id")),
        "own_stops": ("DELETE", _own("crossing_neighbour.municipality_id"), None),
    },
    "crossing_card": {
        "concerned_reads": ("SELECT", f"{_OURS} OR ({_THEIRS} AND {_OPEN})", None),
        "own_publishes": ("INSERT", None, f"{_OURS} AND {_OPEN}"),
        "own_takes_back": ("DELETE", _OURS, None),
    },
    # What is seen of a card is decided above: the inner query is under the policy of the card.
    "crossing_countercard": {
        "concerned_reads": ("SELECT", f"{_SEEN})", None),
        "partner_offers": ("INSERT", None, f"{_SEEN} AND {_FOR_US})"),
        "concerned_ends": ("DELETE", f"{_SEEN})", None),
    },
    "crossing_assent": {
        "concerned_reads": ("SELECT", _OF_SEEN, None),
        "own_agrees": ("INSERT", None, f"{_own('crossing_assent.municipality_id')} AND {_OF_SEEN}"),
        "concerned_ends": ("DELETE", _OF_SEEN, None),
    },
}
