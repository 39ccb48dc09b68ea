"""What is asked in an intake and how: the national set, what a municipality adds, and what an old intake kept."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from common.formats import listing
from core.intake.models import AskedQuestions, LocalQuestions, SupportNeed, SupportOffer
from tenants.standards.defaults import SHIPPED_VERSION, SUBJECTS, shipped
from tenants.standards.models import StandardKind
from tenants.standards.questions import QuestionKind
from tenants.standards.selectors import current

FIXED = "fixed"
# Subjects beside those of the national set: they are about people, not about questions.
EXTRA, SENSITIVE, AGREED = "extra", "gevoelig", "akkoord"


@dataclass(frozen=True, slots=True)
class Question:
    """One question in its words. A fixed one belongs to a column; others are kept by their code."""

    code: str
    label: str
    help: str = ""
    kind: str = FIXED
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is on one screen of a telephone."""

    code: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Everything that is asked in one kind of intake, with the versions it comes from."""

    kind: StandardKind
    national_version: int
    local_version: int
    questions: tuple[Question, ...]

    @property
    def extras(self) -> list[Question]:
        """Return the questions that were added."""
        return [question for question in self.questions if question.kind != FIXED]

    def subjects(self) -> list[Subject]:
        """Return the screens, in order; consents and the agreement of parents are added by the form."""
        known = {question.code for question in self.questions}
        found = [
            Subject(code, str(title), tuple(one for one, _label, _hint in asked if one in known))
            for code, title, asked in SUBJECTS[self.kind]
        ]
        if self.extras:
            fields = tuple(field_of(question) for question in self.extras)
            found.append(Subject(EXTRA, _("Nog een paar vragen"), fields))
        return found

    def as_kept(self) -> list[dict[str, Any]]:
        """Return the questions as they are kept beside an intake."""
        return [
            {
                "code": one.code,
                "label": one.label,
                "help": one.help,
                "kind": one.kind,
                "options": list(one.options),
            }
            for one in self.questions
        ]


def field_of(question: Question) -> str:
    """Return the name of the field of a form for an added question."""
    return f"extra_{question.code}"


def questions_now(kind: StandardKind) -> QuestionSet:
    """Return what a new intake asks: the national set and what this municipality added."""
    national, local = current(kind), local_questions(kind)
    content = national.content
    known = {one["code"] for one in content["questions"]}
    # A fixed question that came with the product after the foundation published its own words.
    newer = [one for one in shipped(kind)["questions"] if one["code"] not in known]
    added = [*content["extra"], *(local.questions if local else [])]
    return QuestionSet(
        kind,
        national.version,
        local.version if local else 0,
        (*map(_question, [*content["questions"], *newer]), *map(_question, added)),
    )


def questions_of(kind: StandardKind, intake: SupportNeed | SupportOffer | None) -> QuestionSet:
    """Return the questions of an intake: those it was answered in, or of one that has not begun those of now."""
    if intake is None:
        return questions_now(kind)
    asked = intake.asked
    if asked is None:
        content = shipped(kind)["questions"]
        return QuestionSet(kind, SHIPPED_VERSION, 0, tuple(map(_question, content)))
    return QuestionSet(
        kind, asked.national_version, asked.local_version, tuple(map(_question, asked.questions))
    )


def questions_keep(questions: QuestionSet) -> AskedQuestions:
    """Keep these words, once for all intakes that have them."""
    kept = questions.as_kept()
    text = json.dumps([questions.kind, questions.national_version, questions.local_version, kept])
    row, _made = AskedQuestions.objects.get_or_create(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        defaults={
            "kind": questions.kind,
            "national_version": questions.national_version,
            "local_version": questions.local_version,
            "questions": kept,
        },
    )
    return row


def local_questions(kind: StandardKind) -> LocalQuestions | None:
    """Return what this municipality adds now."""
    return LocalQuestions.objects.filter(kind=kind).order_by("-version").first()


def answers_in_words(questions: QuestionSet, answers: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return the answers to added questions beside their words."""
    known = answers or {}
    return [
        (question.label, _words(known[question.code]))
        for question in questions.extras
        if known.get(question.code) not in (None, "", [])
    ]


def _question(kept: Mapping[str, Any]) -> Question:
    options: Sequence[str] = kept.get("options") or ()
    kind = kept.get("kind", FIXED)
    known = kind if kind in {FIXED, *QuestionKind.values} else QuestionKind.LINE.value
    return Question(kept["code"], kept["label"], kept.get("help", ""), known, tuple(options))


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    return listing(value) if isinstance(value, list) else str(value)
