"""The words of the work: one list for the document, the page and the help at each term."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.forms import Form
from django.template import Context, Template
from django.urls import set_urlconf

from common.forms import NaoberForm
from common.glossary import GROUPS, STATES, TERMS, term_for
from core.couplings.workflow import CouplingStatus
from core.families.workflow import RequestingStatus, SupportStatus
from core.matching.workflow import ProposalStatus
from tenants.accounts.models import User
from tenants.municipalities.models import Municipality
from tests.common.test_templates import own_templates, source_of

ROOT = Path(__file__).resolve().parents[2]
USED = re.compile(r'(?:\bterm=|{% explain )"(?P<key>[^"]+)"')
# A sentence of plain Dutch, level B1, rarely has more words.
LONGEST = 28


def rows(document: str) -> list[tuple[str, str, str]]:
    lines = [line for line in document.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return [(dutch, code, meaning) for dutch, code, meaning in cells]


def forms(kind: type[Form] = NaoberForm) -> Iterator[type[Form]]:
    for form in kind.__subclasses__():
        yield form
        yield from forms(form)


def test_the_document_and_the_help_are_one_list() -> None:
    document = (ROOT / "platform" / "docs" / "glossary.md").read_text()
    assert rows(document) == [
        (term.dutch, term.code, term.meaning) for group in GROUPS for term in group.terms
    ]


def test_no_two_words_share_a_name() -> None:
    assert len(TERMS) == sum(len(group.terms) for group in GROUPS)


@pytest.mark.parametrize("key", sorted(TERMS))
def test_an_explanation_is_short_and_answers_a_question(key: str) -> None:
    term = TERMS[key]
    assert str(term.question).endswith("?")
    sentences = re.split(r"(?<=[.!?:])\s", str(term.answer))
    assert str(term.answer).endswith(".")
    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST] == []


@pytest.mark.parametrize("status", [RequestingStatus, SupportStatus, ProposalStatus, CouplingStatus])
def test_every_state_on_a_file_is_explained(status: Any) -> None:
    assert [value for value in status.values if term_for(value) is None] == []
    assert set(STATES.values()) <= set(TERMS)


@pytest.mark.parametrize("name", own_templates())
def test_a_template_explains_words_that_exist(name: str) -> None:
    keys = {found["key"] for found in USED.finditer(source_of(name))}
    assert keys <= TERMS.keys()


def test_forms_explain_words_that_exist_at_fields_that_exist() -> None:
    assert apps.ready
    wrong = {
        form.__qualname__: dict(form.terms)  # type: ignore[attr-defined]
        for form in forms()
        for name, key in getattr(form, "terms", {}).items()
        if key not in TERMS or name not in form.base_fields
    }
    assert wrong == {}


def test_an_explanation_opens_without_a_script() -> None:
    set_urlconf("config.urls_municipality")
    drawn = Template('{% explain "koppeling" %}').render(Context())
    assert drawn.startswith('<details class="naober-term"><summary>')
    assert "Wat is een koppeling?" in drawn
    assert "#koppeling" in drawn
    assert Template("{% explain nothing %}").render(Context()) == ""


def test_a_word_that_does_not_exist_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError):
        term_for("koppelring")


def test_the_page_of_words_has_all_of_them(
    client_for: Any, purmerend: Municipality, coordinator: User, foundation_user: User
) -> None:
    for host, person in ((purmerend, coordinator), ("landelijk", foundation_user)):
        answer = client_for(host, person).get("/hulp/begrippen")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert [key for key in TERMS if f'id="{key}"' not in page] == []


def test_a_list_a_file_and_a_form_explain_their_words(
    client_for: Any, purmerend: Municipality, coordinator: User
) -> None:
    client = client_for(purmerend, coordinator)
    for address, question in (
        ("/vraaggezinnen", "Wat is een vraaggezin?"),
        ("/wachtend", "Wanneer is een gezin wachtend?"),
        ("/voorstellen", "Wat is een matchvoorstel?"),
        ("/vraaggezinnen/nieuw", "Wat is een verwijzer?"),
    ):
        page = client.get(address).content.decode()
        assert question in page, address
