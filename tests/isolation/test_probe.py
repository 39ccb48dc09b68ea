"""The isolation probe: every address of every host, in everybody's name, with the objects of one asked at another.

Purmerend is full of canaries. Nobody from elsewhere may ever see one: not in a page, a header, a message, a mail, a
log line, the outbox, the cache or a session. Each guard has a twin that takes it away: the probe must find it then.

`NAOBER_ISOLATION=full` (make isolation) asks everything with every method as everybody; without it the same addresses
are asked, but a second and third role from one municipality are tried with fewer methods.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.http import HttpResponse

from common import urls
from common.permissions import Role
from core.families.jobs import send_confirmation
from core.families.models import RequestingFamily
from reporting.api import selectors
from reporting.disclosure.selectors import own_figures
from tenants import context, middleware
from tenants.accounts.sessions import SessionStore
from tenants.jobs import enqueue
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import URLCONFS, addresses
from tests.isolation.probe import ANONYMOUS, API, FOUNDATION, UNKNOWN, Answer, Visitor
from tests.isolation.scene import CANARY_NUMBER, Scene, open_scene, report
from tests.isolation.sizes import FULL

# The stories whose pages show most; the buttons of all others are pressed too.
_BUSY = {2, 3}


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


# --------------------------------------------------------------------------------------- the probe reaches everything


@pytest.mark.parametrize("host", URLCONFS)
def test_the_probe_can_fill_the_parameters_of_every_address(host: str) -> None:
    unknown = {
        str(address): address.unknown_parameters()
        for address in addresses(host)
        if address.unknown_parameters()
    }
    assert addresses(host)
    assert unknown == {}


def test_every_address_with_an_object_shows_one_to_its_own_coordinator(scene: Scene) -> None:
    unreached = [str(address) for address in addresses("municipality") if not scene.guide_a.objects(address)]
    assert unreached == []


def test_every_address_works_for_the_people_of_the_municipality_itself(scene: Scene) -> None:
    found: list[str] = []
    seen = 0
    with scene.probe.without_effect():
        for address in addresses("municipality"):
            methods = [(method, None) for method in probes.METHODS if method in probes.methods_of(address)]
            filled = [("POST", body) for body in scene.guide_a.bodies(address) if body]
            for role, visitor in scene.people_a.items():
                for number, ids in enumerate(scene.guide_a.objects(address)):
                    if FULL or number == 0:
                        asked = [*methods, *filled]
                    elif role == Role.COORDINATOR:
                        asked = [*(methods[:1] if number in _BUSY else []), *filled]
                    else:
                        continue
                    for method, body in asked:
                        answer = scene.probe.ask(
                            visitor, method, scene.guide_a.host, address.path(**ids), body
                        )
                        found += probes.failures_in(answer)
                        seen += bool(worlds.canaries_in(answer.body))
    assert not found, report(found)
    assert seen > 20, (
        "hardly any page of Purmerend shows a canary: the probe would find nothing elsewhere either"
    )


# ------------------------------------------------------------------------------------------------------ the promise


def test_an_object_of_another_municipality_is_as_absent_as_one_that_never_was(scene: Scene) -> None:
    before = worlds.snapshot(scene.a.municipality)
    found = probes.objects_elsewhere(
        scene.probe,
        scene.guide_a,
        scene.host_b,
        list(scene.people_b.values()),
        addresses("municipality"),
        full=FULL,
    )
    assert not found, report(found)
    assert worlds.snapshot(scene.a.municipality) == before


def test_what_a_role_may_not_see_at_home_is_as_absent_as_what_never_was(scene: Scene) -> None:
    found, refused = probes.refused_at_home(
        scene.probe, scene.guide_a, list(scene.people_a.values()), addresses("municipality"), full=FULL
    )
    assert not found, report(found)
    assert refused > 20, "there are pages that a role does not have"


def test_no_page_of_a_municipality_shows_anything_of_another(scene: Scene) -> None:
    found = probes.own_pages(
        scene.probe,
        scene.a,
        scene.guide_b,
        list(scene.people_b.values()),
        addresses("municipality"),
        full=FULL,
    )
    assert not found, report(found)


def test_an_anonymous_visitor_sees_nothing_of_a_municipality_anywhere(scene: Scene) -> None:
    hosts = {host: [ANONYMOUS] for host in (scene.guide_a.host, scene.host_b, FOUNDATION, API, UNKNOWN)}
    methods = probes.METHODS if FULL else ("GET", "POST")
    found = probes.foreign_hosts(
        scene.probe, scene.a, scene.guide_a, hosts, addresses("municipality"), methods
    )
    assert not found, report(found)


def test_sessions_of_a_municipality_are_worth_nothing_at_any_other_host(scene: Scene) -> None:
    coordinator = scene.people_a[Role.COORDINATOR]
    hosts = {host: [coordinator] for host in (scene.host_b, FOUNDATION, API, UNKNOWN)}
    found = probes.foreign_hosts(
        scene.probe, scene.a, scene.guide_a, hosts, addresses("municipality"), ("GET", "POST")
    )
    assert not found, report(found)


def test_the_foundation_sees_nothing_of_a_municipality(scene: Scene) -> None:
    hosts = {FOUNDATION: [scene.foundation, scene.people_a[Role.COORDINATOR]]}
    found = probes.foreign_hosts(
        scene.probe,
        scene.a,
        scene.guide_a,
        hosts,
        [*addresses("foundation"), *addresses("api")],
        probes.METHODS,
    )
    methods = probes.METHODS if FULL else ("GET", "POST")
    hosts = {FOUNDATION: [scene.foundation]}
    found += probes.foreign_hosts(
        scene.probe, scene.a, scene.guide_a, hosts, addresses("municipality"), methods
    )
    hosts = {scene.guide_a.host: [scene.foundation], scene.host_b: [scene.foundation]}
    found += probes.foreign_hosts(
        scene.probe, scene.a, scene.guide_a, hosts, addresses("municipality"), ("GET",)
    )
    assert not found, report(found)


def test_the_api_shows_a_municipality_only_to_its_own_token(scene: Scene) -> None:
    found: list[str] = []
    report_of_a = _report_id(scene, "purmerend")
    for visitor in (
        scene.tokens["zaanstad"],
        ANONYMOUS,
        Visitor("a wrong token", token="naober_x"),
        scene.foundation,
    ):
        for address in addresses("api"):
            ids = dict.fromkeys(address.ids, report_of_a)
            for method in probes.METHODS if FULL or visitor.token else ("GET", "POST"):
                answer = scene.probe.ask(visitor, method, API, address.path(**ids))
                nothing = scene.probe.ask(
                    visitor, method, API, address.path(**dict.fromkeys(ids, probes.NOBODY))
                )
                found += probes.wrong_in(answer, scene.a.ids()) + probes.difference(answer, nothing)
    for host in (scene.guide_a.host, scene.host_b, FOUNDATION, UNKNOWN):
        for address in addresses("api"):
            ids = dict.fromkeys(address.ids, report_of_a)
            found += probes.wrong_in(
                scene.probe.ask(scene.tokens["purmerend"], "GET", host, address.path(**ids))
            )
    assert not found, report(found)


def test_a_token_shows_its_own_municipality_so_that_the_test_above_means_something(scene: Scene) -> None:
    own = scene.probe.ask(
        scene.tokens["purmerend"], "GET", API, f"/api/v1/rapporten/{_report_id(scene, 'purmerend')}"
    )
    assert own.status == 200
    assert str(CANARY_NUMBER) in own.body


def test_nothing_of_a_municipality_is_left_in_sessions_cache_or_files_elsewhere(scene: Scene) -> None:
    for address in addresses("municipality"):
        for ids in scene.guide_b.objects(address)[:1]:
            scene.probe.ask(scene.people_a[Role.COORDINATOR], "GET", scene.host_b, address.path(**ids))
            scene.probe.ask(scene.people_b[Role.COORDINATOR], "GET", scene.host_b, address.path(**ids))
    assert probes.written_elsewhere(scene.a, [scene.b.municipality, None]) == []


def _report_id(scene: Scene, slug: str) -> str:
    answer = scene.probe.ask(scene.tokens[slug], "GET", API, "/api/v1/rapporten")
    found = sorted(worlds.ids_in(answer.body))
    assert found, answer.body
    return f"{found[0][:8]}-{found[0][8:12]}-{found[0][12:16]}-{found[0][16:20]}-{found[0][20:]}"


# ------------------------------------------------------------------------------------------------------- the twins


def _one(name: str) -> Any:
    return next(address for address in addresses("municipality") if address.name == name)


def test_twin_rows_of_another_under_the_same_ids_are_found(scene: Scene) -> None:
    address = _one("families:requesting_detail")
    table = "families_requestingfamily"
    with connections["owner"].cursor() as cursor:
        names = [f'"{schema}"."{table}"' for schema in _schemas(scene)]
        columns = ", ".join(
            f'"{field.column}"' for field in RequestingFamily._meta.concrete_fields if not field.generated
        )
        cursor.execute(f"INSERT INTO {names[1]} ({columns}) SELECT {columns} FROM {names[0]}")  # noqa: S608  (our own)
        try:
            found = probes.objects_elsewhere(
                scene.probe,
                scene.guide_a,
                scene.host_b,
                [scene.people_b[Role.COORDINATOR]],
                [address],
                full=False,
            )
        finally:
            cursor.execute(f"DELETE FROM {names[1]} b USING {names[0]} a WHERE a.id = b.id")  # noqa: S608
    assert any("body shows" in finding for finding in found)
    assert any("an absent one gives 404" in finding for finding in found)


@pytest.mark.parametrize(("theirs", "absent", "alike"), [(0.08, 0.01, False), (0.012, 0.01, True)])
def test_twin_an_answer_that_takes_longer_for_what_exists_is_found(
    theirs: float, absent: float, *, alike: bool
) -> None:
    pair = [Answer(f"GET /{seconds}", 404, {}, "", seconds=seconds) for seconds in (theirs, absent)]
    found = probes.cost_difference(pair[0], pair[1], lambda: (pair[0], pair[1]))
    assert (found == []) is alike


def test_twin_one_slow_moment_is_no_finding() -> None:
    slow, fast = (Answer(f"GET /{seconds}", 404, {}, "", seconds=seconds) for seconds in (0.5, 0.01))
    assert probes.cost_difference(slow, fast, lambda: (fast, fast)) == []


def test_twin_a_page_that_looks_longer_for_what_exists_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {str(pk) for pk in scene.a.rows["families.requestingfamily"]}

    def look_again(request: Any, public_id: Any) -> HttpResponse:
        if str(public_id) in known:
            RequestingFamily.objects.exists()
        return HttpResponse(status=404)

    address = _one("families:requesting_detail")
    monkeypatch.setattr(_pattern_of(address.name), "callback", look_again)
    found = probes.objects_elsewhere(
        scene.probe, scene.guide_a, scene.host_b, [scene.people_b[Role.COORDINATOR]], [address], full=False
    )
    assert any("queries" in finding for finding in found)


def test_twin_a_role_that_can_tell_a_refusal_from_nothing_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {str(pk) for pk in scene.a.rows["families.requestingfamily"]}
    address = _one("families:requesting_change")

    def tell(request: Any, public_id: Any) -> HttpResponse:
        return HttpResponse("nee" if str(public_id) in known else "", status=404)

    scene.guide_a.objects(address)
    monkeypatch.setattr(_pattern_of(address.name), "callback", tell)
    officer = [scene.people_a[Role.SAFEGUARDING_OFFICER]]
    found, _refused = probes.refused_at_home(scene.probe, scene.guide_a, officer, [address], full=False)
    assert any("page differs" in finding for finding in found)


def test_twin_a_canary_in_a_list_of_another_is_found(scene: Scene) -> None:
    family = scene.b.rows["families.requestingfamily"][3]
    with context.municipality(scene.b.municipality):
        name = RequestingFamily.objects.get(pk=family).name
        RequestingFamily.objects.filter(pk=family).update(name="Qzkan9999")
    try:
        found = probes.own_pages(
            scene.probe,
            scene.a,
            scene.guide_b,
            [scene.people_b[Role.COORDINATOR]],
            [_one("families:requesting_list")],
            full=False,
        )
    finally:
        with context.municipality(scene.b.municipality):
            RequestingFamily.objects.filter(pk=family).update(name=name)
    assert any("body shows" in finding for finding in found)


def test_twin_an_id_of_another_in_a_page_is_found(scene: Scene) -> None:
    answer = scene.probe.ask(ANONYMOUS, "GET", scene.host_b, "/privacy")
    answer.body += str(scene.a.rows["couplings.coupling"][0])
    assert any("shows the id" in finding for finding in probes.wrong_in(answer, scene.a.ids()))


def test_twin_a_canary_in_a_log_line_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "current_origin", lambda: "Qzkan9999")
    answer = scene.probe.ask(
        ANONYMOUS, "POST", scene.host_b, "/inloggen", {"email": "a@b.nl", "password": "x"}
    )
    assert any("log shows" in finding for finding in probes.failures_in(answer))


def test_twin_a_canary_in_the_outbox_is_found(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def security_txt(_request: Any) -> HttpResponse:
        enqueue(send_confirmation, kind="requesting", family_id="Qzkan9999")
        return HttpResponse("proef")

    monkeypatch.setattr(_pattern("security-txt"), "callback", security_txt)
    with scene.probe.without_effect():
        answer = scene.probe.ask(ANONYMOUS, "GET", scene.host_b, "/.well-known/security.txt")
    assert any("outbox shows" in finding for finding in probes.failures_in(answer))


def test_twin_what_is_left_in_session_cache_or_file_is_found(scene: Scene) -> None:
    with context.municipality(scene.b.municipality):
        session = SessionStore()
        session["note"] = "Qzkan9999"
        session.create()
        cache.set("proef", "Qzkan9999")
    path = settings.VAR / "files" / "proef.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("Qzkan9999")
    try:
        found = probes.written_elsewhere(scene.a, [scene.b.municipality, None])
    finally:
        path.unlink()
        with context.municipality(scene.b.municipality):
            cache.delete("proef")
            session.delete()
    assert {finding.split()[0] for finding in found} == {"session", "cache", "file"}


def test_twin_an_api_that_forgets_whose_token_it_is_is_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        selectors,
        "own_figures",
        lambda release, _id, **how: own_figures(release, scene.a.municipality.pk, **how),
    )
    answer = scene.probe.ask(scene.tokens["zaanstad"], "GET", API, "/api/v1/kerncijfers")
    assert any("body shows" in finding for finding in probes.wrong_in(answer))


def test_twin_a_canary_on_the_pages_of_the_foundation_is_found(scene: Scene) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE foundation.accounts_user SET full_name = 'Qzkan9999'")
    found = probes.foreign_hosts(
        scene.probe,
        scene.a,
        scene.guide_a,
        {FOUNDATION: [scene.foundation]},
        addresses("foundation"),
        ("GET",),
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE foundation.accounts_user SET full_name = 'Medewerker Stichting'")
    assert any("body shows" in finding for finding in found)


def _pattern(name: str) -> Any:
    return next(pattern for pattern in urls.urlpatterns if pattern.name == name)


def _pattern_of(name: str) -> Any:
    """Return the pattern of a name of a municipality's addresses."""
    space, _colon, short = name.partition(":")
    todo: list[Any] = list(import_module(URLCONFS["municipality"]).urlpatterns)
    for pattern in todo:
        if getattr(pattern, "name", None) == short:
            return pattern
        todo += [
            inner for inner in getattr(pattern, "url_patterns", []) if space in {pattern.namespace, None}
        ]
    raise LookupError(name)


def _schemas(scene: Scene) -> tuple[str, str]:
    return scene.a.municipality.schema_name, scene.b.municipality.schema_name
