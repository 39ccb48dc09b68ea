from collections.abc import Callable
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connections
from django.test import Client

from common.errors import Conflict, InvalidInput
from tenants import context
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tenants.standards import selectors
from tenants.standards.defaults import shipped
from tenants.standards.holidays import (
    SHIPPED,
    HolidayFileError,
    known_until,
    school_holidays,
    school_holidays_load,
)
from tenants.standards.models import SchoolHoliday, Standard, StandardKind
from tenants.standards.services import standard_draft_drop, standard_draft_save, standard_publish
from tenants.standards.wording import BLANKS, blocks, problems_of

Make = Callable[..., Client]
KIND = StandardKind.AGREEMENT
TEXT = "# Voor {kinderen}\n- {wanneer} vanaf {vanaf}\n- Bel {nood}\n\n# Huisregels\n{huisregels}\n"


# ------------------------------------------------------------------------------------------------------------ versions


def test_every_kind_of_text_comes_with_the_product_and_is_sound(in_purmerend: Municipality) -> None:
    for kind in StandardKind:
        version = selectors.current(kind)
        assert (version.version, version.content) == (1, shipped(kind))
    for kind in (StandardKind.AGREEMENT, StandardKind.TRIAL_AGREEMENT):
        assert problems_of(kind, shipped(kind)["text"]) == []


def test_a_published_version_reaches_every_municipality_and_a_draft_none(
    purmerend: Municipality, foundation_user: User
) -> None:
    with context.foundation():
        standard_draft_save(kind=KIND, content={"text": TEXT}, actor=foundation_user)
    with context.municipality(purmerend):
        assert selectors.current(KIND).version == 1
    with context.foundation():
        standard_publish(kind=KIND, actor=foundation_user)
    with context.municipality(purmerend):
        assert selectors.current(KIND).content == {"text": TEXT}
        assert [one.version for one in selectors.history(KIND)] == [2, 1]


def test_a_published_version_cannot_be_changed_by_anybody(foundation_user: User) -> None:
    with context.foundation():
        standard_draft_save(kind=KIND, content={"text": TEXT}, actor=foundation_user)
        standard_publish(kind=KIND, actor=foundation_user)
        with pytest.raises(Conflict):
            standard_publish(kind=KIND, actor=foundation_user)
    for change in ("UPDATE standards_standard SET content = '{}'", "DELETE FROM standards_standard"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            context.foundation(),
            connections["national"].cursor() as cursor,
        ):
            cursor.execute(change)


def test_a_draft_can_be_changed_and_thrown_away(in_foundation: None, foundation_user: User) -> None:
    standard_draft_save(kind=KIND, content={"text": TEXT}, actor=foundation_user)
    standard_draft_save(kind=KIND, content={"text": TEXT + "Dag."}, actor=foundation_user)
    assert Standard.objects.count() == 1
    standard_draft_drop(kind=KIND, actor=foundation_user)
    assert selectors.draft(KIND) is None


