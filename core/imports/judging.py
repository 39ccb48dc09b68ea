"""From a row of text to a registration, or to sentences that say what is wrong. Pure: nothing is read or written.

Each cell goes through the field of the form that a person would fill in, so that both accept the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.errors import InvalidInput, Text
from common.fields import EmailField, LineField, PhoneField, PostcodeField, TextField
from common.language import in_dutch
from common.vocabulary import HouseholdKind, RecruitmentChannel, ReferralSource
from core.families.models import Registrant
from core.families.registration import (
    ChildData,
    FamilyData,
    PersonData,
    RequestingData,
    RequestingRegistration,
    SupportData,
    SupportRegistration,
    check_requesting,
    check_support,
)
from core.imports.columns import COLUMNS, Kind, plain_header

Registration = RequestingRegistration | SupportRegistration

_MONTHS = ("jan", "feb", "maa", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_PREFIXES = frozenset(
    {"van", "de", "den", "der", "het", "'t", "ter", "ten", "te", "op", "in", "aan", "bij"}
    | {"la", "le", "el", "al", "ben", "von", "du", "da", "dos", "di", "ibn"}
)
_YES = frozenset({"ja", "j", "yes", "x", "1", "waar", "true"})
_NO = frozenset({"", "nee", "n", "no", "0", "onwaar", "false", "-"})
# Day numbers as Excel keeps dates: 1 is the first of January 1900, and it believes that 1900 was a leap year.
_EXCEL_BEGINS, _EXCEL_DAYS = date(1899, 12, 30), range(20_000, 80_000)
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$")
_WITH_WORD = re.compile(r"^(?:(\d{1,2})[ -])?([a-z]{3,9})\.?[ -](\d{4})$")
_YEAR_MONTH = re.compile(r"^(\d{4})[-/](\d{1,2})$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/. ](\d{4})$")
_WHEN = re.compile(
    r"\d[\d/. -]*\d|(?:\d{1,2} )?\b(?:jan|feb|maa|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)[a-z]*\.? \d{4}",
    re.IGNORECASE,
)
_EXPECTED = re.compile(r"uitgerekend|verwacht|zwanger|op komst", re.IGNORECASE)
_BETWEEN_CHILDREN = re.compile(r"[;\n]|,(?![^(]*\))| en (?=[A-Z])")
_LINE, _LONG_LINE, _TEXT = LineField(max_length=120), LineField(max_length=160), TextField(required=False)
_PHONE, _EMAIL, _POSTCODE = PhoneField(required=False), EmailField(required=False), PostcodeField()


@dataclass(slots=True)
class Row:
    """One row of the file with its cells by column; collects what is wrong with it."""

    number: int
    cells: Mapping[str, list[str]]
    problems: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a cell, "" when there is none."""
        return next((cell for cell in self.cells.get(name, ()) if cell), "")

    def wrong(self, kind: str, name: str, sentence: Text) -> None:
        """Note what is wrong with a column."""
        label = next(column.label for column in COLUMNS[kind] if column.name == name)
        self.problems.append(f"{label}: {sentence}")


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a row: a registration, or problems in words of a coordinator."""

    number: int
    name: str
    registration: Registration | None
    problems: tuple[str, ...] = ()


def judge(
    kind: str, mapping: Sequence[str], number: int, cells: Sequence[str], *, key: UUID, today: date
) -> Judged:
    """Judge one row. ``key`` is the import's: the same row taken over twice gives the same family."""
    by_name: dict[str, list[str]] = {}
    for target, cell in zip(mapping, cells, strict=True):
        if target:
            by_name.setdefault(target, []).append(cell)
    row = Row(number=number, cells=by_name)
    registration = _registration(kind, row, uuid5(key, str(number)), today)
    if not row.problems:
        try:
            if isinstance(registration, RequestingRegistration):
                check_requesting(registration)
            else:
                check_support(registration)
        except InvalidInput as refusal:
            row.problems += [_told(name, text) for name, text in refusal.fields.items()]
    people = registration.parents if isinstance(registration, RequestingRegistration) else registration.adults
    name = " ".join(
        part for part in (people[0].first_name, people[0].name_prefix, people[0].last_name) if part
    )
    return Judged(
        number=number,
        name=name,
        registration=None if row.problems else registration,
        problems=tuple(row.problems),
    )


def _told(name: str, text: Text) -> str:
    """Say which child a problem of the registration is about."""
    found = re.match(r"children-(\d+)-", name)
    return (
        _("Kind %(number)d: %(text)s") % {"number": int(found[1]) + 1, "text": text} if found else str(text)
    )


