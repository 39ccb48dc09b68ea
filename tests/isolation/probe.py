"""Asking every address in everybody's name, and looking everywhere for what may not be there."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from itertools import product
from time import perf_counter
from types import TracebackType
from typing import Any, ClassVar, Final
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django.urls import Resolver404, resolve

from tenants import context, middleware
from tenants.accounts.models import User
from tenants.accounts.sessions import SessionStore
from tenants.municipalities.models import Municipality, OutboxEntry
from tests.isolation.addresses import URLCONFS, Address, addresses
from tests.isolation.forms import FoundForm, encoded, forms_in
from tests.isolation.world import STORIES, World, canaries_in, ids_in

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
FOUNDATION: Final = f"landelijk.{settings.BASE_DOMAIN}"
API: Final = settings.BASE_DOMAIN
UNKNOWN: Final = f"nergens.{settings.BASE_DOMAIN}"
# The connections that pages work with.
PAGES: Final = ("default", "national")
NOBODY: Final = UUID("00000000-0000-4000-8000-000000000000")

Ids = Mapping[str, object]


# ------------------------------------------------------------------------------------------------------------ visitors


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: anonymous, a person with a session, or a system with a token."""

    name: str
    session: str = ""
    token: str = ""


ANONYMOUS: Final = Visitor("anonymous")


def host_of(municipality: Municipality) -> str:
    """Return the host of a municipality."""
    return f"{municipality.slug}.{settings.BASE_DOMAIN}"


def person(place: Municipality | None, user_id: UUID, name: str) -> Visitor:
    """Return a visitor who has signed in at a municipality, or at the foundation."""
    with context.municipality(place) if place else context.foundation():
        user = User.objects.get(pk=user_id)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
    return Visitor(name, session=session.session_key or "")


def people(world: World) -> dict[str, Visitor]:
    """Return a signed-in visitor for every role of a municipality."""
    return {
        role: person(world.municipality, user_id, f"{role} of {world.municipality.slug}")
        for role, user_id in world.people.items()
    }


# -------------------------------------------------------------------------------------------------------------- asking


@dataclass
class Answer:
    """What came back, and everything that was written elsewhere meanwhile."""

    asked: str
    status: int
    headers: dict[str, str]
    body: str
    error: str = ""
    seconds: float = 0.0
    queries: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    traces: dict[str, str] = field(default_factory=dict)

    def places(self) -> Iterator[tuple[str, str]]:
        """Return every text that the answer left somewhere, with the name of the place."""
        yield "body", self.body
        for name, value in self.headers.items():
            yield f"header {name}", value
        yield from self.traces.items()

    def shape(self) -> tuple[int, dict[str, str], str]:
        """Return what a visitor can tell apart, without what differs in every answer."""
        headers = {name: plain(value) for name, value in self.headers.items() if name not in _EACH_ITS_OWN}
        return self.status, headers, plain(self.body)


_EACH_ITS_OWN: Final = {"X-Request-Id", "Date", "Set-Cookie", "RateLimit-Remaining", "RateLimit-Reset"}
_ONE_TIME: Final = re.compile(
    r"""(name="csrfmiddlewaretoken"\s+value=")[^"]*|(X-CSRFToken[^A-Za-z0-9]+)[A-Za-z0-9]+|shown:[\w:-]+"""
)
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def plain(text: str) -> str:
    """Return a text without ids and values that are made anew each time."""
    return _ID.sub("<id>", _ONE_TIME.sub(r"\1\2<once>", text))


