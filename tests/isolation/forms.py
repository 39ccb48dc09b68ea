"""Forms as a browser would find them in a page, and what a person might fill in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import timezone

_NOT_SENT: Final = {"submit", "button", "image", "reset", "file"}
CSRF: Final = "csrfmiddlewaretoken"


@dataclass
class FoundForm:
    """A form of a page: where it goes, and its fields with the values a browser would send or could choose."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def typed(self) -> dict[str, list[str]]:
        """Return a plausible filling: nothing strange, every box filled."""
        return {name: self._plausible(name) for name in self.fields if name != CSRF}

    def _plausible(self, name: str) -> list[str]:
        kind, known = self.kinds[name], [value for value in self.fields[name] if value]
        if kind == "hidden" or name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS")):
            return self.fields[name]
        if known or kind in {"radio", "checkbox", "select"}:
            return known[:1]
        today = timezone.localdate()
        special = {"website": "", "due_on": "", "_jaar": str(today.year - 3), "postcode": "1441 AB"}
        word = next((value for end, value in special.items() if name.endswith(end)), None)
        return [
            word if word is not None else today.isoformat() if kind == "date" else _WORDS.get(kind, "Proef")
        ]


_WORDS: Final = {
    "email": "iemand@voorbeeld.example",
    "tel": "06 12345678",
    "number": "2",
    "password": "een lang geheim woord",
}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._form: FoundForm | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str] = {name: value or "" for name, value in attrs}
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "form":
            self._form = FoundForm(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "option" and self._select:
            self._add(self._select, "select", value)
        elif not name:
            return
        elif tag == "input" and given.get("type", "text") not in _NOT_SENT:
            kind = given.get("type", "text")
            self._add(name, kind, value or ("on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self._add(name, "textarea", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area][-1] += data.strip()

    def _add(self, name: str, kind: str, value: str) -> None:
        if self._form is not None:
            self._form.fields.setdefault(name, []).append(value)
            self._form.kinds[name] = kind


def forms_in(body: str, path: str) -> Iterator[FoundForm]:
    """Return the POST forms of a page, each with the path it goes to."""
    reader = _Reader()
    reader.feed(body)
    for found in reader.forms:
        if found.method == "post":
            found.action = urlsplit(found.action).path or path
            yield found


def encoded(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields as the test client sends them."""
    return {name: value for name, value in values.items() if value != []}
