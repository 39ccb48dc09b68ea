"""The texts of the product and their catalogues: what stands in the code, and what is translated.

Django's own `makemessages` needs the programs of GNU gettext. Everything here is Python: texts in code are found in its
syntax tree, those in templates with Django's own reader, and catalogues are read and written by Babel.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT: Final = settings.BASE_FOLDER.parent
FOLDERS: Final = ("platform/config", "platform/common", "tenants", "core", "reporting")
LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
# Where the words stand among the arguments, by the name Django gives a function: text, plural, context.
_FIRST: Final = datetime(2026, 11, 22, tzinfo=UTC)
_TEXT: Final = {
    "gettext": (0, None, None),
    "ngettext": (0, 1, None),
    "pgettext": (1, None, 0),
    "npgettext": (1, 2, 0),
}
_ARGUMENTS: Final = {
    f"{name}{kind}": places for name, places in _TEXT.items() for kind in ("", "_lazy", "_noop")
}
_IN_TEMPLATES: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the code: with its plural when it has one, and what tells it from an equal one."""

    singular: str
    plural: str = ""
    about: str = ""

    def __str__(self) -> str:
        """Return it as it stands in a list of what is to be done."""
        return " / ".join(filter(None, (self.about, self.singular, self.plural)))


@dataclass(slots=True)
class Difference:
    """What a catalogue lacks, has too much, and has wrong."""

    missing: list[Text] = field(default_factory=list)
    left_over: list[Text] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.missing or self.left_over or self.wrong)


def found(root: Path = ROOT) -> dict[Text, list[str]]:
    """Return every text of the product with the files it stands in."""
    texts: dict[Text, list[str]] = {}
    for path in _sources(root):
        in_file = _in_code if path.suffix == ".py" else _in_template
        for text in in_file(path.read_text(encoding="utf-8")):
            places = texts.setdefault(text, [])
            if (name := path.relative_to(root).as_posix()) not in places:
                places.append(name)
    return _without_twins(texts)


def _sources(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            parts = path.relative_to(root).parts
            if (path.suffix == ".py" and "migrations" not in parts) or (
                path.suffix in {".html", ".txt"} and "templates" in parts
            ):
                yield path


def _in_code(source: str) -> Iterator[Text]:
    if "translation" not in source:
        return
    tree = ast.parse(source)
    called = {
        name.asname or name.name: _ARGUMENTS[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in _ARGUMENTS
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in called):
            continue
        words = [
            one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
            for one in node.args
        ]
        text, plural, about = (words[place] if place is not None else "" for place in called[node.func.id])
        if text:
            yield Text(text, plural, about)


def _in_template(source: str) -> Iterator[Text]:
    # Django writes the template as something like Python; without its indentation every version of Python reads it.
    lines = "\n".join(line.strip() for line in templatize(source).splitlines())
    # Babel gives one word alone, and more in a tuple.
    calls: Iterable[Any] = extract_python(BytesIO(lines.encode()), _IN_TEMPLATES, [], {})
    for _line, name, words, _comments in calls:
        given = [words] if isinstance(words, str) else list(words)
        if name == "pgettext":
            yield Text(given[1], about=given[0])
        elif given[0]:
            yield Text(given[0], given[1] if name == "ngettext" else "")


def _without_twins(texts: dict[Text, list[str]]) -> dict[Text, list[str]]:
    """Let a text that also stands somewhere with a plural be that one: a catalogue has it once."""
    plurals = {(text.singular, text.about): text for text in texts if text.plural}
    merged: dict[Text, list[str]] = {}
    for text, places in texts.items():
        one = plurals.get((text.singular, text.about), text)
        merged[one] = sorted({*merged.get(one, ()), *places})
    return merged


# ---------------------------------------------------------------------------------------------------------- catalogues


def catalogue_path(language: str) -> Path:
    """Return where the translations of a language are kept."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    """Return the translations of a language; an empty catalogue where there are none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _empty(language: Locale | str | None) -> Catalog:
    """Return a catalogue whose head never changes by itself: two people's additions then merge."""
    return Catalog(
        locale=language,
        header_comment="# Translations of the texts of Naober, sorted by the Dutch text. See CONTRIBUTING.md, “Texts”.",
        project="Naober",
        version="1",
        msgid_bugs_address="Naober",
        last_translator="Naober",
        language_team="Naober",
        creation_date=_FIRST,
        revision_date=_FIRST,
        fuzzy=False,
    )


def difference(texts: dict[Text, list[str]], known: Catalog) -> Difference:
    """Compare the texts of the code with a catalogue."""
    told = Difference()
    have = {text_of(message): message for message in known if message.id}
    for text in sorted(texts, key=str):
        message = have.get(text)
        if message is None or message.fuzzy or not all(strings_of(message)):
            told.missing.append(text)
        elif wrong := _wrong(text, strings_of(message)):
            told.wrong.append(f"{text}: {wrong}")
    told.left_over = [text for text in have if text not in texts]
    return told


def _wrong(text: Text, translated: list[str]) -> str:
    """Say what a translation lost or made up on the way: names of values, markup, the newline at its end."""
    for source, target in zip([text.singular, text.plural], translated, strict=False):
        wanted, got = sorted(_placeholders(source)), sorted(_placeholders(target))
        one_said_in_words = text.plural and source == text.singular and set(got) < set(wanted)
        if wanted != got and not one_said_in_words:
            return f"{got} instead of {wanted}"
        if source[:1].isspace() != target[:1].isspace() or source[-1:].isspace() != target[-1:].isspace():
            return "a space at its begin or end"
    return ""


def _placeholders(text: str) -> list[str]:
    return [match.group() for match in _PLACEHOLDER.finditer(text)]


def strings_of(message: Message) -> list[str]:
    """Return the translations of a text: one, or one for each number."""
    return list(message.string) if isinstance(message.string, list | tuple) else [message.string or ""]


def text_of(message: Message) -> Text:
    """Return the text of the code that an entry translates."""
    singular, plural = message.id if isinstance(message.id, list | tuple) else (message.id, "")
    return Text(singular, plural, message.context or "")


def renew(texts: dict[Text, list[str]], known: Catalog) -> Catalog:
    """Return a catalogue of exactly these texts, with the translations there were."""
    have = {text_of(message): message for message in known if message.id}
    renewed = _empty(known.locale)
    for text in sorted(texts, key=str):
        old = have.get(text)
        renewed.add(
            id=(text.singular, text.plural) if text.plural else text.singular,
            string=(old.string if old else None) or (("", "") if text.plural else ""),
            locations=[(place, 0) for place in texts[text]],
            context=text.about or None,
        )
    return renewed


def write(known: Catalog, language: str) -> None:
    """Write the catalogue, for people: sorted, with the files but without line numbers, so that it merges well."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=110, include_lineno=False, sort_output=True)


def compile_catalogue(language: str) -> Path:
    """Write the catalogue as Django reads it, beside the other."""
    target = catalogue_path(language).with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, catalogue(language))
    return target
