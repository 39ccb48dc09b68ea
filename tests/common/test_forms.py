"""Forms: markup, fields, repeating blocks, protection against programs and double sending."""

from datetime import date
from html.parser import HTMLParser
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django import forms
from django.core import signing
from django.http import QueryDict
from django.template import Context, Template

from common import fields
from common.errors import InvalidInput
from common.forms import NaoberForm, SpamGuardMixin, SubmissionKeyMixin, all_errors, repeating
from common.vocabulary import DayPart, SupportForm

HOST = "purmerend.naober.test"


class ChildForm(NaoberForm):
    first_name = fields.LineField(label="Voornaam", max_length=20)
    born = fields.MonthField(label="Geboren in", required=False)


Children = repeating(ChildForm, noun="Kind", add_label="Nog een kind toevoegen")


class FamilyForm(NaoberForm):
    name = fields.LineField(label="Uw naam")
    phone = fields.PhoneField(label="Telefoonnummer", help_text="Wij bellen u.")
    email = fields.EmailField(label="E-mailadres", required=False)
    postcode = fields.PostcodeField(label="Postcode")
    start = fields.DateField(label="Vanaf wanneer?")
    kind = forms.ChoiceField(label="Hoe?", choices=[("a", "A")])
    who = fields.ChoiceField(label="Wie vult dit in?", choices=[("self", "Ik zelf"), ("other", "Een ander")])
    support = forms.MultipleChoiceField(
        label="Wat zoekt u?", choices=SupportForm.choices, widget=forms.CheckboxSelectMultiple
    )
    parts = fields.DayPartsField(label="Wanneer?")
    pets = fields.YesNoField(label="Heeft u huisdieren?")
    story = fields.TextField(label="Uw verhaal", required=False)
    agreed = forms.BooleanField(label="Ik ga akkoord.")


GOOD = (
    "name=Samira+El+Amrani&phone=06-12345678&postcode=1441ab&start=2026-12-01&kind=a&who=self&support=overnight"
    "&parts=wo-middag&parts=ma-ochtend&pets=nee&agreed=on"
)


