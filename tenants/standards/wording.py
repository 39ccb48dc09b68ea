"""The plain format of agreements and letters: headings, points and paragraphs, with a closed list of words to fill in.

A line that begins with ``# `` is a heading, one that begins with ``- `` a point, other lines are paragraphs. A part
whose blanks are all empty is left out, and a heading without anything below it too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

from common.errors import Text
from tenants.standards.letters import BLANKS_OF_LETTER, LETTER_BLANKS
from tenants.standards.models import StandardKind

BLANK: Final = re.compile(r"\{([^{}\n]*)\}")
LONGEST: Final = 12_000
# Every blank of an agreement, with what it stands for and an example for the preview.
BLANKS: Final[Mapping[str, tuple[Text, Text]]] = {
    "kinderen": (_("voornamen van de kinderen"), "Noor en Sam"),
    "vraaggezin": (_("achternaam van het vraaggezin"), _("gezin De Vries")),
    "steungezin": (_("achternaam van het steungezin"), _("gezin Bakker")),
    "steun": (_("wat voor steun"), _("een vast dagdeel per week")),
    "wanneer": (_("dagdelen en hoe vaak"), _("woensdagmiddag, elke week")),
    "vakanties": (_("of het in schoolvakanties doorgaat"), _("niet in de schoolvakanties van regio Noord")),
    "vanaf": (_("eerste dag"), _("1 september 2026")),
    "tot_en_met": (_("laatste dag, als die er is"), _("15 oktober 2026")),
    "nood": (_("wie te bellen bij nood"), _("Oma Vera, 06 00000003")),
    "andere_afspraken": (_("wat er verder is afgesproken"), _("De ouders brengen, het steungezin haalt.")),
    "huisregels": (_("huisregels bij het steungezin"), _("Schoenen uit in de gang.")),
    "gemeente": (_("naam van de gemeente"), _("Purmerend")),
}
REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    StandardKind.TRIAL_AGREEMENT: frozenset({"kinderen", "wanneer", "vanaf", "nood"}),
    StandardKind.AGREEMENT: frozenset({"kinderen", "wanneer", "vanaf", "nood", "huisregels"}),
}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or a list of points, with every blank filled in."""

    kind: Literal["heading", "paragraph", "points"]
    lines: tuple[str, ...]


def blanks_of(kind: str) -> Mapping[str, tuple[Text, Text]]:
    """Return the words that can be filled in in a text of this kind, and no others."""
    if kind not in BLANKS_OF_LETTER:
        return BLANKS
    return {blank: LETTER_BLANKS[blank] for blank in BLANKS_OF_LETTER[kind]}


def problems_of(kind: str, text: str) -> list[Text]:
    """Return what is wrong with a text, in words; nothing wrong is an empty list."""
    used = set(BLANK.findall(text))
    found: list[Text] = [
        _("{%(blank)s} is geen woord dat wij kunnen invullen.") % {"blank": blank}
        for blank in sorted(used - blanks_of(kind).keys())
    ]
    if kind in BLANKS_OF_LETTER:
        if set("{}") & set(BLANK.sub("", text)):
            found.append(_("Er staat een losse accolade in de tekst."))
        return found
    found += [
        _("{%(blank)s} ontbreekt: dat hoort in elke afspraak.") % {"blank": blank}
        for blank in sorted(REQUIRED[kind] - used)
    ]
    if not text.lstrip().startswith("# "):
        found.append(_("Begin met een kop: een regel met # ervoor."))
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a letter with what we know filled in; what we do not know stays, for the coordinator to fill in."""
    return BLANK.sub(lambda found: values.get(found[1], "").strip() or found[0], text)


def blocks(text: str, values: Mapping[str, str]) -> list[Block]:
    """Return the text as blocks, filled in."""
    found = list(_together(_lines(text, values)))
    return [
        block
        for place, block in enumerate(found)
        if block.kind != "heading" or (place + 1 < len(found) and found[place + 1].kind != "heading")
    ]


def _lines(text: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            yield "", ""
            continue
        blanks = BLANK.findall(stripped)
        if blanks and not any(values.get(blank, "").strip() for blank in blanks):
            continue
        filled = BLANK.sub(lambda found: values.get(found[1], "").strip(), stripped)
        for number, part in enumerate(filled.splitlines()):
            if stripped.startswith("# "):
                yield "heading", part.removeprefix("# ")
            elif stripped.startswith("- "):
                yield ("points" if number == 0 else "more"), part.removeprefix("- ")
            elif part.strip():
                yield "paragraph", part
            else:
                yield "", ""


def _together(lines: Iterator[tuple[str, str]]) -> Iterator[Block]:
    points: list[str] = []
    for kind, line in lines:
        if kind == "points":
            points.append(line)
            continue
        if kind == "more" and points:
            points[-1] = f"{points[-1]} {line}".rstrip()
            continue
        if points:
            yield Block("points", tuple(points))
            points = []
        if kind in {"heading", "paragraph"}:
            yield Block("heading" if kind == "heading" else "paragraph", (line,))
    if points:
        yield Block("points", tuple(points))
