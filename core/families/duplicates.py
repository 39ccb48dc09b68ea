"""Families that may be the same: by number, address, names as they sound and months of birth.

A family is known by its keys, which stand in a table of their own so that looking them up stays fast. What is typed in
a form has keys too; both are compared in the same way.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Text
from core.families.models import (
    AnyFamily,
    DuplicateKey,
    NotTheSame,
    RequestingFamily,
    SupportFamily,
)
from core.families.registration import RequestingRegistration, SupportRegistration
from core.families.sound import sound
from core.families.workflow import RequestingStatus
from tenants.context import atomic

# What a shared key is worth, and what it is called. A warning takes two things, or one strong one.
WORTH: Final[dict[str, tuple[int, Text]]] = {
    "t": (60, gettext_lazy("zelfde telefoonnummer")),
    "m": (60, gettext_lazy("zelfde e-mailadres")),
    "a": (40, gettext_lazy("zelfde postcode en huisnummer")),
    "k": (40, gettext_lazy("kind met dezelfde naam en geboortemaand")),
    "n": (25, gettext_lazy("achternaam klinkt hetzelfde")),
    "v": (20, gettext_lazy("voor- en achternaam klinken hetzelfde")),
    "z": (15, gettext_lazy("zelfde postcode")),
    "b": (15, gettext_lazy("kind uit dezelfde maand")),
}
ENOUGH: Final = 40
CERTAIN: Final = 60
MOST_SHOWN: Final = 5
MOST_TYPED: Final = 8
# Shared by so many that they are only looked at for families that something else points to.
_WEAK: Final = frozenset("zb")
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a family that is typed in or registered; everything may be missing."""

    names: Sequence[tuple[str, str]] = ()  # (first name, surname)
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    postcode: str = ""
    street: str = ""
    children: Sequence[tuple[str, int | None, int | None]] = ()  # (first name, year, month)


@dataclass(frozen=True, slots=True)
class Possible:
    """A family that may be the same, and why."""

    family: AnyFamily
    worth: int
    reasons: list[str]

    @property
    def certain(self) -> bool:
        """Tell whether it is hardly anything else."""
        return self.worth >= CERTAIN


def keys_of(known: Known) -> set[str]:
    """Return the keys by which a family can be recognised. Nothing is read or written."""
    postcode = re.sub(r"\W", "", known.postcode).upper()
    house = re.search(r"\d+", known.street)
    keys = {f"t:{digits[-_DIGITS:]}" for digits in map(_digits, known.phones) if len(digits) >= _DIGITS}
    keys |= {f"m:{email.strip().lower()}" for email in known.emails if "@" in email}
    keys |= {f"n:{heard}" for _first, last in known.names if (heard := sound(last))}
    keys |= {f"v:{sound(first)}:{sound(last)}" for first, last in known.names if sound(first) and sound(last)}
    if len(postcode) == len("1234AB"):
        keys.add(f"z:{postcode}")
        if house:
            keys.add(f"a:{postcode}:{house.group()}")
    for first, year, month in known.children:
        if year and month:
            keys.add(f"b:{year}-{month:02}")
            if sound(first):
                keys.add(f"k:{sound(first)}:{year}-{month:02}")
    return {key[:120] for key in keys}


def known_of(family: AnyFamily) -> Known:
    """Return what is known of a registered family."""
    people: list[Any] = list(
        family.parents.all() if isinstance(family, RequestingFamily) else family.adults.all()
    )
    children = list(family.children.all()) if isinstance(family, RequestingFamily) else []
    return Known(
        names=[("", family.name), *((person.first_name, person.last_name) for person in people)],
        phones=[person.phone for person in people],
        emails=[person.email for person in people],
        postcode=family.postcode,
        street=family.street,
        children=[(child.first_name, child.birth_year, child.birth_month) for child in children],
    )


def known_of_registration(data: RequestingRegistration | SupportRegistration) -> Known:
    """Return what is known of a family that registers."""
    people = data.parents if isinstance(data, RequestingRegistration) else data.adults
    children = data.children if isinstance(data, RequestingRegistration) else ()
    return Known(
        names=[("", data.family.name), *((person.first_name, person.last_name) for person in people)],
        phones=[person.phone for person in people],
        emails=[person.email for person in people],
        postcode=data.family.postcode,
        street=data.family.street,
        children=[(child.first_name, child.birth_year, child.birth_month) for child in children],
    )


