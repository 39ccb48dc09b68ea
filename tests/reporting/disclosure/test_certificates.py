"""The checker believes nobody: each way of forging a certificate is noticed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reporting.disclosure.cells import Key
from reporting.disclosure.certificates import OUTSIDER, WIDTH, Certificate, Entry, Witness, problems
from reporting.disclosure.plan import NL
from tests.reporting.disclosure.test_auditing import WAITING, country, key

A, B, C, D = (key("waiting", f"place-{index}") for index in range(4))


def certificate() -> Certificate:
    """Of 4, 9, 12 and 30, three are withheld; the first is proved to everybody by two trades."""
    trades = tuple(Witness({A: -3, other: 3}, {}) for other in (B, C))
    return Certificate({A: 4, B: 9, C: 12}, {A: Entry(trades)})


def found(forged: Certificate, quantities: tuple[Key, ...] = (A,)) -> list[str]:
    made: dict[str, Any] = country(WAITING, {"waiting": [4, 9, 12, 30]}, [("waiting", i) for i in range(3)])
    return problems(forged, quantities=quantities, **made)


def entry(*witnesses: Witness[Key], spared: frozenset[str] = frozenset()) -> Certificate:
    return replace(certificate(), entries={A: Entry(witnesses, spared)})


def test_an_honest_certificate_has_no_problems() -> None:
    assert found(certificate()) == []


SECOND = certificate().entries[A].witnesses[1]


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        (entry(), "a quantity has no tables"),
        (entry(Witness({A: -3, B: 2}, {}), SECOND), "a sum does not hold in a table"),
        (entry(Witness({A: -4, B: 4}, {}), SECOND), "a table goes below what a reader knows"),
        (entry(Witness({A: -2, B: 2}, {}), SECOND), "two tables lie too close together"),
        (entry(Witness({}, {A: -3, B: 3}), SECOND), "two tables lie too close together"),
        (entry(Witness({A: -3, D: 3}, {}), SECOND), "a table changes a figure that is shown"),
        (entry(Witness({A: -3.0, B: 3.0}, {}), SECOND), "a table holds something that is no whole number"),  # type: ignore[dict-item]
        (entry(SECOND), "an insider is not convinced"),
        (replace(certificate(), entries={}), "the certificate is about other quantities"),
        (replace(certificate(), unseen={A: 5, B: 8, C: 12}), "a true figure is not what was counted"),
        (replace(certificate(), unseen={A: 4, B: 9, C: 13}), "a sum does not hold in the true figures"),
        (replace(certificate(), unseen={A: 4, B: 9, C: 12, D: 30}), "a figure is called unseen and is shown"),
        (replace(certificate(), unseen={A: 4, B: 9}), "a figure in a sum is neither shown nor unseen"),
    ],
)
def test_a_forged_certificate_is_noticed(forged: Certificate, problem: str) -> None:
    assert problem in found(forged)


def test_who_is_spared_needs_no_proof_and_stands_in_the_certificate() -> None:
    assert found(entry(SECOND, spared=frozenset({C.geography}))) == []
    assert found(entry(spared=frozenset({OUTSIDER}))) == []


def test_equal_certificates_have_equal_digests_and_others_do_not() -> None:
    assert certificate().digest == certificate().digest
    changed: list[Callable[[], Certificate]] = [
        lambda: entry(SECOND),
        lambda: entry(*certificate().entries[A].witnesses, spared=frozenset({B.geography})),
        lambda: replace(certificate(), unseen={A: 4, B: 9, C: 13}),
    ]
    assert len({certificate().digest, *(make().digest for make in changed)}) == 4


def test_the_width_is_that_of_the_specification() -> None:
    assert WIDTH == 3
    assert NL not in {figure.geography for figure in certificate().unseen}
