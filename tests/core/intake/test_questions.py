"""What is asked is configuration with versions, an old intake keeps its words; and one screen at a time."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from common.errors import InvalidInput
from core.families.models import Consent
from core.intake.models import AskedQuestions, LocalQuestions, SupportNeed, SupportOffer
from core.intake.questions import answers_in_words, questions_now, questions_of
from core.intake.services import (
    Consents,
    NeedData,
    OfferData,
    local_questions_save,
    need_save,
    need_write,
    offer_save,
)
from tenants import context
from tenants.accounts.models import User
from tenants.audit.models import FieldChange
from tenants.municipalities.models import Municipality
from tenants.standards.defaults import shipped
from tenants.standards.models import StandardKind
from tenants.standards.services import standard_draft_save, standard_publish
from tests.core.intake.test_intake import at_intake, day, in_screening
from tests.factories import chain

Make = Callable[..., Client]
KIND = StandardKind.REQUESTING_INTAKE
OWN = {
    "code": "x0000000001",
    "kind": "choice",
    "label": "Wie past er op de hond?",
    "help": "",
    "options": ["wij", "zij"],
}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"


@pytest.fixture
def desk(purmerend: Municipality, coordinator: User, client_for: Make) -> Client:
    return client_for(purmerend, coordinator)


def publish(label: str, actor: User, *extra: dict[str, Any]) -> None:
    content = shipped(KIND)
    for one in content["questions"]:
        if one["code"] == "question_support":
            one["label"] = label
    with context.foundation():
        standard_draft_save(kind=KIND, content={**content, "extra": list(extra)}, actor=actor)
        standard_publish(kind=KIND, actor=actor)


# ------------------------------------------------------------------------------------------------------------ versions


def test_an_old_intake_keeps_the_words_it_was_answered_in(
    purmerend: Municipality, desk: Client, coordinator: User, foundation_user: User
) -> None:
    with context.municipality(purmerend):
        old = at_intake()
        need_save(family=old, data=NeedData(held_on=chain.day()), actor=coordinator)
        ancient = chain.waiting_family("Oud")  # of before there were versions
        new = chain.waiting_family("Nieuw", status="intake")
        SupportNeed.objects.get(family=new).needchild_set.all().delete()
        SupportNeed.objects.filter(family=new).delete()
        pages = [f"/vraaggezinnen/{family.pk}/intake" for family in (old, ancient, new)]
    publish("Waar loopt u op vast?", foundation_user)
    asked = [unescape(desk.get(page).content.decode()) for page in pages]
    assert ["Welke steun heeft u nodig?" in page for page in asked] == [True, True, False]
    assert ["Waar loopt u op vast?" in page for page in asked] == [False, False, True]
    desk.post(pages[2], {"held_on": day(), "question_support": "Rust"})
    publish("Vertel eens.", foundation_user)
    assert "Waar loopt u op vast?" in unescape(desk.get(pages[2]).content.decode())


@pytest.mark.usefixtures("in_purmerend")
def test_intakes_with_the_same_questions_share_one_copy_of_them(coordinator: User) -> None:
    for name in ("Een", "Twee"):
        family = chain.waiting_family(name, status="intake")
        SupportNeed.objects.get(family=family).needchild_set.all().delete()
        SupportNeed.objects.filter(family=family).delete()
        need_save(family=family, data=NeedData(held_on=chain.day()), actor=coordinator)
    assert AskedQuestions.objects.count() == 1


def test_a_municipality_adds_questions_and_the_answers_are_kept_with_their_history(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        pk = at_intake().pk
    sent = {"extra-TOTAL_FORMS": "1", "extra-INITIAL_FORMS": "0", "extra-0-label": OWN["label"]}
    sent |= {"extra-0-kind": "choice", "extra-0-options": "wij\nzij"}
    assert (
        desk.post("/intakevragen/vraaggezin", sent | {"extra-0-label": "Wat is uw bsn?"}).status_code == 400
    )
    assert desk.post("/intakevragen/vraaggezin", sent).status_code == 302
    assert desk.get("/intakevragen/gemeente").status_code == 404
    with context.municipality(purmerend):
        (question,) = questions_now(KIND).extras
        name = f"extra_{question.code}"
    page = unescape(desk.get(f"/vraaggezinnen/{pk}/intake/extra").content.decode())
    assert "Wie past er op de hond?" in page
    assert desk.post(f"/vraaggezinnen/{pk}/intake/extra", {name: "een ander"}).status_code == 400
    for answer in ("wij", "zij"):
        assert desk.post(f"/vraaggezinnen/{pk}/intake/extra", {name: answer}).status_code == 302
    with context.municipality(purmerend):
        need = SupportNeed.objects.get()
        assert answers_in_words(questions_of(KIND, need), need.answers) == [(OWN["label"], "zij")]
        assert FieldChange.objects.filter(field="answers").count() == 2


@pytest.mark.usefixtures("in_purmerend")
def test_questions_of_a_municipality_are_versions_and_the_same_again_is_none(coordinator: User) -> None:
    for questions in ([OWN], [OWN], []):
        local_questions_save(kind=KIND, questions=questions, actor=coordinator)
    assert [one.version for one in LocalQuestions.objects.order_by("version")] == [1, 2]
    with pytest.raises(InvalidInput):
        local_questions_save(kind=StandardKind.AGREEMENT, questions=[OWN], actor=coordinator)
    with pytest.raises(InvalidInput):
        local_questions_save(kind=KIND, questions=[{**OWN, "label": "Uw inkomen?"}], actor=coordinator)


@pytest.mark.usefixtures("in_purmerend")
def test_an_answer_to_what_was_not_asked_is_left_out(coordinator: User) -> None:
    family = at_intake()
    data = NeedData(held_on=chain.day(), answers={"x0000000009": "iets"})
    assert need_save(family=family, data=data, actor=coordinator).answers is None


# ------------------------------------------------------------------------------------------------------------- screens


def test_every_screen_is_kept_by_itself_and_the_rest_stays(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        family = at_intake()
        pk, child = family.pk, str(family.children.get().pk)
    begin = f"/vraaggezinnen/{pk}/intake"
    for subject, sent in (
        ("steun", {"question_support": "Een vaste middag rust."}),
        ("bezoek", {"held_on": day(-1), "children": [child]}),
        ("vorm", {"forms": ["weekly_half_day"], "frequency": "weekly"}),
        ("dagdelen", {"day_parts": ["wo-middag"]}),
        ("gevoelig", {"consent_health": "on", "note_health": "Kan niet tegen noten."}),
    ):
        answer = desk.post(f"{begin}/{subject}", sent)
        assert answer.status_code == 302, subject
        assert answer.headers["Location"].startswith(begin)
    with context.municipality(purmerend):
        need = SupportNeed.objects.get()
        assert (need.question_support, need.day_parts, need.frequency) == (
            "Een vaste middag rust.",
            ["wo-middag"],
            "weekly",
        )
        assert need.held_on == chain.day(-1)
        assert Consent.objects.get().note == "Kan niet tegen noten."
    page = unescape(desk.get(f"{begin}/onderwerpen").content.decode())
    assert "Intake afronden" in page
    assert desk.post(f"{begin}/onderwerpen").status_code == 302
    with context.municipality(purmerend):
        assert SupportNeed.objects.get().completed_on == chain.day()


def test_a_page_offers_to_finish_only_what_can_be_finished(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = at_intake().pk
    begin = f"/vraaggezinnen/{pk}/intake"
    assert "Beginnen" in desk.get(f"{begin}/onderwerpen").content.decode()
    desk.post(f"{begin}/steun", {"question_support": "Rust"})
    page = unescape(desk.get(f"{begin}/onderwerpen").content.decode())
    assert "Intake afronden" not in page
    assert "Kies ten minste een dagdeel." in page
    assert desk.post(f"{begin}/onderwerpen").status_code == 400


def test_a_screen_that_is_wrong_keeps_what_was_typed(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = at_intake().pk
    answer = desk.post(f"/vraaggezinnen/{pk}/intake/vervoer", {"max_distance_km": "ver"})
    assert answer.status_code == 400
    assert 'value="ver"' in answer.content.decode()
    assert desk.get(f"/vraaggezinnen/{pk}/intake/bestaat-niet").status_code == 404
    with context.municipality(purmerend):
        assert not SupportNeed.objects.exists()


def test_the_offer_of_a_support_family_has_its_own_screens(purmerend: Municipality, desk: Client) -> None:
    with context.municipality(purmerend):
        pk = in_screening().pk
    assert (
        desk.post(f"/steungezinnen/{pk}/intake/plek", {"capacity": "3", "age_bands": ["4-7"]}).status_code
        == 302
    )
    assert desk.post(f"/steungezinnen/{pk}/intake/plek", {"capacity": "12"}).status_code == 400
    with context.municipality(purmerend):
        offer = SupportOffer.objects.get()
        assert (offer.capacity, offer.age_bands, offer.household) == (3, ["4-7"], "Twee volwassenen")


def test_a_telephone_gets_the_screens_and_may_ask_for_everything_at_once(
    purmerend: Municipality, desk: Client
) -> None:
    with context.municipality(purmerend):
        pk = at_intake().pk
    begin = f"/vraaggezinnen/{pk}/intake"
    answer = desk.get(begin, headers={"user-agent": PHONE})
    assert answer.headers["Location"] == f"{begin}/onderwerpen"
    assert desk.get(f"{begin}?alles=1", headers={"user-agent": PHONE}).status_code == 200
    assert desk.get(begin).status_code == 200


@pytest.mark.usefixtures("in_purmerend")
def test_saving_one_screen_leaves_notes_under_consent_of_other_screens_alone(coordinator: User) -> None:
    family = at_intake()
    consents = Consents(given={"health"}, notes={"health": "noten"})
    need_write(family=family, data=NeedData(held_on=chain.day()), consents=consents, actor=coordinator)
    need_write(family=family, data=NeedData(held_on=chain.day()), consents=Consents(), actor=coordinator)
    assert Consent.objects.get().note == "noten"


@pytest.mark.usefixtures("in_purmerend")
def test_an_offer_keeps_its_questions_too(coordinator: User) -> None:
    local_questions_save(kind=StandardKind.SUPPORT_INTAKE, questions=[OWN], actor=coordinator)
    family = in_screening()
    SupportOffer.objects.all().delete()
    data = OfferData(held_on=chain.day(), answers={str(OWN["code"]): "wij"})
    offer = offer_save(family=family, data=data, actor=coordinator)
    assert offer.answers == {OWN["code"]: "wij"}
    assert offer.asked is not None
    assert offer.asked.local_version == 1
