"""Whatever is sent to a form or an endpoint: a clear refusal in Dutch, nothing half-written, nothing lost, no 500.

`NAOBER_ISOLATION=full` tries every field by itself; without it all fields of a form get the same strange value at once,
and every field is left out and doubled once.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote_from_bytes

import pytest
from django.core.cache import cache

from common.forms import SpamGuardMixin
from common.permissions import Role
from reporting.api.services import api_token_create
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.addresses import Address, addresses
from tests.isolation.probe import API, Answer, Guide, Probe, Visitor

FULL = os.environ.get("NAOBER_ISOLATION") == "full"
FORM = "application/x-www-form-urlencoded"
HUGE = "x" * 100_000

STRANGE: Final[Mapping[str, str | bytes]] = {
    "NUL": "a\x00b",
    "huge": HUGE,
    "not UTF-8": b"\xff\xfe\xed\xa0\x80",
    "markup": "<script>alert('x')</script>",
    "template": "{{ 7|add:7 }}{% now 'Y' %}",
    "statement": "'; DROP TABLE families_requestingfamily; --",
    "direction": "\u202eabc\u200f\u0000",
    "negative": "-1",
    "huge number": "9" * 400,
    "endless number": "9" * 5_000,
    "not a number": "NaN",
    "infinite": "1e999",
    "other digits": "١٢",
    "31 February": "31-02-2026",
    "year 0": "0000-01-01",
    "year 99999": "01-01-99999",
    "first year": "0001-01-01",
    "last year": "9999-12-31",
    "blank": "   ",
    "unknown choice": "bestaat-niet",
    "an id": "00000000-0000-4000-8000-000000000000",
    "emoji": "👩‍👧‍👦" * 20,
}  # fmt: skip
# What Django says by itself; whoever fills in a form here reads Dutch.
ENGLISH = re.compile(
    r"This field|Enter a (?:valid|whole|number)|Select a valid|Ensure this|is not a valid|is not one of|Bad Request"
    r"|Not Found|Server Error|Hidden field|ManagementForm|Traceback|Method .* not allowed|Authentication credentials"
)


class Scene:
    """One municipality with everything in it, and its coordinator."""

    def __init__(self, probe: Probe, world: worlds.World, visitor: Visitor) -> None:
        self.probe, self.world, self.visitor = probe, world, visitor
        self.guide = Guide(probe, world, visitor)

    def send(
        self, address: Address, ids: Mapping[str, object], fields: Sequence[tuple[str, str | bytes]]
    ) -> Answer:
        cache_clear()
        return self.post(address.path(**ids), body_of(fields), FORM)

    def post(self, path: str, body: bytes, content_type: str) -> Answer:
        return self.probe.ask(self.visitor, "POST", self.guide.host, path, body, content_type)


def cache_clear() -> None:
    """Forget who tried how often: the limits on trying are tested elsewhere."""
    cache.clear()


def body_of(fields: Sequence[tuple[str, str | bytes]]) -> bytes:
    """Return the fields as a browser would send them, bytes that are no text included."""
    pairs = [(_bytes(name), _bytes(value)) for name, value in fields]
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def scene(_database: None) -> Iterator[Scene]:
    with context.registry():
        municipality = Municipality.objects.get(slug="purmerend")
    world = worlds.fill(municipality)
    with pytest.MonkeyPatch.context() as patch, Probe().listening() as probe:
        patch.setattr(SpamGuardMixin, "MIN_SECONDS", -1)  # the form may be sent at once
        yield Scene(probe, world, probes.people(world)[Role.COORDINATOR])


def forms_of(scene: Scene) -> Iterator[tuple[Address, dict[str, Any], list[tuple[str, str]]]]:
    """Return every address that takes a form, an object for it, and a plausible filling."""
    for address in addresses("municipality"):
        form = scene.guide.form_for(address)
        if form is None or address.name == "accounts:sign-out":
            continue
        typed = [(name, value) for name, values in form.typed().items() for value in values]
        stories = scene.guide.objects(address)
        yield address, stories[min(2, len(stories) - 1)], typed


def managed(name: str) -> bool:
    """Tell whether a field only counts blocks."""
    return name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS", "-MIN_NUM_FORMS", "-MAX_NUM_FORMS"))


def judged(answer: Answer, what: str) -> list[str]:
    """Return what is wrong with an answer to strange input."""
    found = [f"{what}: {finding}" for finding in probes.failures_in(answer)]
    if answer.status == 400 and (english := ENGLISH.search(answer.body)):
        found.append(f"{what}: {answer.asked} says {english.group()!r}")
    if answer.status == 400 and 'lang="nl"' not in answer.body and "<main" not in answer.body:
        found.append(f"{what}: {answer.asked} refuses without a page")
    if answer.status >= 400 and answer.traces.get("written"):
        found.append(f"{what}: {answer.asked} refuses with {answer.status} and keeps what it wrote")
    return found


def report(findings: list[str]) -> str:
    unique = sorted({probes.plain(finding) for finding in findings})
    return "\n".join([f"{len(unique)} kinds of findings", *(finding[:240] for finding in unique[:40])])


# --------------------------------------------------------------------------------------------------- municipal forms


# What no page of the filled municipality has a button for, and why.
NO_BUTTON: Final[Mapping[str, str]] = {
    "municipality:/aanmeldingen/formulieren/<slug:form>/openen": "the forms are open, so that they can be sent",
    "municipality:/notities/<uuid:public_id>/bovenaan": "every note stands on top",
    "municipality:/uitstel/<uuid:public_id>/terug": "no line of the start page is put off",
    "municipality:/samengevoegd/<uuid:public_id>/ongedaan": "no file has gone into another",
    "municipality:/vraaggezinnen/<uuid:public_id>/samenvoegen/<uuid:other_id>": "every file stands in a coupling",
    "municipality:/steungezinnen/<uuid:public_id>/samenvoegen/<uuid:other_id>": "every file stands in a coupling",
    "municipality:/vraaggezinnen/<uuid:public_id>/twee-gezinnen/<uuid:other_id>": "no two files are alike",
    "municipality:/steungezinnen/<uuid:public_id>/twee-gezinnen/<uuid:other_id>": "no two files are alike",
    "municipality:/over-de-grens/kaarten/<uuid:card_id>/aanbieden/<uuid:support_id>": "no family passes",
    "municipality:/gemeenten/koppelen": "needs a signed proof in the address",
    "municipality:/gemeenten/gekoppeld": "needs a signed proof in the address",
    "municipality:/overstap": "needs a signed proof in the address",
    "municipality:/vraaggezinnen/<uuid:public_id>/intake/onderwerpen": "finishes an intake that is filled in",
    "municipality:/steungezinnen/<uuid:public_id>/intake/onderwerpen": "finishes an intake that is filled in",
    "municipality:/oefenen/opnieuw": "is there in a practice municipality only",
    "municipality:/oefenen/rondleiding": "is there in a practice municipality only",
    "municipality:/wachtlijstbord/berekenen": "so few families wait that no worker is asked for a board",
    "municipality:/vraaggezinnen/nieuw/bekend": "sent by the script of the registration form",
    "municipality:/steungezinnen/nieuw/bekend": "sent by the script of the registration form",
}


def test_there_is_a_form_for_every_address_that_takes_one(scene: Scene) -> None:
    without = [
        str(address)
        for address in addresses("municipality")
        if "POST" in probes.methods_of(address) and scene.guide.form_for(address) is None
    ]
    left = sorted(set(without) - set(NO_BUTTON))
    assert not left, "\n".join(left)


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_value_in_every_field_is_refused_or_harmless(scene: Scene, kind: str) -> None:
    found: list[str] = []
    with scene.probe.without_effect():
        for address, ids, typed in forms_of(scene):
            changed = [(name, value if managed(name) else STRANGE[kind]) for name, value in typed]
            found += judged(scene.send(address, ids, changed), kind)
            for number, (name, _value) in enumerate(typed) if FULL else ():
                one = [*typed[:number], (name, STRANGE[kind]), *typed[number + 1 :]]
                found += judged(scene.send(address, ids, one), f"{kind} in {name}")
    assert not found, report(found)


def test_the_counters_of_repeating_blocks_may_be_anything(scene: Scene) -> None:
    found: list[str] = []
    with scene.probe.without_effect():
        for address, ids, typed in forms_of(scene):
            if not any(managed(name) for name, _value in typed):
                continue
            for kind in ("huge number", "negative", "not a number", "NUL", "other digits", "blank"):
                changed = [(name, STRANGE[kind] if managed(name) else value) for name, value in typed]
                found += judged(scene.send(address, ids, changed), f"counter {kind}")
            for button in ("add", "remove"):
                prefixes = {
                    name.rpartition("-")[0] for name, _value in typed if name.endswith("-TOTAL_FORMS")
                }
                for value in ("", "0", "-1", "99999", "x", "²", "9" * 5_000):
                    pressed = [(f"{prefix}-{button}", value) for prefix in prefixes]
                    found += judged(scene.send(address, ids, [*typed, *pressed]), f"button {button} {value}")
            many = [(name, "1000" if name.endswith("-TOTAL_FORMS") else value) for name, value in typed]
            found += judged(scene.send(address, ids, many), "a thousand blocks")
    assert not found, report(found)


@pytest.mark.parametrize("blocks", ["2", "1000", "9" * 4, "9" * 40])
def test_a_short_message_does_not_ask_for_a_long_page(scene: Scene, blocks: str) -> None:
    with scene.probe.without_effect():
        for path in ("/aanmelden/vraaggezin", "/aanmelden/steungezin"):
            counters = [
                (f"{prefix}-{name}", value)
                for prefix in ("parents", "children", "adults")
                for name, value in (("TOTAL_FORMS", blocks), ("INITIAL_FORMS", "0"))
            ]
            answer = scene.post(path, body_of([*counters, ("children-999-first_name", "x")]), FORM)
            assert answer.status == 400
            assert len(answer.body) < (60_000 if len(blocks) < 5 else 600_000)


def test_a_field_may_be_missing_or_come_twice(scene: Scene) -> None:
    found: list[str] = []
    with scene.probe.without_effect():
        for address, ids, typed in forms_of(scene):
            found += judged(scene.send(address, ids, []), "nothing at all")
            found += judged(scene.send(address, ids, [*typed, *typed]), "everything twice")
            found += judged(scene.send(address, ids, [*typed, ("bestaat_niet", "x")]), "a field too many")
            for name in {name for name, _value in typed}:
                rest = [(other, value) for other, value in typed if other != name]
                found += judged(scene.send(address, ids, rest), f"without {name}")
    assert not found, report(found)


def test_what_was_typed_stays_when_something_else_is_wrong(scene: Scene) -> None:
    found: list[str] = []
    tried = 0
    with scene.probe.without_effect():
        for address, ids, typed in forms_of(scene):
            form = scene.guide.form_for(address)
            words = [
                name
                for name, _value in typed
                if form and form.kinds[name] in {"text", "textarea"} and name != "website"
            ]
            for wrong in [
                name for name, _value in typed if form and form.kinds[name] in {"date", "email", "tel"}
            ][:2]:
                kept = {name: f"Bewaard {number}" for number, name in enumerate(words) if name != wrong}
                sent = [
                    (name, "31-02-2026" if name == wrong else kept.get(name, value)) for name, value in typed
                ]
                answer = scene.send(address, ids, sent)
                if answer.status != 400 or "<form" not in answer.body:
                    continue
                tried += 1
                lost = [name for name, value in kept.items() if value not in answer.body]
                found += [f"{answer.asked}: {name} is lost when {wrong} is wrong" for name in lost]
                if "31-02-2026" not in answer.body:
                    found.append(f"{answer.asked}: the wrong value of {wrong} is lost")
    assert not found, report(found)
    assert tried > 5, "hardly any form was refused and shown again"


BODIES: Final[Mapping[str, tuple[bytes, str]]] = {
    "no boundary": (b"--x\r\nabc", "multipart/form-data"),
    "broken multipart": (b'--x\r\nContent-Disposition: form-data; name="a', "multipart/form-data; boundary=x"),
    "file": (
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="a.exe"\r\n\r\nMZ\x00\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "bad transfer encoding": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n%\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    "strange boundary": (b"--x", "multipart/form-data; boundary=" + "y" * 300),
    "json": (b'{"name": ["a", {"b": 1}]}', "application/json"),
    "xml": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "application/xml"),
    "unknown charset": (b"name=a", "application/x-www-form-urlencoded; charset=bestaat-niet"),
    "utf-16": ("name=a".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "no type": (b"name=a", "x"),
    "too many fields": (b"&".join(b"a%d=1" % number for number in range(2_500)), FORM),
    "too large": (b"a=" + b"x" * 1_100_000, FORM),
    "percent signs": (b"%=%&%zz=%f&=&&a", FORM),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_is_no_form_is_refused(scene: Scene, kind: str) -> None:
    found: list[str] = []
    with scene.probe.without_effect():
        for address in addresses("municipality"):
            if "POST" in probes.methods_of(address):
                cache_clear()
                path = address.path(**scene.guide.objects(address)[0])
                found += judged(scene.post(path, *BODIES[kind]), kind)
    assert not found, report(found)


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_question_in_the_address_is_refused_or_harmless(scene: Scene, kind: str) -> None:
    value = quote_from_bytes(_bytes(STRANGE[kind])[:3000])
    names = (
        "q",
        "zoek",
        "search",
        "status",
        "stand",
        "pagina",
        "page",
        "next",
        "voor",
        "door",
        "kind",
        "kinderen",
        "jaar",
    )
    query = "&".join(f"{name}={value}" for name in names)
    found: list[str] = []
    with scene.probe.without_effect():
        for address in addresses("municipality"):
            ids = scene.guide.objects(address)[0]
            found += judged(
                scene.probe.ask(scene.visitor, "GET", scene.guide.host, f"{address.path(**ids)}?{query}"),
                kind,
            )
    assert not found, report(found)


@pytest.mark.parametrize(
    "path", ["/%00", "/%ff%fe", "/" + "a" * 8_000, "/../../etc/passwd", "/vraaggezinnen/%00", "/vraaggezinnen/1",
             "/vraaggezinnen/00000000-0000-0000-0000-00000000000g", "/aanmelden/", "/%0d%0aX-A:%20b",
             "/momenten/00000000-0000-4000-8000-000000000000/gesprek/niemand"],
)  # fmt: skip
def test_an_address_that_does_not_exist_is_not_found(scene: Scene, path: str) -> None:
    for method in ("GET", "POST"):
        answer = scene.probe.ask(scene.visitor, method, scene.guide.host, path)
        assert answer.status in {400, 404}, answer.asked
        assert judged(answer, "path") == []


def test_a_refused_form_changes_nothing_for_real(scene: Scene) -> None:
    refused = []
    with scene.probe.without_effect():
        for address, ids, typed in forms_of(scene):
            changed = [(name, value if managed(name) else HUGE) for name, value in typed]
            if scene.send(address, ids, changed).status >= 400:
                refused.append((address, ids, changed))
    before = {
        table: rows for table, rows in worlds.snapshot(scene.world.municipality).items() if table != SESSIONS
    }
    for address, ids, changed in refused:
        scene.send(address, ids, changed)
    after = {
        table: rows for table, rows in worlds.snapshot(scene.world.municipality).items() if table != SESSIONS
    }
    assert after == before
    assert len(refused) > 20


SESSIONS: Final = "django_session"


# ------------------------------------------------------------------------------------------------------------ the API


@pytest.fixture(scope="module")
def token(scene: Scene) -> Visitor:
    with context.releasing():
        made = api_token_create(
            municipality=scene.world.municipality, label="proef", days=30, actor=SystemActor("tests")
        )
    return Visitor("token", token=made.secret)


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_question_to_the_api_is_refused_in_dutch(scene: Scene, token: Visitor, kind: str) -> None:
    value = quote_from_bytes(_bytes(STRANGE[kind])[:3000])
    found: list[str] = []
    for address in addresses("api"):
        path = address.path(**dict.fromkeys(address.ids, probes.NOBODY))
        for name in ("jaar", "soort", "maat", "gebied", "page", "pageSize", "bestaat_niet"):
            cache_clear()
            answer = scene.probe.ask(token, "GET", API, f"{path}?{name}={value}")
            found += problem_of(answer, f"{name} {kind}")
    assert not found, report(found)


@pytest.mark.parametrize("method", probes.METHODS)
def test_every_method_and_body_gets_an_answer_of_the_api(scene: Scene, token: Visitor, method: str) -> None:
    found: list[str] = []
    for address in addresses("api"):
        path = address.path(**dict.fromkeys(address.ids, probes.NOBODY))
        for body, content_type in [(b"", ""), *BODIES.values()]:
            cache_clear()
            found += problem_of(
                scene.probe.ask(token, method, API, path, body, content_type), f"{method} {content_type}"
            )
    assert not found, report(found)


@pytest.mark.parametrize(
    "given", ["Bearer", "Bearer ", "Bearer a b c", "Basic YTpi", "Bearer \x00", "Bearer é", "bearer " + "x" * 5_000,
              "Token x", "Bearer naober_", "\x00"],
)  # fmt: skip
def test_a_strange_token_is_refused(scene: Scene, given: str) -> None:
    answer = scene.probe.ask(probes.ANONYMOUS, "GET", API, "/api/v1/rapporten", authorization=given)
    assert answer.status == 401, answer.body
    assert problem_of(answer, given) == []


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "*/*;q=0", "x", "", "application/json;version=9"]
)
def test_a_strange_wish_for_a_format_gets_an_answer(scene: Scene, token: Visitor, accept: str) -> None:
    assert problem_of(scene.probe.ask(token, "GET", API, "/api/v1/rapporten", accept=accept), accept) == []


def problem_of(answer: Answer, what: str) -> list[str]:
    """Return what is wrong with an answer of the API."""
    found = [f"{what}: {finding}" for finding in probes.failures_in(answer)]
    if answer.status >= 400:
        if answer.body and not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
            found.append(
                f"{what}: {answer.asked} answers {answer.status} with {answer.headers.get('Content-Type')}"
            )
        # The title of a problem document is the phrase of HTTP itself (RFC 9457, section 4.2.1).
        if english := ENGLISH.search(re.sub(r'"title":\s*"[^"]*"', "", answer.body)):
            found.append(f"{what}: {answer.asked} says {english.group()!r}")
    return found