def _registration(kind: str, row: Row, key: UUID, today: date) -> Registration:
    people = _people(kind, row)
    street = " ".join(part for part in (row.text("street"), row.text("house_number")) if part)
    family = FamilyData(
        street=_clean(kind, row, "street", _LONG_LINE, street),
        postcode=_clean(kind, row, "postcode", _POSTCODE, row.text("postcode"), needed=True),
        place=_clean(kind, row, "place", _LINE, row.text("place"), needed=True),
        secret_address=_yes_or_no(kind, row, "secret_address"),
        remarks=_clean(kind, row, "remarks", _TEXT, row.text("remarks")),
    )
    registered_on = _day(kind, row, "registered_on") or today
    if kind == Kind.OFFERING:
        return SupportRegistration(
            family=family,
            details=SupportData(
                channel=_one_of(kind, row, "channel", RecruitmentChannel.choices),
                motivation=_clean(kind, row, "motivation", _TEXT, row.text("motivation")),
            ),
            adults=people,
            registered_on=registered_on,
            registered_by=Registrant.COORDINATOR,
            submission_key=key,
        )
    return RequestingRegistration(
        family=family,
        details=RequestingData(
            household=_one_of(kind, row, "household", HouseholdKind.choices),
            referral_source=_one_of(kind, row, "referral_source", ReferralSource.choices)
            or ReferralSource.SELF,
            safe_contact=_clean(kind, row, "safe_contact", _LONG_LINE, row.text("safe_contact")),
            interpreter_language=_clean(
                kind, row, "interpreter_language", _LINE, row.text("interpreter_language")
            ),
        ),
        parents=people,
        children=_children(kind, row),
        registered_on=registered_on,
        registered_by=Registrant.COORDINATOR,
        submission_key=key,
    )


# ------------------------------------------------------------------------------------------------------------- people


def _people(kind: str, row: Row) -> list[PersonData]:
    first, prefix, last = row.text("first_name"), row.text("name_prefix"), row.text("last_name")
    if row.text("full_name") and not (first and last):
        first, prefix, last = split_name(row.text("full_name"))
    elif not prefix:
        prefix, last = _prefix_of(last)
    if not last:
        row.wrong(kind, "last_name", _("deze ontbreekt."))
    if not first:
        row.wrong(kind, "first_name", _("deze ontbreekt."))
    people = [
        PersonData(
            first_name=_clean(kind, row, "first_name", LineField(max_length=60, required=False), first),
            name_prefix=_clean(kind, row, "name_prefix", LineField(max_length=20, required=False), prefix),
            last_name=_clean(kind, row, "last_name", LineField(max_length=80, required=False), last),
            phone=_clean(kind, row, "phone", _PHONE, dialled(row.text("phone"))),
            email=_clean(kind, row, "email", _EMAIL, row.text("email").lower()),
        )
    ]
    if row.text("second_first_name"):
        second_prefix, second_last = _prefix_of(row.text("second_last_name"))
        people.append(
            PersonData(
                first_name=_clean(
                    kind, row, "second_first_name", LineField(max_length=60), row.text("second_first_name")
                ),
                name_prefix=second_prefix if second_last else prefix,
                last_name=second_last or last,
                phone=_clean(kind, row, "second_phone", _PHONE, dialled(row.text("second_phone"))),
            )
        )
    return people


def split_name(name: str) -> tuple[str, str, str]:
    """Return first name, prefix and last name of a name in one cell.

    >>> split_name("Anna van der Berg"), split_name("Berg, Anna van der")
    (('Anna', 'van der', 'Berg'), ('Anna', 'van der', 'Berg'))
    """
    if "," in name:
        last, _comma, rest = name.partition(",")
        words = rest.replace(",", " ").split()
        first = " ".join(word for word in words if word.casefold() not in _PREFIXES)
        prefix = " ".join(word for word in words if word.casefold() in _PREFIXES)
        before, last = _prefix_of(last.strip())
        return first, prefix or before, last
    first, *rest_words = name.split() or [""]
    prefix, last = _prefix_of(" ".join(rest_words))
    return first, prefix, last


def _prefix_of(last_name: str) -> tuple[str, str]:
    words = last_name.split()
    count = 0
    while count < len(words) - 1 and words[count].casefold() in _PREFIXES:
        count += 1
    return " ".join(words[:count]).lower(), " ".join(words[count:])


def dialled(number: str) -> str:
    """Return a number as people dial it: the first of several, and with the zero that a spreadsheet drops.

    >>> dialled("612345678"), dialled("06-12345678 / 0299-123456")
    ('0612345678', '06-12345678')
    """
    first = re.split(r"\s*(?:/|;| of |\n)\s*", number.strip())[0]
    digits = re.sub(r"\D", "", first)
    missing_zero = len(digits) == len("612345678") and not first.startswith(("0", "+"))
    return f"0{digits}" if missing_zero else first


# ----------------------------------------------------------------------------------------------------------- children


