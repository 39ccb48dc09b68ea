"""Everything that a page of one municipality holds, taken to another: links, signatures, forms, keys, marks, cookies.

What is replayed is not listed anywhere: it is read from the pages of Purmerend as its own people see them, so that a
new link, feed or signed address is tried at once.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.contrib.sessions.backends import signed_cookies
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django.utils import timezone

from common.forms import SpamGuardMixin
from common.permissions import Role
from core.families.models import RequestingFamily
from tenants import context
from tenants.accounts.models import User
from tenants.cache import key_of_scope
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import addresses
from tests.isolation.forms import FoundForm, forms_in
from tests.isolation.probe import ANONYMOUS, API, FOUNDATION, Answer, Visitor
from tests.isolation.scene import Scene, open_scene, report
from tests.isolation.sizes import FULL

FORM_KEY = "form_key"
NOT_MODIFIED, FOUND = 304, 302


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module; the fixture of the same name cleans after each test."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def scene(_database: None) -> Iterator[Scene]:
    with open_scene() as opened:
        yield opened


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found |= {
            value for name, value in attrs if value and name in {"href", "src", "hx-get", "hx-post"}
        }


def links_in(body: str) -> set[str]:
    """Return the addresses on this host that a page leads to, with what stands behind their question mark."""
    reader = _Links()
    reader.feed(body)
    parts = (urlsplit(link) for link in reader.found)
    return {
        part._replace(scheme="", netloc="", fragment="").geturl()
        for part in parts
        if part.scheme in {"", "http", "https", "webcal"} and part.path.startswith("/")
    }


@pytest.fixture(scope="module")
def pages(scene: Scene) -> list[Answer]:
    """Return the pages of Purmerend, as its coordinator and its safeguarding officer see them."""
    found = []
    with scene.probe.without_effect():
        for address in addresses("municipality"):
            if "GET" not in probes.methods_of(address):
                continue
            stories = scene.guide_a.objects(address)
            for ids in stories if FULL else stories[2:4] or stories[:1]:
                for role in (Role.COORDINATOR, Role.SAFEGUARDING_OFFICER):
                    visitor = scene.people_a[role]
                    answer = scene.probe.ask(visitor, "GET", scene.guide_a.host, address.path(**ids))
                    found += [answer] if answer.status == 200 else []
    assert len(found) > 50
    return found


# ------------------------------------------------------------------------------------------------- links and signatures


def test_no_link_of_a_page_opens_anything_at_another_municipality(scene: Scene, pages: list[Answer]) -> None:
    links = {link for page in pages for link in links_in(page.body) if not link.startswith("/static/")}
    assert len(links) > 50
    secrets, found = scene.a.ids(), []
    visitors = {scene.host_b: scene.people_b[Role.COORDINATOR], FOUNDATION: scene.foundation, API: ANONYMOUS}
    with scene.probe.without_effect():
        for link in sorted(links):
            for host, visitor in visitors.items():
                found += probes.wrong_in(scene.probe.ask(visitor, "GET", host, link), secrets)
    assert not found, report(found)


def test_no_form_of_a_page_does_anything_at_another_municipality_to_what_it_was_about(
    scene: Scene, pages: list[Answer]
) -> None:
    forms: dict[str, FoundForm] = {}
    for page in pages:
        for form in forms_in(page.body, page.asked.split()[1].partition(scene.guide_a.host)[2]):
            forms.setdefault(form.action, form)
    assert len(forms) > 30
    before, secrets, found = worlds.snapshot(scene.a.municipality), scene.a.ids(), []
    visitors = {scene.host_b: scene.people_b[Role.COORDINATOR], FOUNDATION: scene.foundation}
    with scene.probe.without_effect():
        for action, form in sorted(forms.items()):
            sent: dict[str, Any] = form.typed()
            if worlds.canaries_in(str(sent)):
                sent = {name: _without_canaries(values) for name, values in sent.items()}
            for host, visitor in visitors.items():
                answer = scene.probe.ask(visitor, "POST", host, action, sent)
                found += probes.wrong_in(answer, secrets, asked_for=str(sent))
                if worlds.ids_in(action) & secrets and answer.counts:
                    found.append(f"{answer.asked}: wrote {answer.counts}")
    assert not found, report(found)
    assert worlds.snapshot(scene.a.municipality) == before


def _without_canaries(values: list[str]) -> list[str]:
    return ["Proef" if worlds.canaries_in(value) else value for value in values]


def test_twin_a_link_that_opens_elsewhere_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "canaries_in", lambda text: {"Zaanstad"} if "Zaanstad" in text else set())
    coordinator = scene.people_b[Role.COORDINATOR]
    with scene.probe.without_effect():
        answer = scene.probe.ask(coordinator, "GET", scene.host_b, "/vraaggezinnen")
    assert any("body shows" in finding for finding in probes.wrong_in(answer))


def test_what_a_page_leads_to_is_read_from_it() -> None:
    body = (
        '<a href="/a?b=1#c">x</a><a href="https://elders.example/d">y</a><form action="/z"></form>'
        '<a href="webcal://purmerend.naober.test/agenda/x.ics">k</a><a href="#top">t</a><a href="tel:06">t</a>'
        '<button hx-get="/later">z</button>'
    )
    assert links_in(body) == {"/a?b=1", "/d", "/agenda/x.ics", "/later"}


# ------------------------------------------------------------------------------------------------------------- marks


def test_a_mark_of_one_municipalitys_answer_saves_nobody_else_a_look(scene: Scene) -> None:
    """An ETag or date of an answer must not make another's answer "not changed"."""
    found = []
    hosts: list[tuple[str, str, Visitor, Visitor]] = [
        ("municipality", scene.host_b, scene.people_a[Role.COORDINATOR], scene.people_b[Role.COORDINATOR]),
        ("api", API, scene.tokens["purmerend"], scene.tokens["zaanstad"]),
    ]
    marks = 0
    with scene.probe.without_effect():
        for kind, host, ours, others in hosts:
            own = scene.guide_a.host if kind == "municipality" else API
            for address in addresses(kind):
                if address.ids:
                    continue
                answer = scene.probe.ask(ours, "GET", own, address.path())
                headers = {
                    asked: answer.headers[mark]
                    for mark, asked in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
                    if mark in answer.headers
                }
                marks += len(headers)
                sent: dict[str, Any] = headers or {
                    "If-Modified-Since": timezone.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
                }
                theirs = scene.probe.ask(others, "GET", host, address.path(), **sent)
                same_for_all = (kind == "api" and "schema" in address.name) or address.name.startswith(
                    "common:"
                )
                if theirs.status == NOT_MODIFIED and not same_for_all:
                    found.append(f"{theirs.asked}: not modified, by {headers}")
    assert found == []