class _Lines(logging.Handler):
    """Keeps log lines as they would have been written."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []
        formatter = next((h.formatter for h in logging.getLogger().handlers if h.formatter is not None), None)
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Probe:
    """Sends requests and keeps what they left behind."""

    asked_by_all: ClassVar[int] = 0

    def __init__(self) -> None:
        """Start with empty hands."""
        self._lines = _Lines()
        # One for all: a new one would look for all static files again.
        self._client = Client(raise_request_exception=False)
        self.outbox_text = ""
        self.written = False
        self.counts: dict[str, int] = {}
        self.count: Callable[[], dict[str, int]] = dict
        self.asked = 0
        self._queries = 0

    @contextmanager
    def listening(self) -> Iterator["Probe"]:
        """Hear every log line, in place of standard error, and count the queries."""
        root = logging.getLogger()
        handlers, root.handlers = root.handlers, [self._lines]
        try:
            with ExitStack() as stack:
                for alias in PAGES:
                    stack.enter_context(connections[alias].execute_wrapper(self._count_query))
                yield self
        finally:
            root.handlers = handlers

    def _count_query(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._queries += 1
        return execute(*arguments)

    def ask(
        self,
        visitor: Visitor,
        method: str,
        host: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        content_type: str = "",
        **headers: str,
    ) -> Answer:
        """Send one request as a visitor and return everything it left."""
        client = self._client
        client.cookies.clear()
        if visitor.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = visitor.session
        given: dict[str, Any] = {"host": host, **headers}
        if visitor.token:
            given["authorization"] = f"Bearer {visitor.token}"
        mail.outbox = []
        self._lines.lines.clear()
        self.outbox_text, self.written, self.counts = "", False, {}
        self.asked += 1
        Probe.asked_by_all += 1
        self._queries = 0
        begin = perf_counter()
        if method == "POST" and not isinstance(body, bytes):
            response = client.post(path, encoded(dict(body or {})), headers=given)
        else:
            data = body if isinstance(body, bytes) else b""
            kind = content_type or "application/x-www-form-urlencoded"
            response = client.generic(method, path, data, kind, headers=given)
        seconds = perf_counter() - begin
        problem = getattr(response, "exc_info", None)
        cookies = "\n".join(morsel.OutputString() for morsel in response.cookies.values())
        content = b"".join(response) if response.streaming else response.content
        return Answer(
            asked=f"{method} {host}{path} as {visitor.name}{' with a filled form' if body else ''}",
            status=response.status_code,
            headers={**response.headers, **({"Set-Cookie": cookies} if cookies else {})},
            body=content.decode("utf-8", "replace"),
            counts=self.counts,
            seconds=seconds,
            queries=self._queries,
            error=f"{problem[0].__name__}: {problem[1]}" if problem else "",
            traces={
                "log": "\n".join(self._lines.lines),
                "mail": "\n".join(str(message.message()) + str(message.to) for message in mail.outbox),
                "outbox": self.outbox_text,
                "written": "yes" if self.written else "",
            },
        )

    @contextmanager
    def without_effect(self) -> Iterator[None]:
        """Let every request end without effect, after a look at the work it left in the outbox."""
        place_of = middleware._place_of

        def dry(host: str) -> Any:
            place = place_of(host)
            return replace(place, scope=_Dry(place.scope, self)) if place else None

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(middleware, "_place_of", dry)
            yield


class _Dry(AbstractContextManager[None]):
    def __init__(self, scope: AbstractContextManager[None], probe: Probe) -> None:
        self._scope, self._probe = scope, probe

    def __enter__(self) -> None:
        self._scope.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # After a failure inside the request the transaction is to be rolled back anyway and takes no query.
            if kind is None and not connections[context.current_scope().alias].needs_rollback:
                rows = OutboxEntry.objects.values_list("schema_name", "job", "arguments", "last_error")
                self._probe.outbox_text = "\n".join(map(str, rows))
                self._probe.written = _has_written()
                self._probe.counts = self._probe.count()
                context.roll_back()
        finally:
            self._scope.__exit__(kind, error, trace)


def _has_written() -> bool:
    """Tell whether the transaction would leave something: PostgreSQL gives only those that write a number."""
    with connections[context.current_scope().alias].cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return bool(cursor.fetchone()[0])


# ------------------------------------------------------------------------------------------------------------- judging


def wrong_in(answer: Answer, secrets: set[str] | None = None, *, asked_for: str = "") -> list[str]:
    """Return what is wrong with an answer to somebody from elsewhere: a failure, a canary or an id of the other."""
    found = failures_in(answer)
    for place, text in answer.places():
        found += _canaries(answer, place, text)
        known = ids_in(text) & (secrets or set()) - ids_in(f"{answer.asked} {asked_for}")
        found += [f"{answer.asked}: {place} shows the id {one}" for one in sorted(known)]
    return found


def failures_in(answer: Answer) -> list[str]:
    """Return what is wrong with any answer: a failure of ours, or words about a person in a log line or the outbox."""
    found = []
    if answer.status >= 500 or answer.error:
        found.append(f"{answer.asked}: {answer.status} {answer.error.partition(chr(10))[0]}")
    for place in ("log", "outbox"):
        found += _canaries(answer, place, answer.traces[place])
    return found


def _canaries(answer: Answer, place: str, text: str) -> list[str]:
    found = sorted(canaries_in(text))
    return [f"{answer.asked}: {place} shows {len(found)} canaries, such as {found[0]!r}"] if found else []


def difference(theirs: Answer, nothing: Answer) -> list[str]:
    """Return how the answer for somebody else's object can be told from that for one that does not exist."""
    (status, headers, body), (no_status, no_headers, no_body) = theirs.shape(), nothing.shape()
    found = []
    if status != no_status:
        found.append(f"{theirs.asked}: {status}, an absent one gives {no_status}")
    if headers != no_headers:
        differing = {name for name, _value in headers.items() ^ no_headers.items()}
        found.append(f"{theirs.asked}: headers {sorted(differing)} differ from those for an absent one")
    if body != no_body:
        found.append(f"{theirs.asked}: the page differs from that for an absent one")
    if len(plain(theirs.body)) != len(plain(nothing.body)):
        found.append(f"{theirs.asked}: the length differs from that for an absent one")
    return found


