"""Every text of the product is translated, and no page has a text that is not.

The first half compares the code with the catalogues. The second half renders every page in English with a mark around
every text that came out of a catalogue: words outside the marks that nobody wrote down as data are hard-coded.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.template import engines
from django.urls import Resolver404, resolve
from django.utils.translation import gettext, override, trans_real

from common.gemeenten import GEMEENTEN
from common.permissions import Role
from config import texts
from config.texts import Text
from tenants import context
from tenants.accounts.models import User
from tenants.standards.defaults import shipped
from tenants.standards.models import StandardKind
from tests.conftest import _clean
from tests.isolation import probe as probes
from tests.isolation.addresses import URLCONFS, addresses
from tests.isolation.forms import forms_in
from tests.isolation.probe import ANONYMOUS, FOUNDATION, Answer, Guide, Visitor, methods_of
from tests.isolation.scene import Scene, open_scene
from tests.isolation.world import STORIES

# ---------------------------------------------------------------------------------------------------------- catalogues


@pytest.fixture(scope="module")
def found() -> dict[Text, list[str]]:
    return texts.found()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_text_of_the_code_is_translated_and_no_translation_is_left_over(
    language: str, found: dict[Text, list[str]]
) -> None:
    told = texts.difference(found, texts.catalogue(language))
    assert not told, f"run `make texts`, translate what it lists, and read CONTRIBUTING.md: {told}"


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_catalogue_stands_as_the_command_writes_it_and_is_compiled(
    language: str, found: dict[Text, list[str]]
) -> None:
    known = texts.catalogue(language)
    assert [str(one.id) for one in texts.renew(found, known)] == [str(one.id) for one in known]
    with texts.catalogue_path(language).with_suffix(".mo").open("rb") as file:
        compiled = translations_in(read_mo(file))
    assert compiled == translations_in(known), "run `make setup`: it compiles the catalogues"


def translations_in(known: Catalog) -> dict[str, tuple[str, ...]]:
    """Return the translations by their text, of a catalogue as it was written or as it was compiled."""
    return {str(texts.text_of(one)): tuple(texts.strings_of(one)) for one in known if one.id}


def test_it_would_notice_a_text_that_nobody_translated_and_one_that_is_gone(
    found: dict[Text, list[str]],
) -> None:
    known = texts.catalogue("en")
    gone = next(iter(found))
    new = Text("Een tekst die niemand vertaalde")
    now = {text: places for text, places in found.items() if text != gone} | {new: ["here"]}
    told = texts.difference(now, known)
    assert (told.missing, told.left_over) == ([new], [gone])


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Gezin %(name)s", "Family"),
        ("Gezin %(name)s", "Family %(names)s"),
        ("Lees <a href='/'>dit</a>", "Read this"),
        (" en ", "and"),
        ("nog %d", "%s more"),
    ],
)
def test_it_would_notice_a_translation_that_lost_something(text: str, translation: str) -> None:
    known = texts.catalogue("de")
    known.add(text, translation)
    assert texts.difference({Text(text): ["here"]}, known).wrong


def test_texts_are_found_however_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "core" / "new" / "templates").mkdir(parents=True)
    (tmp_path / "core" / "new" / "views.py").write_text(
        "from django.utils.translation import gettext_lazy as lazy, ngettext, pgettext\n"
        "A = lazy('een ' 'lange tekst')\nB = ngettext('%(n)d kind', '%(n)d kinderen', 2)\n"
        "C = pgettext('maand', 'mei')\nD = other('geen tekst')\n",
        encoding="utf-8",
    )
    (tmp_path / "core" / "new" / "templates" / "page.html").write_text(
        "{% load i18n %}\n      {% translate 'Titel' %}\n  {% card _('Kop') %}\n"
        "{% blocktranslate count n=2 %}Nog {{ n }} ding{% plural %}Nog {{ n }} dingen{% endblocktranslate %}",
        encoding="utf-8",
    )
    assert set(texts.found(tmp_path)) == {
        Text("een lange tekst"),
        Text("%(n)d kind", "%(n)d kinderen"),
        Text("mei", about="maand"),
        Text("Titel"),
        Text("Kop"),
        Text("Nog %(n)s ding", "Nog %(n)s dingen"),
    }


# --------------------------------------------------------------------------------------------------------------- marks

BEGIN, END = "⟦", "⟧"
_MARKS: Final = re.compile(f"([{BEGIN}{END}])")
# Between these stand the words of a text: the values and the markup in it are not its own.
_NOT_WORDS: Final = re.compile(r"(%\(\w+\)[-+ #0-9.]*[a-z]|%[a-z%]|<[^>]*>|\{\w*\})")


def marked(text: str) -> str:
    """Return a translation with marks around its words."""
    parts = _NOT_WORDS.split(text)
    return "".join(
        f"{BEGIN}{part}{END}" if number % 2 == 0 and part.strip() else part
        for number, part in enumerate(parts)
    )


class Marking:
    """A catalogue that marks what it gives."""

    def __init__(self, catalogue: Any) -> None:
        """Stand before a catalogue."""
        self._catalogue = catalogue

    def gettext(self, message: str) -> str:
        """Return a translation, marked."""
        return marked(self._catalogue.gettext(message))

    def ngettext(self, one: str, more: str, count: int) -> str:
        """Return a translation for a number, marked."""
        return marked(self._catalogue.ngettext(one, more, count))

    def __getattr__(self, name: str) -> Any:
        """Leave the rest to the catalogue."""
        return getattr(self._catalogue, name)


@contextmanager
def marking() -> Iterator[None]:
    """Mark every English text while this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(trans_real)["_translations"], "en", Marking(trans_real.translation("en")))
        yield