# ------------------------------------------------------------------------------------------------------- keys of forms


def _register(scene: Scene, visitor: Visitor, host: str, **changed: Any) -> Answer:
    page = scene.probe.ask(visitor, "GET", host, "/vraaggezinnen/nieuw")
    form = next(
        form for form in forms_in(page.body, "/vraaggezinnen/nieuw") if form.action == "/vraaggezinnen/nieuw"
    )
    return scene.probe.ask(visitor, "POST", host, "/vraaggezinnen/nieuw", form.typed() | changed)


def _families(scene: Scene, which: worlds.World) -> int:
    del scene
    with context.municipality(which.municipality):
        return RequestingFamily.objects.count()


def test_the_key_of_a_form_that_was_done_at_one_municipality_means_nothing_at_another(scene: Scene) -> None:
    key = [uuid4().hex]
    coordinator_a, coordinator_b = scene.people_a[Role.COORDINATOR], scene.people_b[Role.COORDINATOR]
    first = _register(scene, coordinator_a, scene.guide_a.host, form_key=key)
    again = _register(scene, coordinator_a, scene.guide_a.host, form_key=key)
    assert first.status == again.status == FOUND
    assert first.headers["Location"] == again.headers["Location"], (
        "at home the second time leads to the first"
    )
    before = _families(scene, scene.b)
    there = _register(scene, coordinator_b, scene.host_b, form_key=key)
    assert there.status == FOUND
    assert there.headers["Location"] != first.headers["Location"]
    assert _families(scene, scene.b) == before + 1


def _public(scene: Scene, host: str, **changed: Any) -> Answer:
    path = "/aanmelden/vraaggezin"
    page = scene.probe.ask(ANONYMOUS, "GET", host, path)
    form = next(form for form in forms_in(page.body, path) if "submission_key" in form.fields)
    return scene.probe.ask(ANONYMOUS, "POST", host, path, form.typed() | changed)


def test_the_key_of_a_public_form_means_nothing_at_another_municipality(scene: Scene) -> None:
    key = [str(uuid4())]
    before = {world: _families(scene, world) for world in (scene.a, scene.b)}
    for _ in range(2):
        assert _public(scene, scene.guide_a.host, submission_key=key).status == FOUND
    assert _families(scene, scene.a) == before[scene.a] + 1, "at home the same key is the same registration"
    answer = _public(scene, scene.host_b, submission_key=key)
    assert answer.status == FOUND
    assert probes.wrong_in(answer, scene.a.ids()) == []
    assert _families(scene, scene.b) == before[scene.b] + 1


