"""The API as a municipality's system meets it."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from redis.exceptions import RedisError

from common.errors import InvalidInput, NotAllowed
from reporting.api import selectors, throttling
from reporting.api.conventions import API_VERSION
from reporting.api.models import ApiToken
from reporting.api.schema import build_schema, schema_text
from reporting.api.services import LONGEST_DAYS, api_token_create, api_token_revoke
from reporting.dictionary.measures import MEASURES
from reporting.disclosure.models import Audience, Cell, Status
from reporting.extract.rebuild import Rebuilt
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tests.reporting.conftest import NOW

BASE = "/api/v1"
WITH_TOKEN = ("/rapporten", "/kerncijfers", "/gemeenten")
OPEN = ("/definities", "/gezondheid", "/openapi.json")
ACTOR = SystemActor("tests")
ApiFor = Callable[[Municipality], Client]


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(BASE + path, query)
    assert response.status_code == 200, response.content
    return response.json()


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["API-Version"] == API_VERSION
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


# ------------------------------------------------------------------------------------- one municipality each


def test_a_municipality_gets_its_own_reports_newest_first(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    body = get(api_for(purmerend), "/rapporten")
    kinds = {report["soort"] for report in body["rapporten"]}
    assert kinds == {"jaar", "kwartaal"}
    assert body["aantal"] == len(body["rapporten"])
    ends = [report["einddatum"] for report in body["rapporten"]]
    assert ends == sorted(ends, reverse=True)
    assert all("Purmerend" in report["titel"] for report in body["rapporten"])


def test_a_report_shows_the_municipality_beside_the_country(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    client = api_for(purmerend)
    reference = get(client, "/rapporten", jaar=NOW.year - 1, soort="jaar")["rapporten"][0]
    report = get(client, f"/rapporten/{reference['id']}")
    assert report["gemeente"] == {"code": "GM0439", "naam": "Purmerend"}
    assert report["vrijgave"]["nummer"] == 1
    assert report["vrijgave"]["gepubliceerdOp"].endswith("Z")
    figures = {line["maat"]: line for line in report["kerncijfers"]}
    new = figures["nieuweKoppelingen"]
    assert new["gemeente"]["status"] == new["nederland"]["status"] == "F"
    assert 0 < new["gemeente"]["waarde"] <= new["nederland"]["waarde"]
    assert {split["maat"] for split in report["uitsplitsingen"]} >= {
        "nieuweKoppelingen",
        "beeindigdeKoppelingen",
    }


def test_a_report_keeps_its_address_and_no_two_municipalities_share_one(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert counted.release == 1
    first, again = (get(api_for(purmerend), "/rapporten") for _ in range(2))
    others = get(api_for(zaanstad), "/rapporten")
    assert first == again
    assert not {r["id"] for r in first["rapporten"]} & {r["id"] for r in others["rapporten"]}


def test_the_token_of_one_municipality_opens_nothing_of_another(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality, zaanstad: Municipality
) -> None:
    assert counted.release == 1
    theirs = get(api_for(zaanstad), "/rapporten")["rapporten"]
    client = api_for(purmerend)
    absent = problem(client.get(f"{BASE}/rapporten/{uuid4()}"), 404)
    for report in theirs:
        refused = problem(client.get(f"{BASE}/rapporten/{report['id']}"), 404)
        assert {**refused, "instance": ""} == {**absent, "instance": ""}
    everything = json.dumps(
        [get(client, path, pageSize=500) for path in ("/rapporten", "/kerncijfers", "/gemeenten")[:2]]
    )
    assert "Zaanstad" not in everything
    assert "GM0479" not in everything
    assert str(zaanstad.pk) not in everything


def test_without_the_look_at_the_municipality_another_one_would_be_shown(
    counted: Rebuilt,
    api_for: ApiFor,
    purmerend: Municipality,
    zaanstad: Municipality,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The twin of the test above: the guard taken out, the same question shows the neighbour.
    assert counted.release == 1
    client = api_for(purmerend)
    view = selectors.own_view
    monkeypatch.setattr(selectors, "own_view", lambda _municipality: view(zaanstad.pk))
    assert "GM0479" in json.dumps(get(client, "/gemeenten"))


def test_figures_are_the_municipality_and_the_country_and_nobody_else(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    body = get(api_for(purmerend), "/kerncijfers", jaar=NOW.year, soort="jaar")
    assert {figure["gebied"] for figure in body["kerncijfers"]} == {"NL", "GM0439"}
    assert {figure["periode"] for figure in body["kerncijfers"]} == {str(NOW.year)}


def test_values_are_exactly_those_of_the_release(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    client = api_for(purmerend)
    first = get(client, "/kerncijfers", pageSize=500)
    pages = range(2, first["aantal"] // 500 + 2)
    found = first["kerncijfers"] + [
        f for page in pages for f in get(client, "/kerncijfers", pageSize=500, page=page)["kerncijfers"]
    ]
    assert len(found) == first["aantal"]
    with context.releases():
        cells = Cell.objects.filter(block__audience=Audience.ALL) | Cell.objects.filter(
            block__audience=Audience.OWN, geography=str(purmerend.pk)
        )
        numbers = [cell.value and MEASURES[cell.measure].number(cell.value) for cell in cells]
        released = sorted(
            (number is None, number or 0, cell.status) for number, cell in zip(numbers, cells, strict=True)
        )
    assert released == sorted((f["waarde"] is None, f["waarde"] or 0, f["status"]) for f in found)


def test_a_hidden_figure_is_null_with_a_status_and_never_zero(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    figures = get(api_for(purmerend), "/kerncijfers", pageSize=500, jaar=NOW.year - 1)["kerncijfers"]
    hidden = [figure for figure in figures if figure["status"] != "F"]
    assert Status.CONFIDENTIAL.value in {figure["status"] for figure in hidden}
    assert {figure["waarde"] for figure in hidden} == {None}
    assert all(figure["waarde"] is not None for figure in figures if figure["status"] == "F")


def test_before_the_first_release_lists_are_empty(api_for: ApiFor, purmerend: Municipality) -> None:
    client = api_for(purmerend)
    assert get(client, "/rapporten") == {"aantal": 0, "rapporten": []}
    assert get(client, "/kerncijfers") == {"aantal": 0, "vrijgave": None, "kerncijfers": []}
    assert get(client, "/gezondheid") == {"status": "goed", "vrijgave": None}
    assert get(client, "/gemeenten")["gemeenten"][0]["naam"] == "Purmerend"


def test_every_measure_has_a_definition(
    client_for: Callable[..., Client], api_for: ApiFor, purmerend: Municipality, counted: Rebuilt
) -> None:
    assert counted.release == 1
    known = {line["maat"]: line for line in get(client_for(""), "/definities")["definities"]}
    used = {line["maat"] for line in get(api_for(purmerend), "/kerncijfers", pageSize=500)["kerncijfers"]}
    assert used <= set(known)
    assert all(line["definitie"] and line["naam"] and line["eenheid"] for line in known.values())


# ------------------------------------------------------------------------------------------------ the tokens


@pytest.mark.parametrize("path", [*WITH_TOKEN, f"/rapporten/{UUID(int=0)}"])
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Bearer naober_x y", "Basic YTpi", "Bearer \xe9"]
)
def test_without_a_valid_token_the_answer_is_401(
    client_for: Callable[..., Client], path: str, header: str | None
) -> None:
    client = client_for("")
    if header is not None:
        client.defaults["HTTP_AUTHORIZATION"] = header
    response = client.get(BASE + path)
    problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("path", OPEN)
def test_what_holds_no_figures_needs_no_token(client_for: Callable[..., Client], path: str) -> None:
    assert get(client_for(""), path)


def test_a_token_expires(api_for: ApiFor, purmerend: Municipality) -> None:
    client = api_for(purmerend)
    get(client, "/gemeenten")
    with context.releasing():
        now = timezone.now()
        ApiToken.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    problem(client.get(f"{BASE}/gemeenten"), 401)


def test_a_token_can_be_withdrawn(api_for: ApiFor, purmerend: Municipality) -> None:
    client = api_for(purmerend)
    with context.releasing():
        token = ApiToken.objects.get()
        api_token_revoke(token_id=token.pk, actor=ACTOR)
        with pytest.raises(NotAllowed):
            api_token_revoke(token_id=token.pk, actor=ACTOR)
    problem(client.get(f"{BASE}/gemeenten"), 401)


def test_the_token_itself_is_stored_nowhere(token_for: Callable[..., str], purmerend: Municipality) -> None:
    secret = token_for(purmerend)
    with context.releasing():
        assert secret not in repr(list(ApiToken.objects.values_list()))


def test_a_token_in_the_address_is_refused(
    token_for: Callable[..., str], client_for: Callable[..., Client], purmerend: Municipality
) -> None:
    problem(client_for("").get(f"{BASE}/gemeenten?token={token_for(purmerend)}"), 401)


def test_the_last_day_of_use_is_kept(api_for: ApiFor, purmerend: Municipality) -> None:
    get(api_for(purmerend), "/gemeenten")
    with context.releasing():
        assert ApiToken.objects.get().last_used_on == timezone.localdate()


@pytest.mark.parametrize(("days", "label"), [(0, "x"), (LONGEST_DAYS + 1, "x"), (10, ""), (10, "x" * 81)])
def test_a_token_has_a_purpose_and_does_not_last_for_ever(
    purmerend: Municipality, days: int, label: str
) -> None:
    with context.releasing(), pytest.raises(InvalidInput):
        api_token_create(municipality=purmerend, label=label, days=days, actor=ACTOR)


def test_the_command_prints_a_token_that_works(
    capsys: pytest.CaptureFixture[str], client_for: Callable[..., Client]
) -> None:
    call_command("api_token_create", "--municipality", "zaanstad")
    client = client_for("")
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {capsys.readouterr().out.strip()}"
    assert get(client, "/gemeenten")["gemeenten"][0]["naam"] == "Zaanstad"


@pytest.mark.parametrize(
    "arguments", [("--municipality", "nowhere"), ("--municipality", "zaanstad", "--days", "0")]
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("api_token_create", *arguments)


def test_the_command_withdraws_the_tokens_under_a_label_and_no_others(
    capsys: pytest.CaptureFixture[str], client_for: Callable[..., Client]
) -> None:
    secrets = {}
    for label in ("rekenblad", "dashboard"):
        call_command("api_token_create", "--municipality", "zaanstad", "--label", label)
        secrets[label] = capsys.readouterr().out.strip()
    for municipality in ("purmerend", "nowhere"):
        with pytest.raises(CommandError):
            call_command("api_token_revoke", "--municipality", municipality, "--label", "rekenblad")
    call_command("api_token_revoke", "--municipality", "zaanstad", "--label", "rekenblad")
    client = client_for("")
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secrets['rekenblad']}"
    problem(client.get(f"{BASE}/gemeenten"), 401)
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secrets['dashboard']}"
    assert get(client, "/gemeenten")["gemeenten"][0]["naam"] == "Zaanstad"


def test_a_session_of_a_person_opens_nothing(client_for: Callable[..., Client], foundation_user: Any) -> None:
    client = client_for("landelijk", foundation_user)
    client.defaults["HTTP_HOST"] = client_for("").defaults["HTTP_HOST"]
    problem(client.get(f"{BASE}/gemeenten"), 401)


# ---------------------------------------------------------------------------------------- rules of the house


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("path", [*WITH_TOKEN, *OPEN])
def test_only_reading_is_possible(client_for: Callable[..., Client], method: str, path: str) -> None:
    response = getattr(client_for(""), method)(BASE + path)
    problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_head_is_get_without_a_body(api_for: ApiFor, purmerend: Municipality) -> None:
    response = api_for(purmerend).head(f"{BASE}/gemeenten")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["", "/", "/rapporten/", "/onbekend", "/rapporten/1", "/rapporten.csv", "/gemeenten/x"]
)
def test_an_address_that_does_not_exist_is_a_problem_document(
    client_for: Callable[..., Client], path: str
) -> None:
    problem(client_for("").get(BASE + path), 404)


@pytest.mark.parametrize("accept", ["text/csv", "text/html", "application/xml", "x"])
def test_only_json_is_served(api_for: ApiFor, purmerend: Municipality, accept: str) -> None:
    problem(api_for(purmerend).get(f"{BASE}/gemeenten", headers={"accept": accept}), 406)


@pytest.mark.parametrize(
    "accept", ["application/json", "*/*", "application/*", "text/html, application/json;q=0.5"]
)
def test_json_is_served_to_who_takes_it(api_for: ApiFor, purmerend: Municipality, accept: str) -> None:
    response = api_for(purmerend).get(f"{BASE}/gemeenten", headers={"accept": accept})
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", [*WITH_TOKEN, *OPEN])
def test_every_answer_carries_its_headers(api_for: ApiFor, purmerend: Municipality, path: str) -> None:
    headers = api_for(purmerend).get(BASE + path).headers
    assert headers["API-Version"] == API_VERSION
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert ("Access-Control-Allow-Origin" in headers) == (path == "/openapi.json")


def test_an_unexpected_failure_is_a_problem_document_without_details(
    api_for: ApiFor, purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = api_for(purmerend)
    client.raise_request_exception = False

    def fails(_view: Any) -> Any:
        message = "secret of the house"
        raise RuntimeError(message)

    monkeypatch.setattr(selectors, "municipality_details", fails)
    response = client.get(f"{BASE}/gemeenten")
    problem(response, 500)
    assert b"secret" not in response.content


def test_all_that_is_wrong_is_said_at_once(api_for: ApiFor, purmerend: Municipality) -> None:
    response = api_for(purmerend).get(
        f"{BASE}/rapporten?jaar=x&soort=week&pageSize=0&volgorde=naam&page=&page=1"
    )
    body = problem(response, 400)
    assert {param["name"] for param in body["invalidParams"]} == {
        "jaar",
        "soort",
        "pageSize",
        "volgorde",
        "page",
    }
    assert all(set(param) == {"name", "reason", "code"} for param in body["invalidParams"])


@pytest.mark.parametrize("path", [*WITH_TOKEN, *OPEN])
@pytest.mark.parametrize("name", ["x", "format", "gemeente", "geography", "id"])
def test_an_unknown_parameter_is_never_ignored(
    api_for: ApiFor, purmerend: Municipality, path: str, name: str
) -> None:
    body = problem(api_for(purmerend).get(BASE + path, {name: "1"}), 400)
    assert [param["name"] for param in body["invalidParams"]] == [name]


def test_long_lists_come_in_pages_with_links(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    client = api_for(purmerend)
    whole = get(client, "/rapporten")
    response = client.get(f"{BASE}/rapporten?pageSize=3&page=2")
    assert response.json()["aantal"] == whole["aantal"]
    assert response.json()["rapporten"] == whole["rapporten"][3:6]
    assert [part.split("rel=")[1].strip('"') for part in response.headers["Link"].split(", ")] == [
        "first", "prev", "next", "last",
    ]  # fmt: skip
    assert get(client, "/rapporten", page=100_000)["rapporten"] == []


def test_too_many_questions_are_refused_with_the_time_to_wait(
    api_for: ApiFor, purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling.TokenThrottle, "limit", 3)
    monkeypatch.setattr(time, "time", lambda: 1_800_000_010.0)
    client = api_for(purmerend)
    left = [client.get(f"{BASE}/gemeenten").headers["RateLimit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    refused = client.get(f"{BASE}/gemeenten")
    problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["RateLimit-Remaining"] == "0"
    get(api_for(zaanstad), "/gemeenten")


def test_without_the_cache_nobody_is_refused(
    api_for: ApiFor, purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_arguments: Any, **_options: Any) -> Any:
        raise RedisError

    monkeypatch.setattr(type(caches["default"]), "add", fails)
    get(api_for(purmerend), "/gemeenten")


TEXTS = st.text(max_size=20) | st.sampled_from(
    [
        "2025",
        "-1",
        "1e9",
        "9" * 400,
        "\x00",
        "NaN",
        "null",
        "jaar",
        "nieuweKoppelingen",
        "' OR 1=1 --",
        "٣",
        "nederland",
        " ",
    ]
)
NAMES = st.sampled_from(
    ["jaar", "soort", "maat", "gebied", "page", "pageSize", "format", "\x00", "", "[]"]
) | st.text(max_size=8)


def test_no_question_breaks_the_api(api_for: ApiFor, purmerend: Municipality) -> None:
    client = api_for(purmerend)

    @settings(max_examples=110, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(st.sampled_from([*WITH_TOKEN, *OPEN]), st.lists(st.tuples(NAMES, TEXTS), max_size=4))
    def ask(path: str, query: list[tuple[str, str]]) -> None:
        response = client.get(BASE + path, {name: [v for n, v in query if n == name] for name, _ in query})
        assert response.status_code in {200, 400}
        if response.status_code == 400:
            assert problem(response, 400)["invalidParams"]

    ask()


# ------------------------------------------------------------------------------------------- the description


def test_the_committed_description_is_that_of_the_code() -> None:
    committed = Path(__file__).parents[3] / "platform/docs/openapi.json"
    assert committed.read_text(encoding="utf-8") == schema_text(), "run: python manage.py openapi_write"


def test_every_address_is_described_with_its_errors_and_headers() -> None:
    schema = build_schema()
    assert {f"/{path.strip('/').split('/')[0]}" for path in schema["paths"]} == {*WITH_TOKEN, *OPEN}
    for path, item in schema["paths"].items():
        assert not path.endswith("/")
        assert set(item) == {"get"}
        operation = item["get"]
        assert {"200", "400", "404", "406", "500"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) == (path.startswith(WITH_TOKEN))
        assert "API-Version" in operation["responses"]["200"]["headers"]
        assert operation["summary"]
    assert set(schema["info"]["contact"]) == {"name", "email", "url"}
    assert schema["servers"][0]["url"].endswith("/v1")


def test_answers_are_what_the_description_promises(
    counted: Rebuilt, api_for: ApiFor, purmerend: Municipality
) -> None:
    assert counted.release == 1
    client, schema = api_for(purmerend), build_schema()
    report = get(client, "/rapporten")["rapporten"][0]["id"]
    for path in schema["paths"]:
        if path == "/openapi.json":
            continue
        promised = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        _matches(get(client, path.replace("{rapport}", report)), promised, schema)


def _matches(value: Any, promised: dict[str, Any], schema: dict[str, Any]) -> None:
    for part in promised.get("allOf", [promised]):
        shape = schema["components"]["schemas"][part["$ref"].split("/")[-1]] if "$ref" in part else part
        if value is None:
            assert promised.get("nullable"), promised
            continue
        if shape.get("type") == "object":
            assert set(value) == set(shape["properties"])
            for name, inner in value.items():
                _matches(inner, shape["properties"][name], schema)
        elif shape.get("type") == "array":
            for inner in value:
                _matches(inner, shape["items"], schema)
        elif "enum" in shape:
            assert value in shape["enum"]
        else:
            assert isinstance(value, {"integer": int, "number": int | float, "string": str}[shape["type"]])