def typed_in(data: Mapping[str, Any], kind: type[AnyFamily]) -> Known:
    """Return what was typed so far on a registration page, judged or not: it is only looked up, never kept."""

    def typed(name: str) -> str:
        value = str(data.get(name, "")).strip()
        return "" if "\x00" in value else value[:120]

    people = "parents" if kind is RequestingFamily else "adults"
    blocks = range(MOST_TYPED)
    return Known(
        names=[(typed(f"{people}-{n}-first_name"), typed(f"{people}-{n}-last_name")) for n in blocks],
        phones=[typed(f"{people}-{n}-phone") for n in blocks],
        emails=[typed(f"{people}-{n}-email") for n in blocks],
        postcode=typed("postcode"),
        street=typed("street"),
        children=[
            (
                typed(f"children-{n}-first_name"),
                _number(typed(f"children-{n}-born_in_jaar")),
                _number(typed(f"children-{n}-born_in_maand")),
            )
            for n in blocks
        ],
    )


def duplicate_keys_add(pairs: Iterable[tuple[AnyFamily, Known]]) -> None:
    """Write the keys of families that were just made, in one statement."""
    DuplicateKey.objects.bulk_create(
        [
            DuplicateKey(**{_column(family): family}, key=key)
            for family, known in pairs
            for key in sorted(keys_of(known))
        ],
        batch_size=2000,
    )


@atomic()
def duplicate_keys_write(family: AnyFamily) -> None:
    """Keep the keys of a family up to date; call it after every change of what they are made of."""
    DuplicateKey.objects.filter(**{_column(family): family}).delete()
    if family.status != RequestingStatus.MERGED:
        duplicate_keys_add([(family, known_of(family))])


def possible_duplicates(
    keys: Collection[str], kind: type[AnyFamily], *, of: AnyFamily | None = None
) -> list[Possible]:
    """Return the families that share enough with these keys, the likeliest first; never the family itself."""
    shared = _shared([key for key in keys if key[0] not in _WEAK], kind)
    for refuted in _told_apart(of):
        shared.pop(refuted, None)
    if of is not None:
        shared.pop(of.pk, None)
    for pk, more in _shared([key for key in keys if key[0] in _WEAK], kind, among=shared).items():
        shared[pk] |= more
    worth = {pk: sum(WORTH[sort][0] for sort in _sorts(found)) for pk, found in shared.items()}
    best = sorted((pk for pk in worth if worth[pk] >= ENOUGH), key=lambda pk: (-worth[pk], str(pk)))[
        :MOST_SHOWN
    ]
    objects: Any = kind._default_manager  # noqa: SLF001
    families = objects.in_bulk(best)
    return [
        Possible(
            families[pk], worth[pk], [str(WORTH[sort][1]) for sort in WORTH if sort in _sorts(shared[pk])]
        )
        for pk in best
        if pk in families
    ]


def duplicates_of(family: AnyFamily) -> list[Possible]:
    """Return the families that may be the same as one that is registered."""
    keys = list(DuplicateKey.objects.filter(**{_column(family): family}).values_list("key", flat=True))
    return possible_duplicates(keys, type(family), of=family)


def keys_fill(limit: int) -> int:
    """Make the keys of families that have none yet; return how many were made."""
    done = 0
    for objects in (RequestingFamily.objects, SupportFamily.objects):
        without: Any = objects.filter(duplicate_keys=None).exclude(status=RequestingStatus.MERGED)[
            : limit - done
        ]
        for family in without:
            duplicate_keys_write(family)
            done += 1
    return done


def warning_text(found: Iterable[Possible]) -> str:
    """Return what a form says about possible duplicates."""
    names = "; ".join(f"{possible.family}: {', '.join(possible.reasons)}" for possible in found)
    return _("Dit gezin lijkt al bekend. %(names)s.") % {"names": names}


def _shared(
    keys: Collection[str], kind: type[AnyFamily], *, among: Collection[UUID] | None = None
) -> dict[UUID, set[str]]:
    column = "requesting_family_id" if kind is RequestingFamily else "support_family_id"
    rows = DuplicateKey.objects.filter(key__in=keys, **{f"{column}__isnull": False})
    if among is not None:
        rows = rows.filter(**{f"{column}__in": list(among)})
    found: dict[UUID, set[str]] = defaultdict(set)
    if keys and (among is None or among):
        for pk, key in rows.values_list(column, "key"):
            found[pk].add(key)
    return found


def _told_apart(family: AnyFamily | None) -> set[UUID]:
    if family is None:
        return set()
    pairs = NotTheSame.objects.filter(one_id=family.pk).values_list("other_id", flat=True)
    others = NotTheSame.objects.filter(other_id=family.pk).values_list("one_id", flat=True)
    return {*pairs.union(others, all=True)}


def _sorts(keys: Iterable[str]) -> set[str]:
    found = {key[0] for key in keys}
    # The stronger says the weaker too.
    for strong, weak in (("a", "z"), ("k", "b")):
        if strong in found:
            found.discard(weak)
    return found


def _column(family: AnyFamily) -> str:
    return "requesting_family" if isinstance(family, RequestingFamily) else "support_family"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else None  # noqa: PLR2004  (a year)


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)
