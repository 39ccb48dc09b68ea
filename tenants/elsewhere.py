"""Asking other municipalities within one request: after its own transaction, each in its own, one after the other.

A view answers with `Asking`. The middleware ends the transaction of the host, asks each place in a transaction of its
own with that municipality's role and rights, and lets the page be made in a second transaction of the host. No query
ever sees two schemas, and a place that does not answer in time is named instead of waited for.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import structlog
from django.db import DatabaseError, connections
from django.http import HttpResponse

from common.errors import NotAllowed
from tenants import context
from tenants.municipalities.models import Municipality, State

T = TypeVar("T")

SECONDS_EACH = 1.5
SECONDS_TOGETHER = 4.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality as others may know it."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What a municipality said; None when it said nothing."""

    place: Place
    said: T | None


class Asking(HttpResponse, Generic[T]):
    """A page that is made when other municipalities have been asked."""

    def __init__(
        self,
        places: Sequence[UUID],
        question: Callable[[], T],
        finish: Callable[[list[Answer[T]]], HttpResponse],
    ) -> None:
        """``question`` is asked in each place; ``finish`` makes the page, in the scope of the host again."""
        super().__init__()
        self._places, self._question, self._finish = places, question, finish

    def complete(self, scope: AbstractContextManager[None]) -> None:
        """Ask, and take over the page. No scope is open now."""
        answers = ask(self._places, self._question)
        with scope:
            page = self._finish(answers)
        self.content, self.status_code = page.content, page.status_code
        # A middleware has measured the page before it was made; a browser reads no further than that.
        self.headers["Content-Length"] = str(len(self.content))


def ask(places: Sequence[UUID], question: Callable[[], T]) -> list[Answer[T]]:
    """Ask a question in each of these municipalities, in the order given; one that is gone is left out."""
    with context.registry():
        known = {row.pk: (row, row.state) for row in Municipality.objects.filter(pk__in=list(places))}
    began = time.monotonic()
    answers = []
    for pk in places:
        if pk not in known:
            continue
        municipality, state = known[pk]
        place = Place(municipality.pk, municipality.slug, municipality.name)
        in_time = time.monotonic() - began < SECONDS_TOGETHER
        said = _said(municipality, question) if state == State.LIVE and in_time else None
        answers.append(Answer(place, said))
    return answers


def _said(municipality: Municipality, question: Callable[[], T]) -> T | None:
    try:
        with context.municipality(municipality):
            with connections[context.current_scope().alias].cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(SECONDS_EACH * 1000)}")
            return question()
    except (DatabaseError, NotAllowed, context.NoScope) as error:
        _log.warning("place_silent", municipality_id=str(municipality.pk), error=type(error).__name__)
        return None
