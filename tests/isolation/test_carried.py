"""What leaves a piece of work (a line in the log, a mail, a file) carries the municipality of that work, under load."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.core import mail
from django.core.files import File
from django.db import connections
from django.utils import timezone

from core.families.registration import ChildData, FamilyData, PersonData, RequestingRegistration
from core.families.services import requesting_family_register
from core.files.storage import blob_open, blob_write
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tenants.origin import coming_from
from tests.isolation.sizes import FULL

ROUNDS = 500 if FULL else 60
PUBLIC_FORM = SystemActor("public form")
Work = Callable[[Municipality, int], None]


def by_turns(places: list[Municipality], work: Work, rounds: int = ROUNDS) -> None:
    """Have six threads work in the municipalities in turn."""
    wrong: list[BaseException] = []

    def run(number: int) -> None:
        try:
            for turn in range(number, rounds + number):
                place = places[turn % len(places)]
                with coming_from(f"{place.slug} {number} {turn}"), context.municipality(place):
                    work(place, turn)
        except BaseException as error:  # noqa: BLE001  (told to the thread that waits)
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@contextmanager
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Catch the log lines, as they would be written."""
    (handler,) = (found for found in logging.getLogger().handlers if type(found) is logging.StreamHandler)
    caught, lines = StringIO(), list[dict[str, Any]]()
    with monkeypatch.context() as patch:
        patch.setattr(handler, "stream", caught)
        yield lines
    lines += [json.loads(line) for line in caught.getvalue().splitlines()]


def look(place: Municipality, _turn: int) -> None:
    structlog.get_logger("tests").warning("looked", expected=place.schema_name, slug=place.slug)


def outcomes(lines: list[dict[str, Any]]) -> Counter[bool]:
    """Count the lines that carry exactly what they belong to, and the others."""
    return Counter(
        line["schema"] == line["expected"] and line["origin"].startswith(f"{line['slug']} ")
        for line in lines
        if line["event"] == "looked"
    )


def test_a_log_line_carries_the_municipality_and_the_request_of_its_own_work(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written(monkeypatch) as lines:
        by_turns([purmerend, zaanstad], look)
    assert outcomes(lines) == {True: 6 * ROUNDS}


def test_twin_a_log_that_looks_at_something_shared_mixes_them_up(
    purmerend: Municipality, zaanstad: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    last: list[Any] = [None]

    def look_late(place: Municipality, turn: int) -> None:
        last[0] = context.current_scope()
        threading.Event().wait(0.0005)
        look(place, turn)

    with written(monkeypatch) as lines, monkeypatch.context() as patch:
        patch.setattr("tenants.context.scope_or_none", lambda: last[0])
        by_turns([purmerend, zaanstad], look_late, 60)
    assert outcomes(lines)[False] > 0


def test_mail_goes_to_who_wrote_to_that_very_municipality_and_names_no_other(
    purmerend: Municipality, zaanstad: Municipality, run_outbox: Callable[[], int]
) -> None:
    def register(place: Municipality, turn: int) -> None:
        requesting_family_register(data=registration(place, turn), actor=PUBLIC_FORM)

    by_turns([purmerend, zaanstad], register, 4)
    run_outbox()
    assert len(mail.outbox) == 24
    slugs = {purmerend.slug, zaanstad.slug}
    for message in mail.outbox:
        (address,) = message.to
        (own,) = {slug for slug in slugs if address.endswith(f"@{slug}.example")}
        (other,) = slugs - {own}
        assert (
            other
            not in f"{message.subject} {message.body} {message.extra_headers} {message.from_email}".lower()
        )


def registration(place: Municipality, turn: int) -> RequestingRegistration:
    person = PersonData(
        first_name="Proef", last_name=f"Nummer {turn}", email=f"ouder{turn}@{place.slug}.example"
    )
    return RequestingRegistration(
        family=FamilyData(postcode="1441 AB", place=place.name),
        parents=[person],
        children=[ChildData(first_name="Kind", birth_year=timezone.localdate().year - 3, birth_month=1)],
        registered_on=timezone.localdate(),
    )


def test_a_file_stands_in_the_folder_of_its_municipality_and_opens_nowhere_else(
    purmerend: Municipality, zaanstad: Municipality, settings: Any, tmp_path: Path
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    kept: dict[str, list[str]] = {purmerend.slug: [], zaanstad.slug: []}

    def keep(place: Municipality, _turn: int) -> None:
        kept[place.slug].append(blob_write(File(BytesIO(place.slug.encode()))))

    by_turns([purmerend, zaanstad], keep, 10)
    for place, other in ((purmerend, zaanstad), (zaanstad, purmerend)):
        for blob in kept[place.slug]:
            (path,) = tmp_path.rglob(blob)
            assert path.read_bytes() == place.slug.encode()
            assert place.schema_name in str(path) or str(place.pk) in str(path)
            with context.municipality(other), pytest.raises(FileNotFoundError):
                blob_open(blob)
