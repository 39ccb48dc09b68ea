"""Every template compiles; every page has a title and exactly one main heading; none carries inline style or script."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.loader_tags import ExtendsNode
from django.template.utils import get_app_template_dirs

FRAMES = {"frame.html", "base.html", "public.html"}
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|\shx-|\sx-data""")


def own_templates() -> list[str]:
    root = Path(__file__).resolve().parents[2]
    found = []
    for folder in get_app_template_dirs("templates"):
        place = Path(folder)
        if place.is_relative_to(root) and ".venv" not in place.parts:
            found += [str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()]
    return sorted(found)


def engine() -> DjangoTemplates:
    found = engines["django"]
    if not isinstance(found, DjangoTemplates):
        raise TypeError
    return found


def test_there_are_templates_to_test() -> None:
    assert {"base.html", "errors/error.html", "accounts/sign_in.html"} <= set(own_templates())


@pytest.mark.parametrize("name", own_templates())
def test_every_template_compiles(name: str) -> None:
    if name.endswith(".html"):
        engine().get_template(name)


@pytest.mark.parametrize("name", own_templates())
def test_no_template_has_inline_style_or_script(name: str) -> None:
    source = source_of(name)
    assert not INLINE.search(source), INLINE.search(source)


def test_the_search_for_inline_style_finds_it() -> None:
    assert INLINE.search('<p style="color: red">')
    assert INLINE.search("<script>alert(1)</script>")
    assert INLINE.search('<a onclick="x()">')
    assert not INLINE.search('<script src="/static/vendor/htmx.js" defer></script>')


@pytest.mark.parametrize("name", own_templates())
def test_every_page_has_a_title_and_one_main_heading(name: str) -> None:
    source = source_of(name)
    extends = re.search(r"{% extends \"([^\"]+)\"", source)
    # A page that extends a page, and not a frame, has title and heading from there.
    if not extends or name in FRAMES or extends[1] not in FRAMES:
        return
    assert "{% block title %}" in source, "a page needs a title"
    assert isinstance(engine().get_template(name).template.nodelist[0], ExtendsNode)
    headings = len(re.findall(r"<h1|{% page_header ", source))
    branches = len(re.findall(r"{% else %}|{% elif ", source))
    assert 1 <= headings <= 1 + branches, "a page needs exactly one h1"


def source_of(name: str) -> str:
    return Path(engine().get_template(name).template.origin.name).read_text(encoding="utf-8")
