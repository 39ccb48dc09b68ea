"""What the documents point at exists: files, headings and commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "platform" / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
COMMAND = re.compile(r"\bmake (?P<target>[a-z][a-z-]*)")
CODE = re.compile(r"```console\n(?P<block>.*?)```|`(?P<inline>[^`\n]+)`", re.DOTALL)
OUTSIDE = ("https://", "http://", "mailto:")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(document: Path) -> set[str]:
    """Return the names of the headings, as a forge makes links of them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(text: str) -> set[str]:
    code = " ".join(found["block"] or found["inline"] for found in CODE.finditer(text))
    return {found["target"] for found in COMMAND.finditer(code)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = []
    for link in LINK.finditer(document.read_text()):
        address, _hash, anchor = link["target"].partition("#")
        if address.startswith(OUTSIDE):
            continue
        goal = document.parent / address if address else document
        if not goal.exists() or (anchor and goal.suffix == ".md" and anchor not in anchors(goal)):
            dead.append(link["target"])
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_is_a_target_of_the_makefile(document: Path) -> None:
    assert commands(document.read_text()) <= targets()


def test_the_readme_starts_with_two_commands() -> None:
    block = re.search(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None
    assert [line.split("#")[0].strip() for line in block[1].splitlines()] == ["make demo", "make test"]


def test_a_command_that_is_gone_would_be_noticed() -> None:
    assert commands("Run `make everything` and see:\n```console\nmake wonders\n```") == {
        "everything",
        "wonders",
    }
    assert not {"everything", "wonders"} & targets()