def _children(kind: str, row: Row) -> list[ChildData]:
    children = [
        _child(kind, row, piece.strip(), "children")
        for piece in _BETWEEN_CHILDREN.split(row.text("children"))
        if piece.strip()
    ]
    names, births = row.cells.get("child_name", []), row.cells.get("child_born", [])
    for index in range(max(len(names), len(births))):
        name = names[index] if index < len(names) else ""
        born = births[index] if index < len(births) else ""
        if name or born:
            children.append(
                _child(kind, row, f"{name} {born}".strip(), "child_born" if births else "child_name")
            )
    return children


def _child(kind: str, row: Row, piece: str, column: str) -> ChildData:
    expected = bool(_EXPECTED.search(piece))
    found = [match[0].strip() for match in _WHEN.finditer(piece)]
    moment = next(
        (
            (text, month, whole)
            for text in found
            for month, whole in [(month_of(text), date_of(text))]
            if month is not None
        ),
        None,
    )
    name = piece
    for text in found:
        name = name.replace(text, " ")
    name = " ".join(
        _EXPECTED.sub(" ", re.sub(r"[()\[\]*:]|\bgeb(?:oren)?\b\.?|\bjr\b\.?|\bjaar\b", " ", name)).split()
    )
    name = name.strip(" -,.")
    if moment is None:
        row.wrong(
            kind,
            column,
            _("van %(child)s staat er geen maand en jaar van geboorte. Een leeftijd is niet genoeg.")
            % {"child": name or _("een kind")},
        )
        return ChildData(first_name=name[:60])
    _text, month, whole = moment
    if expected:
        if whole is None:
            row.wrong(kind, column, _("vul van een baby op komst de hele uitgerekende datum in."))
        return ChildData(first_name="" if name.casefold() == "baby" else name[:60], due_on=whole)
    return ChildData(first_name=name[:60], birth_year=month.year, birth_month=month.month)


# -------------------------------------------------------------------------------------------------------------- cells


def _clean(kind: str, row: Row, name: str, check: Any, text: str, *, needed: bool = False) -> str:
    if not text:
        if needed:
            row.wrong(kind, name, _("deze ontbreekt."))
        return ""
    try:
        return str(check.clean(text))
    except ValidationError as error:
        row.wrong(kind, name, f"{' '.join(error.messages)} ({text[:40]})")
        return ""


def _yes_or_no(kind: str, row: Row, name: str) -> bool:
    answer = row.text(name).casefold()
    if answer in _YES | _NO:
        return answer in _YES
    row.wrong(kind, name, _("vul ja of nee in."))
    return False


def _one_of(kind: str, row: Row, name: str, choices: Sequence[tuple[str, Any]]) -> str:
    """Return the code of a choice by its words, or by a word that only one of them has."""
    text = plain_header(row.text(name))
    if not text:
        return ""
    with in_dutch():  # as spreadsheets of Dutch municipalities have it, whoever reads them in
        labels = {code: str(label) for code, label in choices}
    words = {code: plain_header(label) for code, label in labels.items()}
    exact = [code for code, label in words.items() if text in (label, code)]
    near = exact or [code for code, label in words.items() if text in label.split() or label in text]
    if len(near) == 1:
        return near[0]
    row.wrong(
        kind,
        name,
        _("dit kennen wij niet: %(value)s. Kies uit: %(choices)s.")
        % {"value": row.text(name)[:40], "choices": ", ".join(labels.values())},
    )
    return ""


def _day(kind: str, row: Row, name: str) -> date | None:
    text = row.text(name)
    if not text:
        return None
    day = date_of(text)
    if day is None:
        row.wrong(kind, name, _("dit is geen datum die bestaat: %(value)s.") % {"value": text[:40]})
    return day


def date_of(text: str) -> date | None:
    """Return a day from the ways in which people write one, None when it is none."""
    words = text.strip().casefold()
    if words.isdigit() and int(words) in _EXCEL_DAYS:
        return _EXCEL_BEGINS + timedelta(days=int(words))
    if found := _ISO.match(words):
        return _made(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.match(words):
        year = int(found[3])
        return _made(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))  # noqa: PLR2004
    if (found := _WITH_WORD.match(words)) and found[1] and found[2][:3] in _month_names():
        return _made(int(found[3]), _month_names()[found[2][:3]], int(found[1]))
    return None


def month_of(text: str) -> date | None:
    """Return the first day of a month: from a whole date, or from month and year."""
    words = text.strip().casefold()
    if day := date_of(words):
        return day.replace(day=1)
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
        (_YEAR_MONTH, lambda found: _made(int(found[1]), int(found[2]), 1)),
        (_MONTH_YEAR, lambda found: _made(int(found[2]), int(found[1]), 1)),
        (
            _WITH_WORD,
            lambda found: _made(int(found[3]), _month_names().get(found[2][:3], 0), 1),
        ),
    )
    for pattern, made in readers:
        if found := pattern.match(words):
            return made(found)
    return None


def _month_names() -> dict[str, int]:
    return {name: number for number, name in enumerate(_MONTHS, start=1)} | {
        "mrt": 3,
        "mar": 3,
        "may": 5,
        "oct": 10,
    }


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