def cost_difference(theirs: Answer, nothing: Answer, again: Callable[[], tuple[Answer, Answer]]) -> list[str]:
    """Return whether time or queries tell what exists.

    The best of several tries: a busy machine is slow by chance, and a cache may have to be filled in between.
    """
    queries, seconds = [theirs.queries, nothing.queries], [theirs.seconds, nothing.seconds]
    for _ in range(_TRIES):
        slow, fast = max(seconds), min(seconds)
        slower = slow > _SLOWER * fast and slow - fast > _NOTICED
        if queries[0] == queries[1] and not slower:
            return []
        both = again()
        queries = [min(known, answer.queries) for known, answer in zip(queries, both, strict=True)]
        seconds = [min(known, answer.seconds) for known, answer in zip(seconds, both, strict=True)]
    here, nowhere = (f"{n} queries and {time:.3f} s" for n, time in zip(queries, seconds, strict=True))
    return [f"{theirs.asked}: takes {here}, an absent one {nowhere}"]


_TRIES: Final = 24
_SLOWER: Final = 3.0
_NOTICED: Final = 0.02  # seconds; less is not seen from outside


def written_elsewhere(world: World, others: Iterable[Municipality | None]) -> list[str]:
    """Return where canaries stand outside the municipality: sessions of others, the cache, files."""
    found = []
    for other in others:
        with context.municipality(other) if other else context.foundation():
            found += [
                f"session {session.session_key} of {other or 'the foundation'}"
                for session in Session.objects.all()
                if canaries_in(str(SessionStore().decode(session.session_data)))
            ]
    own = world.municipality.schema_name
    cache: Any = caches["default"]
    client = cache._cache.get_client(None)
    for key in client.scan_iter("*"):
        name = key.decode("utf-8", "replace")
        text = name + repr(_value_of(client, key))
        if canaries_in(text) and f":{own}:" not in name:
            found.append(f"cache key {name}")
    for folder in ("files", "mail"):
        for path in (settings.VAR / folder).rglob("*"):
            here = str(path.relative_to(settings.VAR))
            if path.is_file() and own not in here and canaries_in(here + path.read_text("utf-8", "replace")):
                found.append(f"file {here}")
    return found


def _value_of(client: Any, key: bytes) -> Any:
    kind = client.type(key)
    return client.get(key) if kind == b"string" else kind


# ------------------------------------------------------------------------------------------- what an address is about


