"""Two people, or one double click, at the same moment. Each guard has a twin that shows what happens without it."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

from django.db import connections

from common.errors import ForbiddenTransition
from core.families.models import RequestingFamily
from core.families.registration import ChildData, FamilyData, PersonData, RequestingRegistration
from core.families.services import family_contacted, requesting_family_register
from core.families.workflow import RequestingStatus
from core.ledger.models import LedgerEntry
from tenants import context
from tenants.accounts.models import PUBLIC_FORM
from tenants.municipalities.models import Municipality
from tests.factories import chain

WAIT = 10


def registration(key: UUID) -> RequestingRegistration:
    """Return what a form sent."""
    return RequestingRegistration(
        family=FamilyData(postcode="1441 AB", place="Purmerend"),
        parents=[PersonData(first_name="Mira", last_name="Jansen", phone="+31612345678")],
        children=[ChildData(birth_year=chain.day().year - 4, birth_month=1)],
        registered_on=chain.day(),
        submission_key=key,
    )


def at_the_same_time(place: Municipality, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Do ``second`` in another connection after ``first`` was done and before it is committed; return both results."""
    found: dict[str, Any] = {}
    done, second_is_asking = Event(), Event()

    def other() -> None:
        try:
            done.wait(WAIT)
            with context.municipality(place):
                second_is_asking.set()
                found["second"] = second()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            found["second"] = error
        finally:
            connections.close_all()

    thread = Thread(target=other)
    thread.start()
    with context.municipality(place):
        found["first"] = first()
        done.set()
        second_is_asking.wait(WAIT)
        # Long enough for the other to reach the row; it waits there for our commit.
        thread.join(0.5)
    thread.join(WAIT)
    return [found["first"], found["second"]]


def test_a_double_click_registers_one_family(purmerend: Municipality) -> None:
    key = uuid4()

    def register() -> UUID:
        family = requesting_family_register(data=registration(key), actor=PUBLIC_FORM)
        found: UUID = family.pk
        return found

    first, second = at_the_same_time(purmerend, register, register)
    assert first == second
    with context.municipality(purmerend):
        assert RequestingFamily.objects.count() == 1


def test_without_the_key_of_the_form_a_double_click_would_register_two(purmerend: Municipality) -> None:
    def register() -> UUID:
        family = requesting_family_register(data=registration(uuid4()), actor=PUBLIC_FORM)
        found: UUID = family.pk
        return found

    first, second = at_the_same_time(purmerend, register, register)
    assert first != second
    with context.municipality(purmerend):
        assert RequestingFamily.objects.count() == 2


def test_two_coordinators_cannot_both_write_down_the_first_call(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        pk = chain.waiting_family(status=RequestingStatus.REGISTERED).pk

    def call() -> str:
        family = RequestingFamily.objects.get(pk=pk)
        return str(family_contacted(family=family, contacted_on=chain.day(), actor=PUBLIC_FORM).status)

    first, second = at_the_same_time(purmerend, call, call)
    assert first == "contacted"
    assert type(second) is ForbiddenTransition
    with context.municipality(purmerend):
        assert LedgerEntry.objects.count() == 1