_SAID_ATTRIBUTES: Final = ("aria-label", "title", "alt", "placeholder", "data-label", "label", "content")
_UNSEEN: Final = {"script", "style", "template", "svg", "code"}
_VOID: Final = {"meta", "link", "input", "br", "img", "hr", "wbr"}


class Unmarked(HTMLParser):
    """Collects what a person reads on a page outside the marks, and outside parts that say which language they have."""

    def __init__(self) -> None:
        """Begin at the top of a page."""
        super().__init__()
        self.words: list[str] = []
        self._depth = 0
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element; what it says by its attributes counts too."""
        given = {name: value or "" for name, value in attrs}
        skipped = tag in _UNSEEN or ("lang" in given and tag != "html") or (self._open and self._open[-1][1])
        if tag not in _VOID:
            self._open.append((tag, bool(skipped)))
        if skipped or (tag == "meta" and given.get("name") != "description"):
            return
        for name in _SAID_ATTRIBUTES:
            self._keep(given.get(name, ""))
        for name, value in given.items():
            if name.startswith("data-draft-") and " " in value:
                self._keep(value)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and what was not closed in it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep what stands in an element."""
        if not (self._open and self._open[-1][1]):
            self._keep(data)

    def _keep(self, text: str) -> None:
        outside = []
        for part in _MARKS.split(text):
            if part in {BEGIN, END}:
                self._depth += 1 if part == BEGIN else -1
            elif not self._depth:
                outside.append(part)
        if "".join(outside).strip():
            self.words.append(" ".join("".join(outside).split()))


def unmarked(body: str) -> list[str]:
    """Return the words of a page that came out of no catalogue."""
    reader = Unmarked()
    reader.feed(body)
    assert not reader._depth, "a text was cut in two"
    return reader.words


# ----------------------------------------------------------------------------------------------------------- the pages