class Guide:
    """Knows which objects of a municipality an address is about, by asking as its own coordinator, without effect."""

    def __init__(self, probe: Probe, world: World, visitor: Visitor) -> None:
        """Start without knowledge; it is gathered once per address."""
        self.probe, self.world, self.visitor = probe, world, visitor
        self.host = host_of(world.municipality)
        self._objects: dict[Address, list[dict[str, UUID]]] = {}
        self._labels: dict[str, str] = {}
        self._forms: dict[str, FoundForm] | None = None

    def objects(self, address: Address) -> list[dict[str, UUID]]:
        """Return the sets of ids with which an address shows something, one per story at most."""
        if address not in self._objects:
            self._objects[address] = list(self._find(address)) if address.ids else [{}]
        return self._objects[address]

    def _find(self, address: Address) -> Iterator[dict[str, UUID]]:
        kinds = sorted(self.world.rows)
        begin = address.route.split("<", 1)[0]
        if begin in self._labels:
            kinds.sort(key=lambda kind: kind != self._labels[begin])
        for labels in product(kinds, repeat=len(address.ids)):
            found = []
            for story in range(len(STORIES)):
                # Two of one kind are two: the second is of the next story.
                ids = {
                    name: self.world.rows[label][(story + labels[:place].count(label)) % len(STORIES)]
                    for place, (name, label) in enumerate(zip(address.ids, labels, strict=True))
                }
                if self.shows(address, ids):
                    found.append(ids)
                elif story == 2 and not found:
                    break
            if found:
                self._labels[begin] = labels[0]
                yield from found
                return

    def shows(self, address: Address, ids: Ids) -> bool:
        """Tell whether the municipality's own coordinator reaches something at an address."""
        method = "GET" if "GET" in methods_of(address) else "POST"
        with self.probe.without_effect():
            answer = self.probe.ask(self.visitor, method, self.host, address.path(**ids))
        return answer.status != 404

    def form_for(self, address: Address) -> FoundForm | None:
        """Return the form that goes to an address, wherever in the municipality it stands."""
        if self._forms is None:
            self._forms = {}
            for known in addresses("municipality"):
                for ids in self.objects(known) if "GET" in methods_of(known) else []:
                    for form in self.forms_on(known.path(**ids)):
                        self._forms.setdefault(_name_of(form.action), form)
        return self._forms.get(address.name)

    def forms_on(self, path: str) -> list[FoundForm]:
        """Return the forms of a page."""
        with self.probe.without_effect():
            answer = self.probe.ask(self.visitor, "GET", self.host, path)
            if answer.status == 302:  # the page is for who has not signed in yet
                answer = self.probe.ask(ANONYMOUS, "GET", self.host, path)
        return list(forms_in(answer.body, path)) if answer.status == 200 else []

    def bodies(self, address: Address) -> list[Mapping[str, Any] | None]:
        """Return what to POST to an address: nothing, and what a person might send."""
        form = self.form_for(address)
        return [None, form.typed()] if form else [None]


def methods_of(address: Address) -> tuple[str, ...]:
    """Return the methods that a view takes, of a page or of an endpoint."""
    rule = getattr(address.view, "page_rule", None)
    if rule is not None:
        return tuple(rule.methods)
    names: Sequence[str] = getattr(getattr(address.view, "view_class", None), "http_method_names", ("get",))
    return tuple(name.upper() for name in names)


def _name_of(path: str) -> str:
    try:
        return resolve(path, URLCONFS["municipality"]).view_name
    except Resolver404:
        return ""


# --------------------------------------------------------------------------------------------------------- sweeping


Finding = Callable[[], list[str]]


