"""What the privacy guard finds, how often it is right, and that the documentation says so."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from common.privacy import Kind, findings, is_bsn, name_candidates
from common.privacy_measure import Measure, measure, read

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "platform" / "docs" / "privacy-guard.md"


@pytest.fixture(scope="module")
def measured() -> Measure:
    return measure(*read((HERE / "privacy_sentences.txt").read_text(encoding="utf-8").splitlines()))


def test_the_set_has_at_least_two_hundred_sentences_of_which_many_are_clean() -> None:
    sentences, names = read((HERE / "privacy_sentences.txt").read_text(encoding="utf-8").splitlines())
    assert len(sentences) >= 200
    assert sum(not sentence.wanted for sentence in sentences) >= 100
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    assert names


@pytest.mark.parametrize(("kind", "precision", "recall"), [
    (Kind.BSN, 0.95, 0.95), (Kind.PHONE, 0.95, 0.9), (Kind.ADDRESS, 0.9, 0.9), (Kind.NAME, 0.9, 0.9),
])  # fmt: skip
def test_the_guard_is_mostly_right_and_misses_little(
    measured: Measure, kind: Kind, precision: float, recall: float
) -> None:
    score = measured.scores[kind]
    assert score.precision >= precision, measured.mistakes
    assert score.recall >= recall, measured.mistakes


def test_a_clean_sentence_is_hardly_ever_warned_about(measured: Measure) -> None:
    assert measured.clean_warned / measured.clean <= 0.03


def test_the_documentation_states_what_is_measured(measured: Measure) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, score in [*measured.scores.items(), ("all", measured.overall)]:
        counts = rf"{score.right} \| {score.wrong} \| {score.missed}"
        row = rf"\| {name} \| {counts} \| {score.precision:.3f} \| {score.recall:.3f} \|"
        assert re.search(row, page), row


def test_the_measure_would_notice_a_guard_that_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.privacy_measure.findings", lambda _text, **_names: [])
    sentences, names = read(["Bel {phone|06 12345678}.", "Niets."])
    assert measure(sentences, names).overall.recall == 0


@given(st.integers(min_value=1, max_value=999_999_999))
def test_the_eleven_test_is_that_of_the_tax_office(number: int) -> None:
    digits = f"{number:09d}"
    assert is_bsn(digits) == bsn.is_valid(digits)


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    for found in findings(text, names=name_candidates(text)):
        assert 0 <= found.start < found.end <= len(text)


def test_a_long_text_is_looked_at_at_once() -> None:
    assert findings(("Sem gaat om 14.30 uur naar de Dorpsstraat " * 100), names=set()) == []