class Tags(HTMLParser):
    """Remembers every start tag with its attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _tag, attrs in self.tags if "id" in attrs]


def changed(**values: str) -> QueryDict:
    data = QueryDict(GOOD, mutable=True)
    for name, value in values.items():
        data[name] = value
    return data


# -------------------------------------------------------------------------------------------------------------- markup


def test_an_empty_form_says_what_may_stay_empty() -> None:
    shown = str(FamilyForm())
    assert shown.count("(niet verplicht)") == 2
    assert 'class="utrecht-textbox utrecht-textbox--html-input"' in shown


def test_every_control_has_a_label_and_every_id_is_unique() -> None:
    parsed = Tags(str(FamilyForm()))
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    labelled = {attrs.get("for") for tag, attrs in parsed.tags if tag == "label"}
    for tag, attrs in parsed.tags:
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden":
            assert attrs["id"] in labelled or attrs.get("aria-label"), attrs


def test_an_error_is_tied_to_its_field() -> None:
    form = FamilyForm(QueryDict(""))
    assert not form.is_valid()
    phone = next(attrs for _tag, attrs in Tags(str(form)).tags if attrs.get("name") == "phone")
    assert phone["aria-invalid"] == "true"
    assert phone["aria-describedby"] == "id_phone_helptext id_phone_error"


def test_every_link_of_the_error_summary_lands_on_a_control() -> None:
    form, children = FamilyForm(QueryDict("")), Children(QueryDict(MANAGEMENT_OF_ONE), prefix="kinderen")
    form.is_valid()
    children.is_valid()
    ids = set(Tags(str(form) + str(children)).ids())
    errors = all_errors(form, children)
    assert len(errors) == 11
    assert {anchor for anchor, _text in errors} <= ids
    shown = Template("{% error_summary form children %}").render(
        Context({"form": form, "children": children})
    )
    assert shown.count('href="#') == len(errors)


def test_a_form_without_errors_has_no_summary() -> None:
    form = FamilyForm(QueryDict(GOOD))
    assert form.is_valid(), form.errors
    assert Template("{% error_summary form nothing %}").render(Context({"form": form, "nothing": None})) == ""


def test_choice_groups_are_fieldsets_with_boxes_of_the_right_kind() -> None:
    shown = Tags(str(FamilyForm()["support"].as_field_group())).tags
    assert shown[0][0] == "fieldset"
    assert {attrs["type"] for tag, attrs in shown if tag == "input"} == {"checkbox"}
    assert all("utrecht-checkbox" in str(attrs["class"]) for tag, attrs in shown if tag == "input")


def test_the_week_has_a_box_for_every_part_with_its_full_name() -> None:
    shown = Tags(str(FamilyForm(QueryDict(GOOD))["parts"])).tags
    boxes = [attrs for tag, attrs in shown if tag == "input"]
    assert {box["value"] for box in boxes} == {part.value for part in DayPart}
    assert {box["aria-label"] for box in boxes} >= {"maandagochtend", "zondagnacht"}
    assert [box["value"] for box in boxes if "checked" in box] == ["ma-ochtend", "wo-middag"]


# -------------------------------------------------------------------------------------------------------------- fields


def test_good_input_is_kept_in_one_form() -> None:
    form = FamilyForm(QueryDict(GOOD))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == "+31612345678"
    assert form.cleaned_data["postcode"] == "1441 AB"
    assert form.cleaned_data["start"] == date(2026, 12, 1)
    assert form.cleaned_data["parts"] == [DayPart.MONDAY_MORNING, DayPart.WEDNESDAY_AFTERNOON]
    assert form.cleaned_data["pets"] is False


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "a\x00b", "teken"),
        ("name", "\x1b[31m", "teken"),
        ("name", "x" * 201, "te lang"),
        ("story", "x" * 4001, "te lang"),
        ("story", "a\x00b", "teken"),
        ("story", "mijn nummer is 111222333", "burgerservicenummer"),
        ("phone", "12", "tien cijfers"),
        ("phone", "bel mij", "tien cijfers"),
        ("phone", "06 1234 567", "tien cijfers"),
        ("postcode", "1234 SS", "1234 AB"),
        ("postcode", "0123 AB", "1234 AB"),
        ("postcode", "x" * 500, "te lang"),
        ("email", "iemand", "naam@voorbeeld.nl"),
        ("start", "2026-02-30", "bestaat"),
        ("start", "0001-01-01", "1900"),
        ("start", "9999-12-31", "2100"),
        ("start", "gisteren\x00", "bestaat"),
        ("kind", "b\x00", "geldige keuze"),
        ("who", "iedereen", "geldige keuze"),
        ("support", "tovenarij", "geldige keuze"),
        ("parts", "ma-brunch", "geldige keuze"),
        ("pets", "misschien", "geldige keuze"),
    ],
)
def test_bad_input_is_refused_in_dutch(name: str, value: str, words: str) -> None:
    form = FamilyForm(changed(**{name: value}))
    assert not form.is_valid()
    assert list(form.errors) == [name]
    assert words in " ".join(str(text) for text in form.errors[name])


@pytest.mark.parametrize(
    "typed", ["06 12345678", "0612345678", "+31 6 12345678", "0031612345678", "06-00000123"]
)
def test_telephone_numbers_may_be_typed_in_many_ways(typed: str) -> None:
    assert fields.PhoneField().clean(typed).startswith("+316")


@pytest.mark.parametrize("typed", ["12-03-2026", "2026-03-12", "12/03/2026", "12.03.2026"])
def test_dates_may_be_typed_in_many_ways(typed: str) -> None:
    assert fields.DateField().clean(typed) == date(2026, 3, 12)


@pytest.mark.parametrize(
    ("month", "year", "result"),
    [
        ("3", "2019", date(2019, 3, 1)),
        ("", "2019", None),
        ("3", "", None),
        ("3", "19", None),
        ("13", "2019", None),
    ],
)
def test_a_month_needs_both_its_parts(month: str, year: str, result: date | None) -> None:
    field = fields.MonthField()
    if result:
        assert field.clean([month, year]) == result
    else:
        with pytest.raises(forms.ValidationError):
            field.clean([month, year])


def test_a_month_that_was_kept_is_shown_again() -> None:
    shown = str(ChildForm(initial={"born": date(2019, 3, 1)})["born"])
    assert '<option value="3" selected>maart</option>' in shown
    assert 'value="2019"' in shown


def test_a_refusal_of_a_service_stands_beside_its_field() -> None:
    form = FamilyForm(QueryDict(GOOD))
    assert form.is_valid()
    form.add_refusal(
        InvalidInput(fields={"phone": "Dit nummer is van de coördinator.", "unknown": "Nog iets."})
    )
    assert form.errors["phone"] == ["Dit nummer is van de coördinator."]
    assert form.non_field_errors() == ["Nog iets."]
    other = FamilyForm(QueryDict(GOOD))
    assert other.is_valid()
    assert other.add_refusal(InvalidInput("Dat kan niet.")).non_field_errors() == ["Dat kan niet."]


# ----------------------------------------------------------------------------------------------------- repeating blocks

MANAGEMENT_OF_ONE = "kinderen-TOTAL_FORMS=1&kinderen-INITIAL_FORMS=0"
THREE = (
    "kinderen-TOTAL_FORMS=3&kinderen-INITIAL_FORMS=0&kinderen-0-first_name=Sara&kinderen-1-first_name=Bram"
    "&kinderen-2-first_name=Noor&kinderen-2-born_maand=3&kinderen-2-born_jaar=2019"
)


def test_plus_shows_one_block_more_keeps_what_was_typed_and_judges_nothing() -> None:
    children = Children(QueryDict(f"{THREE}&kinderen-add=1&kinderen-1-first_name="), prefix="kinderen")
    assert children.button_pressed
    shown = str(children)
    assert len(children.forms) == 4
    assert "Sara" in shown
    assert "Noor" in shown
    assert "Kind 4" in shown
    assert "vul dit in" not in shown
    assert all_errors(children) == []
    focused = [attrs["id"] for _tag, attrs in Tags(shown).tags if "autofocus" in attrs]
    assert focused == ["id_kinderen-3-first_name"]


def test_minus_takes_the_right_block_away() -> None:
    children = Children(QueryDict(f"{THREE}&kinderen-remove=1"), prefix="kinderen")
    assert children.button_pressed
    assert [form["first_name"].value() for form in children.forms] == ["Sara", "Noor"]
    assert 'value="2019"' in str(children)


def test_the_last_block_cannot_be_taken_away() -> None:
    children = Children(QueryDict(f"{MANAGEMENT_OF_ONE}&kinderen-remove=0"), prefix="kinderen")
    assert len(children.forms) == 1


@pytest.mark.parametrize("index", ["7", "-1", "x", "", "99999999999999999999"])
def test_taking_away_what_is_not_there_changes_nothing(index: str) -> None:
    children = Children(QueryDict(f"{THREE}&kinderen-remove={index}"), prefix="kinderen")
    assert len(children.forms) == 3


def test_sending_judges_every_block() -> None:
    children = Children(QueryDict(THREE), prefix="kinderen")
    assert children.is_valid(), all_errors(children)
    assert [child.cleaned_data["first_name"] for child in children.used] == ["Sara", "Bram", "Noor"]
    assert children.used[2].cleaned_data["born"] == date(2019, 3, 1)


def test_an_extra_block_that_stayed_empty_is_forgotten() -> None:
    data = QueryDict(f"{THREE}&kinderen-1-first_name=", mutable=True)
    data["kinderen-1-first_name"] = ""
    children = Children(data, prefix="kinderen")
    assert children.is_valid(), all_errors(children)
    assert [child.cleaned_data["first_name"] for child in children.used] == ["Sara", "Noor"]


@pytest.mark.parametrize(
    "data", ["", "kinderen-TOTAL_FORMS=x", "kinderen-TOTAL_FORMS=0&kinderen-INITIAL_FORMS=0"]
)
def test_a_form_that_lost_its_blocks_is_refused_in_dutch(data: str) -> None:
    children = Children(QueryDict(data), prefix="kinderen")
    assert not children.is_valid()
    assert all_errors(children)
    assert "vul " in all_errors(children)[0][1].lower()


def test_an_empty_first_block_gives_one_error_and_not_two() -> None:
    children = Children(QueryDict(MANAGEMENT_OF_ONE), prefix="kinderen")
    assert not children.is_valid()
    assert all_errors(children) == [("id_kinderen-0-first_name", "Voornaam: vul dit in.")]


def test_no_more_children_are_built_than_were_sent() -> None:
    data = "kinderen-TOTAL_FORMS=9999&kinderen-INITIAL_FORMS=0&kinderen-0-first_name=Sam&kinderen-1-first_name=Noor"
    assert len(Children(QueryDict(data), prefix="kinderen").forms) == 2


def test_not_more_children_are_built_than_any_family_has() -> None:
    blocks = "".join(f"&kinderen-{number}-first_name=Sam" for number in range(90))
    data = f"kinderen-TOTAL_FORMS=90&kinderen-INITIAL_FORMS=0{blocks}"
    assert len(Children(QueryDict(data), prefix="kinderen").forms) == 50


def test_the_other_form_keeps_what_was_typed_too() -> None:
    form = FamilyForm(QueryDict("name=Sam&phone=12")).show_typed()
    shown = str(form)
    assert "Sam" in shown
    assert "tien cijfers" not in shown
    assert not form.errors


# --------------------------------------------------------------------------------------------- programs, sending twice


class GuardedForm(SpamGuardMixin, SubmissionKeyMixin, NaoberForm):
    name = fields.LineField(label="Naam")


def sent(seconds: float = 10, host: str = HOST, **more: str) -> GuardedForm:
    with mock.patch("time.time", return_value=1_000_000_000):
        stamp = signing.TimestampSigner(salt=f"spam-guard:{HOST}").sign("shown")
    data = QueryDict(mutable=True)
    data.update({"name": "Sam", "shown_at": stamp, "website": "", **more})
    form = GuardedForm(data, guard_scope=host)
    with mock.patch("time.time", return_value=1_000_000_000 + seconds):
        form.is_valid()
    return form


def codes(form: GuardedForm) -> list[Any]:
    return [error.code for error in form.non_field_errors().as_data()]


def test_a_person_gets_through() -> None:
    assert codes(sent(seconds=10)) == []


def test_a_program_that_is_too_fast_is_refused_softly() -> None:
    form = sent(seconds=1)
    assert codes(form) == ["too_fast"]
    assert "Sam" in str(form), "what was typed stays"


def test_a_program_that_fills_the_hidden_box_is_refused() -> None:
    form = sent(website="http://koop.example")
    assert codes(form) == ["honeypot"]
    assert "koop" not in str(form)


def test_a_form_of_yesterday_gets_a_new_stamp_so_that_sending_again_is_enough() -> None:
    form = sent(seconds=2 * 24 * 3600)
    assert codes(form) == ["stale"]
    assert signing.TimestampSigner(salt=f"spam-guard:{HOST}").unsign(form["shown_at"].value()) == "shown"


@pytest.mark.parametrize("stamp", ["", "shown", "shown:x:y", "a\x00b", "x" * 10_000])
def test_a_made_up_stamp_is_refused(stamp: str) -> None:
    assert sent(shown_at=stamp).errors


def test_a_stamp_of_another_municipality_is_worth_nothing() -> None:
    assert codes(sent(host="zaanstad.naober.test")) == ["stale"]


def test_the_same_stamp_is_good_where_it_was_made() -> None:
    assert codes(sent(host=HOST)) == []


def test_the_hidden_box_is_out_of_reach_for_people() -> None:
    shown = str(GuardedForm(guard_scope=HOST))
    assert 'aria-hidden="true"' in shown
    assert 'tabindex="-1"' in shown


def test_each_shown_form_has_a_key_of_its_own_that_survives_an_error() -> None:
    first, second = (str(GuardedForm(guard_scope=HOST)["submission_key"].value()) for _ in range(2))
    assert first != second
    key = uuid4()
    form = sent(seconds=1, submission_key=str(key))
    assert str(form["submission_key"].value()) == str(key)


@pytest.mark.parametrize("key", ["", "niets", "\x00"])
def test_a_form_without_a_good_key_never_fails_on_the_server(key: str) -> None:
    form = sent(submission_key=key)
    assert isinstance(form.cleaned_data.get("submission_key", uuid4()), UUID)