def objects_elsewhere(
    probe: Probe,
    guide: Guide,
    host: str,
    visitors: Sequence[Visitor],
    chosen: Sequence[Address],
    *,
    full: bool,
) -> list[str]:
    """Ask for the objects of one municipality at the host of another, as everybody there."""
    secrets = guide.world.ids()
    found = []
    for address in chosen:
        theirs = guide.objects(address)
        if not address.ids or not theirs:
            continue
        for number, visitor in enumerate(visitors):
            for method in METHODS if full or number == 0 else ("GET",):
                for body in guide.bodies(address) if method == "POST" else [None]:
                    for ids in theirs if full else theirs[:1]:
                        nobody = dict.fromkeys(ids, NOBODY)
                        answer = probe.ask(visitor, method, host, address.path(**ids), body)
                        absent = probe.ask(visitor, method, host, address.path(**nobody), body)
                        found += wrong_in(answer, secrets, asked_for=str(body))
                        found += difference(answer, absent)
                        found += cost_difference(
                            answer,
                            absent,
                            partial(_both, probe, visitor, method, host, address, (ids, nobody), body),
                        )
    return found


def _both(
    probe: Probe,
    visitor: Visitor,
    method: str,
    host: str,
    address: Address,
    ids: tuple[Ids, Ids],
    body: Mapping[str, Any] | None,
) -> tuple[Answer, Answer]:
    """Ask for one thing and for another, right after each other."""
    theirs, nothing = (probe.ask(visitor, method, host, address.path(**one), body) for one in ids)
    return theirs, nothing


def refused_at_home(
    probe: Probe, guide: Guide, visitors: Sequence[Visitor], chosen: Sequence[Address], *, full: bool
) -> tuple[list[str], int]:
    """Compare what a role may not have in its own municipality with what is not there; return how often it was so."""
    found, refused = [], 0
    methods = METHODS if full else ("GET", "POST")
    with probe.without_effect():
        for address in chosen:
            if not address.ids:
                continue
            for ids in guide.objects(address) if full else guide.objects(address)[:1]:
                pair = (ids, dict.fromkeys(ids, NOBODY))
                for visitor, method in product(visitors, methods):
                    theirs, nothing = _both(probe, visitor, method, guide.host, address, pair, None)
                    if theirs.status != HTTPStatus.NOT_FOUND:
                        continue
                    refused += 1
                    again = partial(_both, probe, visitor, method, guide.host, address, pair, None)
                    found += difference(theirs, nothing) + cost_difference(theirs, nothing, again)
    return found, refused


def own_pages(
    probe: Probe,
    theirs: World,
    guide: Guide,
    visitors: Sequence[Visitor],
    chosen: Sequence[Address],
    *,
    full: bool,
) -> list[str]:
    """Ask for everything that somebody has of their own, and look for what is of the other municipality."""
    secrets = theirs.ids()
    found = []
    with probe.without_effect():
        for address in chosen:
            for number, visitor in enumerate(visitors):
                stories = guide.objects(address)
                chosen_stories = (
                    stories if full else (stories[2:4] if number == 0 else stories[3:4]) or stories[:1]
                )
                for story, ids in enumerate(chosen_stories):
                    for method in ("GET", "POST") if full or number + story == 0 else ("GET",):
                        for body in guide.bodies(address) if method == "POST" else [None]:
                            answer = probe.ask(visitor, method, guide.host, address.path(**ids), body)
                            found += wrong_in(answer, secrets)
    return found


def foreign_hosts(
    probe: Probe,
    theirs: World,
    guide: Guide,
    visitors: Mapping[str, Sequence[Visitor]],
    chosen: Sequence[Address],
    methods: Sequence[str],
) -> list[str]:
    """Ask for addresses at hosts where they may not be, as whoever stands there."""
    secrets = theirs.ids()
    found = []
    with probe.without_effect():
        for host, there in visitors.items():
            for address in chosen:
                for ids in (
                    guide.objects(address)[:1] if address.host == "municipality" else [_nobody(address)]
                ):
                    for visitor, method in product(there, methods):
                        answer = probe.ask(visitor, method, host, address.path(**ids))
                        found += wrong_in(answer, secrets)
                        if ids and host != guide.host:
                            nothing = probe.ask(visitor, method, host, address.path(**_nobody(address)))
                            found += difference(answer, nothing)
    return found


def _nobody(address: Address) -> dict[str, UUID]:
    return dict.fromkeys(address.ids, NOBODY)