def test_a_municipality_cannot_write_what_is_national(purmerend: Municipality) -> None:
    for statement in (
        (
            "INSERT INTO standards_standard (id, kind, version, content)"
            " VALUES (gen_random_uuid(), 'afspraken', 9, '{}')"
        ),
        "DELETE FROM standards_schoolholiday",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            context.municipality(purmerend),
            connections["default"].cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace("{nood}", "iemand"), "{nood}"),
        (TEXT.replace("{huisregels}", "geen"), "{huisregels}"),
        (TEXT + "Uw bsn is {bsn}.", "{bsn}"),
        (TEXT.removeprefix("# "), "kop"),
    ],
)
def test_a_text_without_what_each_agreement_needs_is_refused(
    in_foundation: None, foundation_user: User, text: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        standard_draft_save(kind=KIND, content={"text": text}, actor=foundation_user)
    assert said in str(refusal.value.fields["text"])


@pytest.mark.parametrize(
    ("label", "said"),
    [("Wat is uw bsn?", "bsn"), ("Hoe hoog is uw inkomen?", "inkomen"), ("Welk geloof heeft u?", "gevoelig")],
)
def test_an_intake_cannot_ask_what_we_may_not_know(
    in_foundation: None, foundation_user: User, label: str, said: str
) -> None:
    extra = {"code": "x0123456789", "kind": "line", "label": label, "help": "", "options": []}
    content = {**shipped(StandardKind.REQUESTING_INTAKE), "extra": [extra]}
    with pytest.raises(InvalidInput) as refusal:
        standard_draft_save(kind=StandardKind.REQUESTING_INTAKE, content=content, actor=foundation_user)
    assert said in str(refusal.value.message)


def test_a_fixed_question_cannot_be_left_out(in_foundation: None, foundation_user: User) -> None:
    content = shipped(StandardKind.SUPPORT_INTAKE)
    content["questions"].pop()
    with pytest.raises(InvalidInput):
        standard_draft_save(kind=StandardKind.SUPPORT_INTAKE, content=content, actor=foundation_user)


def test_what_is_empty_is_left_out_with_its_heading() -> None:
    values = {"kinderen": "Noor", "wanneer": "woensdagmiddag", "vanaf": "nu", "nood": "", "huisregels": ""}
    found = blocks(TEXT, values)
    assert [block.kind for block in found] == ["heading", "points"]
    assert found[1].lines == ("woensdagmiddag vanaf nu",)
    rules = blocks(TEXT, values | {"huisregels": "Schoenen uit.\nOm vijf uur eten."})
    assert [block.lines[0] for block in rules][-2:] == ["Schoenen uit.", "Om vijf uur eten."]


def test_what_families_wrote_is_never_read_as_a_heading_or_a_blank() -> None:
    values = dict.fromkeys(BLANKS, "x") | {"huisregels": "{nood}"}
    assert blocks(TEXT, values)[-1].lines == ("{nood}",)


# --------------------------------------------------------------------------------------------------------------- pages


def test_the_foundation_writes_and_publishes_a_text(foundation_user: User, client_for: Make) -> None:
    client = client_for("landelijk", foundation_user)
    assert client.post(f"/teksten/{KIND}/bewerken", {"text": "Zonder kop {xyz}"}).status_code == 400
    page = unescape(client.post(f"/teksten/{KIND}/bewerken", {"text": TEXT}, follow=True).content.decode())
    assert "nog niet in gebruik" in page
    assert "Noor en Sam" in page
    client.post(f"/teksten/{KIND}/publiceren")
    page = unescape(client.get("/teksten").content.decode())
    assert "Afspraken van een koppeling" in page
    assert client.get(f"/teksten/{KIND}?versie=1").status_code == 200
    assert client.get("/teksten/onzin").status_code == 404


def test_the_foundation_words_the_questions_and_adds_one(foundation_user: User, client_for: Make) -> None:
    kind = StandardKind.REQUESTING_INTAKE
    client = client_for("landelijk", foundation_user)
    sent = {f"label_{one['code']}": one["label"] for one in shipped(kind)["questions"]} | {
        "label_question_support": "Waar loopt u op vast?",
        "extra-TOTAL_FORMS": "1",
        "extra-INITIAL_FORMS": "0",
        "extra-0-label": "Wanneer is een goed moment om te bellen?",
        "extra-0-kind": "choice",
        "extra-0-options": "overdag\n'’s avonds",
    }
    wrong = client.post(f"/teksten/{kind}/bewerken", sent | {"extra-0-options": "overdag"})
    assert wrong.status_code == 400
    assert client.post(f"/teksten/{kind}/bewerken", sent).status_code == 302
    client.post(f"/teksten/{kind}/publiceren")
    with context.foundation():
        content = selectors.current(kind).content
    assert {"code": "question_support", "label": "Waar loopt u op vast?", "help": ""} in content["questions"]
    assert content["extra"][0]["options"] == ["overdag", "'’s avonds"]


# ------------------------------------------------------------------------------------------------------ school holidays


def test_the_shipped_holidays_load_again_and_again(purmerend: Municipality) -> None:
    assert school_holidays_load(SHIPPED) == school_holidays_load(SHIPPED) == 60
    with context.municipality(purmerend):
        (christmas,) = school_holidays("noord", date(2026, 12, 20), date(2026, 12, 31))
        assert (christmas.name, christmas.starts_on, christmas.ends_on) == (
            "Kerstvakantie",
            date(2026, 12, 19),
            date(2027, 1, 3),
        )
        assert known_until("zuid") == date(2029, 8, 26)
        assert all(row.starts_on.weekday() == 5 and row.source for row in SchoolHoliday.objects.all())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Kerst,oost,2026-12-19,2027-01-03,x", "line 2"),
        ("Kerst,noord,2026-12-19,2026-12-01,x", "no school holiday"),
        ("Kerst,noord,19 december,2027-01-03,x", "line 2"),
        ("Kerst,noord,2026-12-19,2027-01-03,", "source"),
    ],
)
def test_a_file_with_a_wrong_line_loads_nothing_and_names_it(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "vakanties.csv"
    file.write_text(f"vakantie,regio,van,tot_en_met,bron\n{line}\n")
    with pytest.raises(HolidayFileError, match=said):
        school_holidays_load(file)
    file.write_text("naam,van\nx,y\n")
    with pytest.raises(HolidayFileError, match="columns"):
        school_holidays_load(file)