# Names, and words that are the same in every language.
_EVERYWHERE: Final = re.compile(
    r"Naober|(?:Coordinator |Deputy |Safeguarding Officer )?(?:Purmerend|Zaanstad)|qzkan\w*|bzwan\w*"
    r"|(?-i:\b[A-E][P-T]\b)"  # the letters of the families in the examples of figures
    r"|[\w.+-]+@[\w.-]+|https?://\S+|\b(?:km|MB|ms|GM\d{4})\b|\d{4} ?[A-Z]{2}\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass
class Known:
    """What people and the foundation wrote: it stands on pages as it is."""

    whole: set[str] = field(default_factory=set)

    def add(self, value: object) -> None:
        """Take over a text, and every line of it."""
        if isinstance(value, Mapping):
            value = list(value.values())
        if isinstance(value, list | tuple):
            for one in value:
                self.add(one)
        elif isinstance(value, str):
            self.whole |= {" ".join(line.strip(" #-").split()).lower() for line in value.splitlines()}

    def left_of(self, text: str) -> str:
        """Return the words of a text that nobody wrote."""
        if text.lower() in self.whole:
            return ""
        text = _EVERYWHERE.sub(" ", text)
        return text if _WORD.search(text) and text.strip().lower() not in self.whole else ""


def written_by_people(scene: Scene) -> Known:
    """Return everything that stands in the tables of the municipality, the foundation and the registry."""
    known = Known()
    known.add(["Purmerend", "Zaanstad", *GEMEENTEN.values()])
    for kind in StandardKind.values:
        known.add(shipped(kind))
    for scope in (context.municipality(scene.a.municipality), context.foundation()):
        with scope:
            schemas = settings.SCHEMA_APPS
            names = schemas[context.current_scope().kind]
            for model in (m for app in apps.get_app_configs() if app.name in names for m in app.get_models()):
                columns = [
                    one.attname
                    for one in model._meta.concrete_fields
                    if isinstance(one, models.CharField | models.TextField | models.JSONField)
                    and not one.choices
                ]
                if columns and model is not Session:
                    known.add(list(model._default_manager.values_list(*columns)))
    return known


@pytest.fixture(scope="module", autouse=True)
def _database(cast: Any, django_db_blocker: Any) -> Iterator[None]:
    """Keep what was made for the whole module."""
    del cast
    with django_db_blocker.unblock():
        yield
        _clean()


@pytest.fixture(scope="module")
def scene(_database: None) -> Iterator[Scene]:
    with open_scene() as scene:
        for scope in (context.municipality(scene.a.municipality), context.foundation()):
            with scope:
                User.objects.update(language="en")
        yield scene


@dataclass
class Walk:
    """Goes through a host by its links, as a person does: every address a few times, every form once, sent empty."""

    scene: Scene
    visitor: Visitor
    host: str
    kind: str
    times: int = 1
    seen: Counter[str] = field(default_factory=Counter)
    paths: set[str] = field(default_factory=set)

    def from_address(self, path: str) -> Iterator[Answer]:
        """Return the page at an address and what can be reached from it."""
        waiting = deque([("GET", path)])
        while waiting:
            method, path = waiting.popleft()
            name = self._name_of(path)
            key = f"{method} {name}"
            if (
                not name
                or name in _ENDING
                or path in self.paths
                or self.seen[key] >= (self.times if method == "GET" else 1)
            ):
                continue
            self.seen[key] += 1
            self.paths.add(path if method == "GET" else key)
            answer = in_english(self.scene, self.visitor, method, self.host, path)
            if answer.status == HTTPStatus.FOUND:
                waiting.append(("GET", answer.headers["Location"]))
            if answer.headers.get("Content-Type", "").startswith("text/html") and answer.body:
                yield answer
                links = (unescape(link).partition("#")[0] for link in _LINK.findall(answer.body))
                waiting.extend(("GET", link) for link in links if link.startswith("/"))
                waiting.extend(("POST", form.action) for form in forms_in(answer.body, path))

    def _name_of(self, path: str) -> str:
        try:
            return resolve(path.partition("?")[0], URLCONFS[self.kind]).view_name
        except Resolver404:
            return ""


# A page shows other things for a family that has just come and for one that is long coupled.
_EACH_STORY: Final = len(STORIES) + 1
_LINK: Final = re.compile(r'href="([^"]+)"')
_ENDING: Final = {"accounts:sign-out", "accounts:language", "places:leave"}
# What only a link in a mail, another municipality or another tool leads to.
_NOT_LINKED: Final = {
    "common:security-txt", "drafts:key", "agreements:calendar", "places:tie", "places:tied", "places:arrive",
    "places:leave",
}  # fmt: skip


def pages(scene: Scene, reached: Counter[str]) -> Iterator[Answer]:
    """Ask for the pages of a municipality and of the foundation in English, as everybody who has pages of their own."""
    here = (scene.people_a[Role.COORDINATOR], scene.people_a[Role.SAFEGUARDING_OFFICER], ANONYMOUS)
    hosts = (
        ("municipality", scene.guide_a.host, here),
        ("foundation", FOUNDATION, (scene.foundation, ANONYMOUS)),
    )
    for kind, host, visitors in hosts:
        for number, visitor in enumerate(visitors):
            walk = Walk(scene, visitor, host, kind, _EACH_STORY if number == 0 else 1)
            for path in ("/", *(one.path() for one in addresses(kind) if not one.parameters)):
                yield from walk.from_address(path)
            hint_at(scene.guide_a, walk)
            for address in addresses(kind) if number == 0 and kind == "municipality" else ():
                # No story of the world has just this to be done: what it is about has to be looked for.
                if "GET" in methods_of(address) and not walk.seen[f"GET {address.name}"] and address.ids:
                    for ids in scene.guide_a.objects(address):
                        yield from walk.from_address(address.path(**ids))
            reached += walk.seen


def hint_at(guide: Guide, walk: Walk) -> None:
    """Tell the guide which kind of thing stands behind which addresses, so that it need not try them all."""
    kinds = {str(pk): kind for kind, pks in guide.world.rows.items() for pk in pks}
    for path in walk.paths:
        begin, _, rest = path.removeprefix("/").partition("/")
        if kind := kinds.get(rest[:36]):
            guide._labels.setdefault(f"{begin}/", kind)


def in_english(scene: Scene, visitor: Visitor, method: str, host: str, path: str) -> Answer:
    cookie = f"{settings.LANGUAGE_COOKIE_NAME}=en"
    if visitor.session:
        cookie += f"; {settings.SESSION_COOKIE_NAME}={visitor.session}"
    with scene.probe.without_effect():
        return scene.probe.ask(visitor, method, host, path, cookie=cookie)


@pytest.mark.slow
def test_no_page_has_a_text_that_is_hard_coded(scene: Scene) -> None:
    known = written_by_people(scene)
    found: dict[str, str] = {}
    reached: Counter[str] = Counter()
    with marking():
        for answer in pages(scene, reached):
            assert "<html" not in answer.body or '<html lang="en"' in answer.body, answer.asked
            for text in unmarked(answer.body):
                if left := known.left_of(text):
                    found.setdefault(probes.plain(left), answer.asked)
    missed = [
        str(one)
        for kind in ("municipality", "foundation")
        for one in addresses(kind)
        if "GET" in methods_of(one) and not reached[f"GET {one.name}"] and one.name not in _NOT_LINKED
    ]
    assert missed == [], f"no link leads to {missed}"
    assert found == {}, "\n".join(f"{text!r}: {asked}" for text, asked in found.items())


def test_it_would_notice_one_hard_coded_text() -> None:
    template = engines["django"].from_string(
        "{% load i18n %}<html lang='en'><body><h1>{% translate 'Vandaag' %}</h1><p title='Uitleg'>Nog te doen</p>"
        "<p lang='nl'>Woorden van een gezin</p><p>{{ name }}</p></body></html>"
    )
    known = Known({"anna"})
    with marking(), override("en"):
        body = template.render({"name": "Anna"})
        assert f"{BEGIN}Today{END}" in body
        assert f"{BEGIN}Family {END}Anna" in gettext("Gezin %(name)s") % {"name": "Anna"}
    left = [text for text in map(known.left_of, unmarked(body)) if text]
    assert left == ["Uitleg", "Nog te doen"]
