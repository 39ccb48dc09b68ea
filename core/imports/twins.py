"""Rows that resemble a family that is known, or an earlier row: shown to the coordinator, never decided here."""

import unicodedata
from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.families.models import RequestingParent, SupportAdult
from core.families.registration import RequestingRegistration
from core.imports.columns import Kind
from core.imports.judging import Judged, Registration

Marks = Iterator[tuple[str, str]]


def plain_name(name: str) -> str:
    """Return a name without capitals, accents and signs: "Driëssen" and "driessen" are the same."""
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "".join(letter for letter in letters if letter.isalnum())


def marks(last_name: str, postcode: str, phone: str, email: str) -> Marks:
    """Return by what people are found again: name with postcode, telephone number, e-mail address."""
    if last_name and postcode:
        yield "name", f"{plain_name(last_name)} {plain_name(postcode)}"
    if phone:
        yield "phone", phone
    if email:
        yield "email", email.lower()


def resemblances(kind: str, judged: Iterable[Judged]) -> dict[int, str]:
    """Return for the numbers of rows whom they resemble, in words. One query, however many rows."""
    people: QuerySet[RequestingParent] | QuerySet[SupportAdult] = (
        RequestingParent.objects.all() if kind == Kind.ASKING else SupportAdult.objects.all()
    )
    known: dict[tuple[str, str], str] = {}
    for last_name, postcode, phone, email, family, place in people.values_list(
        "last_name", "family__postcode", "phone", "email", "family__name", "family__place"
    ):
        for mark in marks(last_name, postcode, phone, email):
            known[mark] = _("Dit gezin lijkt op %(family)s in %(place)s, dat er al is.") % {
                "family": family,
                "place": place,
            }
    found = {}
    for row in judged:
        if row.registration is None:
            continue
        own = list(_marks_of(row.registration))
        found[row.number] = next((known[mark] for mark in own if mark in known), "")
        for mark in own:
            known.setdefault(
                mark, _("Dit gezin staat ook op regel %(number)d van dit bestand.") % {"number": row.number}
            )
    return {number: text for number, text in found.items() if text}


def _marks_of(registration: Registration) -> Marks:
    people = registration.parents if isinstance(registration, RequestingRegistration) else registration.adults
    for person in people:
        yield from marks(person.last_name, registration.family.postcode, person.phone, person.email)