def _stamp(scene: Scene, host: str) -> list[str]:
    page = scene.probe.ask(ANONYMOUS, "GET", host, "/aanmelden/vraaggezin")
    form = next(form for form in forms_in(page.body, "") if "shown_at" in form.fields)
    return form.fields["shown_at"]


def test_the_signed_moment_of_a_form_is_worth_nothing_at_another_municipality(scene: Scene) -> None:
    stamp = _stamp(scene, scene.guide_a.host)
    with scene.probe.without_effect():
        assert _public(scene, scene.guide_a.host, shown_at=stamp).status == FOUND
        assert _public(scene, scene.host_b, shown_at=stamp).status == 400


def test_twin_a_moment_signed_for_every_host_would_be_taken(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = SpamGuardMixin.__init__
    monkeypatch.setattr(
        SpamGuardMixin,
        "__init__",
        lambda self, *args, **more: plain(self, *args, **more | {"guard_scope": "everywhere"}),
    )
    stamp = _stamp(scene, scene.guide_a.host)
    with scene.probe.without_effect():
        assert _public(scene, scene.host_b, shown_at=stamp).status == FOUND


# ------------------------------------------------------------------------------------- sessions of people who are alike


@pytest.fixture
def alike(scene: Scene) -> Iterator[User]:
    """Return Purmerend's coordinator; at Zaanstad is somebody with the same id, address and password hash meanwhile."""
    with context.municipality(scene.a.municipality):
        user = User.objects.get(pk=scene.a.people[Role.COORDINATOR])
        values = {field.attname: getattr(user, field.attname) for field in User._meta.concrete_fields}
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{scene.b.municipality.schema_name}".accounts_user ({columns}) VALUES ({marks})',  # noqa: S608
            list(values.values()),
        )
        yield user
        cursor.execute(
            f'DELETE FROM "{scene.b.municipality.schema_name}".accounts_user WHERE id = %s',  # noqa: S608
            [user.pk],
        )


def test_a_session_is_worth_nothing_elsewhere_even_to_somebody_with_the_same_id_and_password(
    scene: Scene, alike: User
) -> None:
    del alike
    visitor = scene.people_a[Role.COORDINATOR]
    here = scene.probe.ask(visitor, "GET", scene.guide_a.host, "/vraaggezinnen")
    there = scene.probe.ask(visitor, "GET", scene.host_b, "/vraaggezinnen")
    assert here.status == 200
    assert there.status == FOUND
    assert there.headers["Location"].startswith("/inloggen")


def test_twin_a_session_that_is_only_signed_would_let_that_person_in(
    scene: Scene, alike: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    monkeypatch.setattr("django.contrib.sessions.middleware.import_module", lambda _name: signed_cookies)
    store = signed_cookies.SessionStore()
    store["_auth_user_id"] = str(alike.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = alike.get_session_auth_hash()
    with context.municipality(scene.a.municipality):
        store.save()
    client = Client(headers={"host": scene.host_b})
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    assert client.get("/wachtwoord").status_code == 200


# ------------------------------------------------------------------------------------------------------------- cache


def test_what_one_municipality_put_in_the_cache_another_does_not_find(scene: Scene) -> None:
    with context.municipality(scene.a.municipality):
        caches["default"].set("proef", "Qzkan9999")
    try:
        for place in (context.municipality(scene.b.municipality), context.foundation(), context.releases()):
            with place:
                assert caches["default"].get("proef") is None
        with context.municipality(scene.a.municipality):
            assert caches["default"].get("proef") == "Qzkan9999"
    finally:
        with context.municipality(scene.a.municipality):
            caches["default"].delete("proef")


def test_twin_with_djangos_own_keys_it_would(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = caches["default"]
    assert cache.key_func is key_of_scope
    monkeypatch.setattr(cache, "key_func", lambda key, prefix, version: f"{prefix}:{version}:{key}")
    with context.municipality(scene.a.municipality):
        cache.set("proef", "Qzkan9999")
    with context.municipality(scene.b.municipality):
        assert cache.get("proef") == "Qzkan9999"
        cache.delete("proef")


def test_wrong_passwords_at_one_municipality_lock_nobody_out_at_another(scene: Scene) -> None:
    email = "iemand@voorbeeld.example"
    answers = [
        scene.probe.ask(ANONYMOUS, "POST", host, "/inloggen", {"email": email, "password": "fout"}).status
        for host in [*[scene.guide_a.host] * 6, scene.host_b, FOUNDATION]
    ]
    assert answers[5:] == [429, 400, 400]
