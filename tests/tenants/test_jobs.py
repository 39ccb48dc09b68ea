"""Work left behind in a transaction is done once, in the scope of its municipality, or stays where it is."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import chain, group
from celery.app.task import Context
from celery.schedules import crontab
from django.conf import settings
from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from config.celery import app
from tenants import context, jobs
from tenants.accounts.models import User
from tenants.audit.models import AuditEntry
from tenants.context import NoScope, WrongScope, current_scope
from tenants.jobs import enqueue, enqueue_by_name, job, job_by_name
from tenants.municipalities import jobs as outbox_jobs
from tenants.municipalities.jobs import clock, queue_of, relay, timetable
from tenants.municipalities.models import Municipality, OutboxEntry, State

Messages = list[tuple[tuple[Any, ...], str]]
seen: list[tuple[str, str]] = []
begun, go_on = threading.Event(), threading.Event()


@job(scope="municipality")
def note(*, word: str) -> None:
    AuditEntry.objects.create(actor_name="job", action=word)
    seen.append((word, current_scope().schema))


@job(scope="municipality")
def fail(*, word: str) -> None:
    AuditEntry.objects.create(actor_name="job", action=word)
    message = "as told"
    raise ValueError(message)


@job(scope="municipality")
def long_work() -> None:
    begun.set()
    go_on.wait(20)
    seen.append(("long", current_scope().schema))


@job(scope="aggregation")
def count(*, year: str) -> None:
    seen.append((year, str(current_scope().tenant_id)))


@job(scope="releasing", schedule=crontab(hour=4, minute=0))
def publish() -> None:
    seen.append(("publish", current_scope().schema))


@job(scope="municipality", schedule=crontab(hour=3, minute=0))
def nightly() -> None:
    seen.append(("nightly", current_scope().schema))


@pytest.fixture(autouse=True)
def _nothing_seen() -> Iterator[None]:
    seen.clear()
    yield
    for made in (note, fail, count, publish, nightly):
        assert job_by_name(made.name) is made


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Messages:
    """Catch what the relay sends instead of a broker."""
    messages: Messages = []
    monkeypatch.setattr(jobs.run, "apply_async", lambda arguments, queue: messages.append((arguments, queue)))
    return messages


def waiting() -> list[OutboxEntry]:
    with context.dispatching():
        return list(OutboxEntry.objects.order_by("created_at"))


def actions(place: Municipality) -> list[str]:
    with context.municipality(place):
        return list(AuditEntry.objects.values_list("action", flat=True))


def leave(place: Municipality, work: jobs.Job, **arguments: Any) -> str:
    with context.municipality(place):
        enqueue(work, **arguments)
    return str(waiting()[-1].pk)


# ----------------------------------------------------------------------------------------------------------- leaving


def test_work_is_left_with_the_change_or_not_at_all(purmerend: Municipality) -> None:
    def change_and_fail() -> None:
        with context.municipality(purmerend):
            enqueue(note, word="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert waiting() == []
    leave(purmerend, note, word="x")
    (entry,) = waiting()
    assert (entry.schema_name, entry.login, entry.arguments) == (purmerend.schema_name, "web", {"word": "x"})
    assert entry.role_name == context.municipality_role(purmerend.schema_name)


def test_work_for_a_municipality_needs_one(purmerend: Municipality) -> None:
    with pytest.raises(NoScope):
        enqueue(note, word="x")
    with context.dispatching():
        with pytest.raises(NoScope):
            enqueue(note, word="x")
        enqueue(note, word="x", municipality=purmerend)
        enqueue(publish)
    assert {entry.schema_name for entry in waiting()} == {purmerend.schema_name, "releases"}


def test_work_of_a_higher_layer_is_left_by_name(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        enqueue_by_name(note.name, word="x")
        with pytest.raises(ModuleNotFoundError):
            enqueue_by_name("no.such.jobs.work")
    assert [entry.job for entry in waiting()] == [note.name]


# ------------------------------------------------------------------------------------------------------------- doing


def test_each_job_runs_in_its_own_municipality(
    purmerend: Municipality, zaanstad: Municipality, run_outbox: Callable[[], int]
) -> None:
    for place in (purmerend, zaanstad, purmerend, zaanstad):
        leave(place, note, word=place.slug)
        leave(place, count, year="2026")
    assert run_outbox() > 0
    assert waiting() == []
    assert set(actions(purmerend)) == {"purmerend"}
    assert set(actions(zaanstad)) == {"zaanstad"}
    assert {where for word, where in seen if word == "2026"} == {str(purmerend.pk), str(zaanstad.pk)}


def test_a_message_that_comes_twice_has_one_effect(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, note, word="once")
    for _time in range(3):
        jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["once"]


def test_without_deleting_the_row_first_a_message_that_comes_twice_has_two_effects(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The twin: the deletion in the same transaction is what makes it once.
    def work_only(work: jobs.Job, _outbox_id: Any) -> bool:
        work.body(word="twice")
        return True

    monkeypatch.setattr(jobs, "_work", work_only)
    entry_id = leave(purmerend, note, word="twice")
    for _time in range(2):
        jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["twice", "twice"]


def test_the_same_work_asked_for_often_is_done_once(purmerend: Municipality) -> None:
    entries = [leave(purmerend, note, word="same") for _time in range(5)]
    for entry_id in entries:
        jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["same"]


def test_the_same_message_at_two_workers_at_once_has_one_effect(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, note, word="once")

    def work() -> None:
        jobs.run(entry_id, note.name, str(purmerend.pk))
        connections.close_all()

    threads = [threading.Thread(target=work) for _worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert actions(purmerend) == ["once"]
    assert waiting() == []


def test_a_job_that_fails_has_no_effect_and_stays_with_the_kind_of_failure(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, fail, word="x")
    jobs.run(entry_id, fail.name, str(purmerend.pk))
    (entry,) = waiting()
    assert entry.last_error == "ValueError"
    assert actions(purmerend) == []


# ---------------------------------------------------------------------------------------------------------- refusing


@pytest.mark.parametrize("state", [State.MOVING, State.ERASED, State.PROVISIONING])
def test_a_municipality_that_is_not_live_is_refused_before_the_work_and_the_work_stays(
    purmerend: Municipality, state: State
) -> None:
    entry_id = leave(purmerend, note, word="x")
    set_state(purmerend, state)
    jobs.run(entry_id, note.name, str(purmerend.pk))
    assert seen == []
    assert len(waiting()) == 1
    set_state(purmerend, State.LIVE)
    jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["x"]


def set_state(municipality: Municipality, state: State) -> None:
    with context.owning_registry():
        Municipality.objects.filter(pk=municipality.pk).update(state=state)


def test_a_message_without_or_with_an_unknown_municipality_is_refused(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, note, word="x")
    for wrong in (None, str(uuid4())):
        jobs.run(entry_id, note.name, wrong)
    jobs.run(entry_id, "no.such.jobs.work", str(purmerend.pk))
    assert seen == []
    assert len(waiting()) == 1


def test_without_the_refusal_the_work_would_run_in_a_municipality_that_is_moving(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_scope_of", lambda _work, _id: context.municipality(purmerend))
    entry_id = leave(purmerend, note, word="x")
    set_state(purmerend, State.MOVING)
    jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["x"]


def test_a_message_that_names_another_municipality_finds_no_work_there(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    entry_id = leave(purmerend, note, word="x")
    jobs.run(entry_id, note.name, str(zaanstad.pk))
    assert seen == []
    assert len(waiting()) == 1


def test_a_message_that_names_another_job_finds_no_work(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, note, word="x")
    jobs.run(entry_id, fail.name, str(purmerend.pk))
    assert [entry.last_error for entry in waiting()] == [""]


def test_a_job_of_one_scope_cannot_reach_another(purmerend: Municipality) -> None:
    @job(scope="aggregation")
    def too_curious() -> None:
        User.objects.count()

    with context.aggregation(purmerend), pytest.raises(WrongScope):
        too_curious()


@pytest.mark.parametrize("wrong", [("no id", "municipality"), ("entry", "no id"), ("", ""), ("entry", "")])
def test_a_message_whose_ids_are_none_is_refused(purmerend: Municipality, wrong: tuple[str, str]) -> None:
    entry_id = leave(purmerend, note, word="x")
    right = {"entry": entry_id, "municipality": str(purmerend.pk)}
    jobs.run(right.get(wrong[0], wrong[0]), note.name, right.get(wrong[1], wrong[1]))
    assert seen == []
    assert [entry.last_error for entry in waiting()] == [""]


def test_work_of_a_municipality_that_was_renamed_is_done_in_it(purmerend: Municipality) -> None:
    entry_id = leave(purmerend, note, word="x")
    with context.owning_registry():
        Municipality.objects.filter(pk=purmerend.pk).update(slug="beemster", name="Beemster")
    jobs.run(entry_id, note.name, str(purmerend.pk))
    assert actions(purmerend) == ["x"]


# --------------------------------------------------------------------------------- what Celery itself makes of messages


def test_a_chain_or_group_of_messages_keeps_each_in_its_own_municipality(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    def messages() -> list[Any]:
        return [
            jobs.run.si(leave(place, note, word=uuid4().hex), note.name, str(place.pk))
            for place in (purmerend, zaanstad, purmerend)
        ]

    chain(*messages()).apply()
    group(*messages()).apply()
    assert waiting() == []
    schemas = [schema for _word, schema in seen]
    assert schemas == [purmerend.schema_name, zaanstad.schema_name, purmerend.schema_name] * 2
    assert [len(actions(place)) for place in (purmerend, zaanstad)] == [4, 2]


def test_a_chain_that_hands_its_result_on_is_refused_before_the_work(
    purmerend: Municipality, zaanstad: Municipality
) -> None:
    # Celery puts the result of the first before the arguments of the second: then no argument is what it was.
    first = leave(purmerend, note, word="first")
    second = leave(zaanstad, note, word="second")
    chain(
        jobs.run.s(first, note.name, str(purmerend.pk)), jobs.run.s(second, note.name, str(zaanstad.pk))
    ).apply()
    assert [word for word, _schema in seen] == ["first"]
    assert [str(entry.pk) for entry in waiting()] == [second]


def test_a_message_that_is_tried_again_names_the_same_municipality(purmerend: Municipality) -> None:
    arguments = (leave(purmerend, note, word="x"), note.name, str(purmerend.pk))
    again = jobs.run.signature_from_request(
        Context(id="x", args=arguments, kwargs={}), arguments, {}, retries=1
    )
    assert tuple(again.args) == arguments
    jobs.run(*again.args)
    assert actions(purmerend) == ["x"]


def test_no_worker_keeps_results_so_no_chord_waits_for_one() -> None:
    assert not app.conf.result_backend
    assert app.tasks["tenants.run"].ignore_result


def test_what_beat_sends_names_no_municipality() -> None:
    for entry in timetable().values():
        assert entry["task"] in {"tenants.relay", "tenants.clock"}
        assert all("." in argument for argument in entry.get("args", ())), "names of jobs only"


# ------------------------------------------------------------------------------------------------- relay and timetable


def test_the_relay_sends_ids_only_to_the_queue_of_the_login(purmerend: Municipality, sent: Messages) -> None:
    entry_id = leave(purmerend, note, word="something to keep")
    leave(purmerend, count, year="2026")
    assert relay() == 2
    assert sent[0] == ((entry_id, note.name, str(purmerend.pk)), queue_of("web"))
    assert sent[1][1] == queue_of("aggregator")
    assert "something to keep" not in str(sent)
    assert relay() == 0


def test_a_command_that_knows_nothing_of_celery_sends_to_the_broker_of_the_product() -> None:
    code = (
        "import django; django.setup(); from tenants.municipalities.jobs import relay;"
        "print(relay.app.main, relay.app.conf.broker_url)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.split() == ["naober", settings.CELERY_BROKER_URL]


def test_what_got_lost_is_sent_again_and_what_failed_or_waits_in_line_later(
    purmerend: Municipality, sent: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(purmerend, note, word="x")
    relay()
    for ago, line, error, expected in (
        (0.5, 0, "", 0),
        (1.5, 0, "", 1),
        (59, 3, "", 0),
        (61, 3, "", 1),
        (4, 0, "ValueError", 0),
        (6, 0, "ValueError", 1),
    ):
        monkeypatch.setattr(outbox_jobs, "_length", lambda _queue, line=line: line)
        with context.dispatching():
            OutboxEntry.objects.update(
                sent_at=timezone.now() - timedelta(seconds=ago), attempts=1, last_error=error
            )
        assert relay() == expected
    for error in ("x", ""):
        with context.dispatching():
            OutboxEntry.objects.update(
                sent_at=timezone.now() - timedelta(minutes=30), attempts=500, last_error=error
            )
        assert relay() == 0, "what cannot be done now is not asked for all the time"


def test_work_that_is_under_way_keeps_no_second_worker_waiting(purmerend: Municipality) -> None:
    message = (leave(purmerend, long_work), long_work.name, str(purmerend.pk))

    def do() -> None:
        jobs.run(*message)
        connections.close_all()

    first = threading.Thread(target=do)
    first.start()
    assert begun.wait(20)
    jobs.run(*message)
    assert first.is_alive(), "the second came back while the first was at work"
    assert [str(entry.pk) for entry in waiting()] == [message[0]], "whoever began it may still fail"
    go_on.set()
    first.join()
    assert waiting() == []
    assert [word for word, _schema in seen] == ["long"], "once"


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_relay_whose_clock_is_ten_minutes_off_sends_as_the_others_do(
    purmerend: Municipality, sent: Messages, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    off = timezone.now() + timedelta(minutes=minutes)
    leave(purmerend, note, word="x")
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: off)
        assert [relay(), relay()] == [1, 0]
    assert relay() == 0, "it is not sent again because of the other's clock"
    with context.dispatching():
        OutboxEntry.objects.update(sent_at=Now() - timedelta(seconds=61))
    with monkeypatch.context() as patch:
        patch.setattr(timezone, "now", lambda: off)
        assert relay() == 1, "nor is what got lost forgotten"
    assert len(sent) == 2


def test_twin_marks_with_the_clock_of_the_machine_are_sent_again_at_once(
    purmerend: Municipality, sent: Messages
) -> None:
    leave(purmerend, note, word="x")
    relay()
    with context.dispatching():
        OutboxEntry.objects.update(sent_at=timezone.now() - timedelta(minutes=10))  # what a slow clock says
    assert relay() == 1
    assert len(sent) == 2


def test_a_broker_that_is_away_loses_nothing(
    purmerend: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: Any, **_options: Any) -> None:
        raise OperationalError

    leave(purmerend, note, word="x")
    monkeypatch.setattr(jobs.run, "apply_async", away)
    with pytest.raises(OperationalError):
        relay()
    assert [entry.sent_at for entry in waiting()] == [None]


def test_two_relays_at_once_send_a_message_once(purmerend: Municipality, sent: Messages) -> None:
    for number in range(50):
        leave(purmerend, note, word=str(number))

    def work() -> None:
        relay()
        connections.close_all()

    threads = [threading.Thread(target=work) for _relay in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len({message[0] for message in sent}) == 50


def test_the_clock_leaves_work_for_every_live_municipality(
    purmerend: Municipality, zaanstad: Municipality, run_outbox: Callable[[], int]
) -> None:
    set_state(zaanstad, State.MOVING)
    clock(nightly.name)
    clock(publish.name)
    run_outbox()
    assert sorted(seen) == [("nightly", purmerend.schema_name), ("publish", "releases")]


def test_the_timetable_has_the_relay_and_every_job_with_a_schedule() -> None:
    entries = timetable()
    assert entries["relay"]["schedule"] == 1.0
    assert entries[nightly.name]["args"] == (nightly.name,)
    assert note.name not in entries
    assert {entry["options"]["queue"] for entry in entries.values()} == {queue_of("aggregator")}


def test_celery_knows_no_task_that_goes_round_the_outbox() -> None:
    app.loader.import_default_modules()
    own = {name for name in app.tasks if not name.startswith("celery.")}
    assert own == {"tenants.run", "tenants.relay", "tenants.clock"}
    assert app.conf.task_always_eager is False
    assert app.conf.task_acks_late
    assert app.conf.accept_content == ["json"]


def test_every_login_has_a_queue_and_an_exchange_of_its_own() -> None:
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == {
        queue_of(login) for login in ("web", "shared_web", "aggregator", "releaser")
    }
    assert len({queue.exchange.name for queue in settings.CELERY_TASK_QUEUES}) == 4


def test_messages_travel_through_the_real_broker(purmerend: Municipality, zaanstad: Municipality) -> None:
    leave(purmerend, note, word="through the broker")
    leave(zaanstad, note, word="through the broker")
    received = 0
    with app.connection_for_read() as connection:
        consumer_queue = next(queue for queue in settings.CELERY_TASK_QUEUES if queue.name == queue_of("web"))
        simple = connection.SimpleQueue(consumer_queue)  # type: ignore[arg-type]  # a Queue is fine
        simple.clear()  # of what an earlier run left
        relay()
        while received < 2:
            message = simple.get(timeout=5)
            arguments, _options, _embed = message.payload
            jobs.run(*arguments)
            message.ack()
            received += 1
        simple.close()
    assert actions(purmerend) == actions(zaanstad) == ["through the broker"]
