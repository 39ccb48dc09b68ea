"""Two people who have the same page open: the second is told what changed and loses nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.families.models import RequestingFamily, RequestingParent
from core.intake.models import SupportNeed
from tenants import context
from tenants.accounts.models import User
from tenants.audit.history import change_fields, history_erase
from tenants.audit.models import FieldChange
from tenants.municipalities.models import Municipality
from tests.factories import chain
from tests.isolation.forms import FoundForm, forms_in

Make = Callable[..., Client]


@pytest.fixture
def family(purmerend: Municipality) -> Any:
    """An asking family with one parent and an intake; its id, and the id of the parent."""
    with context.municipality(purmerend):
        made = chain.waiting_family("Jansen")
        return made.pk, made.parents.get().pk


@pytest.fixture
def first(purmerend: Municipality, coordinator: User, client_for: Make) -> Client:
    return client_for(purmerend, coordinator)


@pytest.fixture
def second(purmerend: Municipality, deputy: User, client_for: Make) -> Client:
    return client_for(purmerend, deputy)


def opened(client: Client, url: str) -> dict[str, Any]:
    """Return what the form of a page holds, as the browser would send it back untouched."""
    body = client.get(url).content.decode()
    form = next(form for form in forms_in(body, url) if "shown_version" in form.fields)
    return as_sent(form, body)


def as_sent(form: FoundForm, body: str) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for name, values in form.fields.items():
        kind = form.kinds[name]
        if kind in {"checkbox", "radio", "select"}:
            chosen = [
                value
                for value in values
                if re.search(rf'name="{re.escape(name)}"[^>]*value="{re.escape(value)}"[^>]*checked', body)
                or re.search(rf'<option value="{re.escape(value)}" selected', body)
                or (value == "on" and re.search(rf'name="{re.escape(name)}"[^>]*checked', body))
            ]
            if chosen:
                sent[name] = chosen
        else:
            sent[name] = values[0]
    return sent


def test_what_only_the_other_changed_stays_and_the_second_is_told(
    family: Any, first: Client, second: Client, purmerend: Municipality
) -> None:
    url = reverse("families:parent_edit", args=[family[1]], urlconf="config.urls_municipality")
    mine, theirs = opened(second, url), opened(first, url)
    assert first.post(url, theirs | {"phone": "06 12345678"}).status_code == 302
    answer = second.post(url, mine | {"email": "nieuw@voorbeeld.example"}, follow=True)
    text = answer.content.decode()
    assert "Coordinator Purmerend veranderde intussen ook: telefoonnummer" in text
    with context.municipality(purmerend):
        parent = RequestingParent.objects.get(pk=family[1])
        assert (parent.phone, parent.email) == ("+31612345678", "nieuw@voorbeeld.example")


def test_without_the_token_the_last_one_to_save_would_win(
    family: Any, first: Client, second: Client, purmerend: Municipality
) -> None:
    url = reverse("families:parent_edit", args=[family[1]], urlconf="config.urls_municipality")
    mine, theirs = opened(second, url), opened(first, url)
    first.post(url, theirs | {"phone": "06 12345678"})
    second.post(url, mine | {"email": "nieuw@voorbeeld.example", "shown_version": ""})
    with context.municipality(purmerend):
        assert RequestingParent.objects.get(pk=family[1]).phone != "+31612345678"


@pytest.mark.parametrize("takes_over", [True, False])
def test_both_values_are_shown_when_both_changed_the_same_field(
    family: Any, first: Client, second: Client, purmerend: Municipality, *, takes_over: bool
) -> None:
    url = reverse("families:requesting_change", args=[family[0]], urlconf="config.urls_municipality")
    mine, theirs = opened(second, url), opened(first, url)
    first.post(url, theirs | {"safe_contact": "na vijven", "place": "Beemster"})
    answer = second.post(url, mine | {"safe_contact": "liever een bericht"})
    body = answer.content.decode()
    assert answer.status_code == 400
    assert "Coordinator Purmerend veranderde dit intussen in: na vijven" in body
    assert "liever een bericht" in body
    with context.municipality(purmerend):
        assert RequestingFamily.objects.get(pk=family[0]).safe_contact == "na vijven"
    again = as_sent(next(form for form in forms_in(body, url) if "shown_version" in form.fields), body)
    if takes_over:
        again["neem-over-safe_contact"] = "ja"
    else:
        again.pop("neem-over-safe_contact", None)
    assert second.post(url, again).status_code == 302
    with context.municipality(purmerend):
        saved = RequestingFamily.objects.get(pk=family[0])
        assert saved.safe_contact == ("na vijven" if takes_over else "liever een bericht")
        assert saved.place == "Beemster"


def test_two_intakes_at_once_keep_what_both_noted(
    family: Any, first: Client, second: Client, purmerend: Municipality
) -> None:
    url = reverse("intake:requesting", args=[family[0]], urlconf="config.urls_municipality")
    mine, theirs = opened(second, url), opened(first, url)
    had = theirs.get("vetoes", [])
    assert first.post(url, theirs | {"vetoes": [*had, "dog"]}).status_code == 302
    answer = second.post(url, mine | {"vetoes": [*had, "cat"], "question_upbringing": "rust"})
    assert answer.status_code == 302
    with context.municipality(purmerend):
        need = SupportNeed.objects.get(family=family[0])
        assert {"dog", "cat"} <= set(need.vetoes)
        assert need.question_upbringing == "rust"


def test_a_token_of_another_thing_is_worth_nothing(
    family: Any, first: Client, purmerend: Municipality
) -> None:
    url = reverse("families:parent_edit", args=[family[1]], urlconf="config.urls_municipality")
    other = reverse("families:requesting_change", args=[family[0]], urlconf="config.urls_municipality")
    mine = opened(first, url) | {"shown_version": opened(first, other)["shown_version"]}
    assert first.post(url, mine | {"first_name": "Els"}).status_code == 302


# ----------------------------------------------------------------------------------------------------------- history


def test_every_edit_leaves_what_it_was_what_it_became_who_and_when(
    family: Any, first: Client, purmerend: Municipality
) -> None:
    url = reverse("families:parent_edit", args=[family[1]], urlconf="config.urls_municipality")
    first.post(url, opened(first, url) | {"first_name": "Elsbeth"})
    with context.municipality(purmerend):
        (change,) = FieldChange.objects.filter(about_id=family[0])
        assert (change.field, change.new, change.actor_name) == (
            "first_name",
            "Elsbeth",
            "Coordinator Purmerend",
        )
        assert change.old != change.new


@pytest.mark.usefixtures("in_purmerend")
def test_the_values_of_a_note_that_needs_consent_are_not_kept_twice(coordinator: User) -> None:
    made = chain.waiting_family()
    change_fields(made, {"remarks": "iets"}, about=made, actor=coordinator, withhold={"remarks"})
    (change,) = FieldChange.objects.all()
    assert (change.old, change.new, change.withheld) == (None, None, True)


@pytest.mark.usefixtures("in_purmerend")
def test_saving_what_it_already_was_leaves_no_history(coordinator: User) -> None:
    made = chain.waiting_family()
    assert change_fields(made, {"place": made.place}, about=made, actor=coordinator) == []
    assert not FieldChange.objects.exists()


def test_history_cannot_be_changed_and_goes_with_the_family(
    purmerend: Municipality, coordinator: User
) -> None:
    with context.municipality(purmerend):
        made = chain.waiting_family()
        change_fields(made, {"place": "Beemster"}, about=made, actor=coordinator)
        with pytest.raises(Exception, match="permission denied"), context.atomic():
            FieldChange.objects.update(new="Edam")
        assert history_erase(about_ids=[made.pk]) == 1
        assert not FieldChange.objects.exists()
