"""The component tags and filters of Naober's pages, forms excepted. They are built in: a template need not load them.

Block tags take their content between the tag and ``{% end… %}``; every argument is escaped.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from common import formats, glossary
from common.charts import Chart
from common.icons import ICONS
from common.pagination import Page

register = template.Library()

EMPTY = SafeString("")
DATE_ONLY = re.compile(r"\d\d-\d\d-\d{4}|\d{1,2} \w{3} \d{4}")
BADGES = {
    "neutral": "inactive",
    "info": "neutral",
    "good": "success",
    "attention": "warning",
    "danger": "danger",
    "brand": "active",
}
BUTTONS = {
    "primary": "utrecht-button--primary-action",
    "secondary": "utrecht-button--secondary-action",
    "subtle": "utrecht-button--subtle",
    "danger": "utrecht-button--secondary-action utrecht-button--danger",
}
ALERTS = {"info": "info", "good": "ok", "attention": "warning", "danger": "error"}
ALERT_ICONS = {"info": "info", "good": "check", "attention": "clock", "danger": "alert"}


# ---------------------------------------------------------------------------------------------------- small pieces


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon; decorative unless it has a label."""
    return _drawn(name, format_html('role="img" aria-label="{}"', label)) if label else _DECORATIVE[name]


def _drawn(name: str, meaning: SafeString) -> SafeString:
    return format_html(
        '<svg class="naober-icon" viewBox="0 0 24 24" width="24" height="24" focusable="false" {}>{}</svg>',
        meaning,
        ICONS[name],
    )


# Drawn once: there are few, and a page has a hundred of them.
_DECORATIVE = {name: _drawn(name, mark_safe('aria-hidden="true"')) for name in ICONS}


@register.simple_tag
def badge(text: Any, kind: str = "neutral") -> SafeString:
    """Draw a status: neutral, info, good, attention, danger, brand. The word carries the meaning, not the colour."""
    if not text:
        return EMPTY
    name = f"utrecht-status-badge utrecht-status-badge--{BADGES[kind]} naober-badge naober-badge--{kind}"
    return format_html('<span class="{}">{}</span>', name, text)


@register.simple_tag
def button_link(url: str, text: Any, kind: str = "secondary", icon_name: str = "") -> SafeString:
    """Draw a link that looks like a button: for going somewhere, not for changing something."""
    drawn = icon(icon_name) if icon_name else EMPTY
    look = BUTTONS[kind].replace("utrecht-button--", "utrecht-button-link--")
    name = f"utrecht-button-link utrecht-button-link--html-a {look}"
    return format_html('<a class="{}" href="{}">{}<span>{}</span></a>', name, url, drawn, text)


@register.simple_tag
def phone_link(value: str | None, name: str = "") -> SafeString:
    """Draw a telephone number that calls when tapped; ``name`` says whose it is to screen readers."""
    if not value:
        return format_html('<span class="naober-muted">{}</span>', _("geen nummer"))
    label = (
        format_html('<span class="naober-hidden">{} </span>', _("Bel %(name)s:") % {"name": name})
        if name
        else EMPTY
    )
    return format_html(
        '<a class="naober-phone" href="tel:{}">{}{}{}</a>', value, icon("phone"), label, formats.phone(value)
    )


@register.simple_tag
def mail_link(value: str | None) -> SafeString:
    """Draw an e-mail address as a link."""
    if not value:
        return format_html('<span class="naober-muted">{}</span>', _("geen e-mailadres"))
    return format_html('<a class="utrecht-link utrecht-link--html-a" href="mailto:{}">{}</a>', value, value)


@register.simple_tag
def explain(term: str) -> SafeString:
    """Draw the explanation of a word of the glossary, or of a state: folded, opened with a click or the space bar."""
    return part("term", term=glossary.term_for(term)) if term else EMPTY


@register.simple_tag
def when(value: date | datetime | None, *, late: bool = False) -> SafeString:
    """Draw a date with how near it is: "12 maart 2026 (over 3 dagen)"; ``late`` marks a passed due date."""
    if value is None:
        return SafeString(formats.NOTHING)
    overdue = late and formats.days_late(value) > 0
    return format_html(
        '<time datetime="{}"{}>{}</time> <span class="{}">({})</span>',
        formats.as_date(value).isoformat(),
        EMPTY,
        formats.long_date(value),
        "naober-late" if overdue else "naober-muted",
        formats.relative_day(value),
    )


# -------------------------------------------------------------------------------------------------- parts of a page


@register.simple_block_tag
def page_header(
    content: str,
    title: Any,
    lead: Any = "",
    eyebrow: Any = "",
    back_url: str = "",
    back_label: Any = "",
    term: str = "",
    lang: str = "",
) -> SafeString:
    """Draw the top of a page with its only h1; the content holds badges and buttons, ``term`` is explained below it.

    ``lang`` when the title and the lead are words that stay in their own language, whatever the page is in.
    """
    return part(
        "page_header",
        content=content,
        title=title,
        lead=lead,
        eyebrow=eyebrow,
        back_url=back_url,
        back_label=back_label,
        term=term,
        lang=lang,
    )


@register.simple_block_tag
def card(
    content: str,
    title: Any = "",
    kind: str = "",
    level: int = 2,
    href: str = "",
    aside: Any = "",
    term: str = "",
) -> SafeString:
    """Draw a card. ``kind``: "" plain, "quiet" without a border, "accent" for what matters most, "attention"."""
    return part(
        "card", content=content, title=title, kind=kind, level=level, href=href, aside=aside, term=term
    )


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """Draw a row of buttons, the most important one first."""
    return format_html(
        '<div class="utrecht-action-group utrecht-action-group--row naober-actions">{}</div>', content
    )


@register.simple_block_tag
def note(content: str, kind: str = "info", title: Any = "") -> SafeString:
    """Draw a message in the page: info, good, attention or danger."""
    return part("note", content=content, kind=ALERTS[kind], icon_name=ALERT_ICONS[kind], title=title)


@register.simple_block_tag
def empty_state(content: str, title: Any, text: Any = "") -> SafeString:
    """Draw what stands where a list is empty: why, and what to do (a button as content)."""
    return part("empty_state", content=content, title=title, text=text)


@register.simple_block_tag
def columns(content: str, kind: str = "wide-narrow") -> SafeString:
    """Lay the direct children side by side on wide screens: "wide-narrow" (a page with a side), "equal", "three"."""
    return format_html('<div class="naober-columns naober-columns--{}">{}</div>', kind, content)


@register.simple_block_tag
def stack(content: str) -> SafeString:
    """Put the direct children under each other with even space."""
    return format_html('<div class="naober-stack">{}</div>', content)


# ------------------------------------------------------------------------------------------------ facts and figures


@register.simple_block_tag
def datalist(content: str) -> SafeString:
    """Draw a list of facts; inside: ``fact`` and ``factblock``."""
    return format_html('<dl class="naober-facts">{}</dl>', content)


@register.simple_tag
def fact(label: Any, value: Any, empty: Any = None) -> SafeString:
    """Draw one fact; an empty value is said to be missing."""
    if isinstance(value, (date, datetime)):
        value = formats.moment(value) if isinstance(value, datetime) else formats.long_date(value)
    elif isinstance(value, bool):
        value = _("ja") if value else _("nee")
    elif isinstance(value, (list, tuple, set, frozenset)):
        value = formats.listing(value) if value else ""
    shown = (
        value
        if value not in (None, "")
        else format_html('<span class="naober-muted">{}</span>', empty or _("niet ingevuld"))
    )
    return format_html('<div class="naober-facts__row"><dt>{}</dt><dd>{}</dd></div>', label, shown)


@register.simple_block_tag
def factblock(content: str, label: Any) -> SafeString:
    """Draw one fact whose value is markup."""
    return format_html('<div class="naober-facts__row"><dt>{}</dt><dd>{}</dd></div>', label, content)


@register.simple_tag
def figure(
    label: Any,
    value: Any,
    note: Any = "",
    definition: Any = "",
    updated: datetime | None = None,
    definition_url: str = "",
) -> SafeString:
    """Draw one big number with what it means, where that is explained, and when it was made. None is a dash."""
    shown = (
        formats.number(value)
        if isinstance(value, (int, float))
        else value
        if value is not None
        else formats.NOTHING
    )
    return part(
        "figure",
        label=label,
        value=shown,
        note=note,
        definition=definition,
        updated=updated,
        definition_url=definition_url,
    )


@register.simple_block_tag
def figures(content: str) -> SafeString:
    """Lay figures side by side."""
    return format_html('<div class="naober-figures">{}</div>', content)


@register.simple_tag
def chart(drawn: Chart) -> SafeString:
    """Draw a chart of ``common.charts`` with its table."""
    return part("chart", chart=drawn)


# --------------------------------------------------------------------------------------------------- lists and tables


@register.simple_block_tag
def table(content: str, caption: Any, *heads: Any, hide_caption: bool = True) -> SafeString:
    """Draw a table that becomes cards on small screens; inside: ``tr`` with ``td``. A head with # is of numbers."""
    cells = [(str(head).removeprefix("#"), str(head).startswith("#")) for head in heads]
    return part("table", content=content, caption=caption, heads=cells, hide_caption=hide_caption)


@register.simple_block_tag
def tr(content: str, kind: str = "") -> SafeString:
    """Draw a row; ``kind`` "attention" marks it."""
    name = f"utrecht-table__row naober-table__row {f'naober-table__row--{kind}' if kind else ''}".strip()
    return format_html('<tr class="{}" role="row">{}</tr>', name, content)


@register.simple_block_tag
def td(content: str, label: Any = "", head: bool = False, number: bool = False) -> SafeString:  # noqa: FBT001, FBT002
    """Draw a cell; ``label`` is shown before it on small screens. ``head=True`` for the cell that names the row."""
    name = "utrecht-table__cell naober-table__cell"
    if number:
        name += " utrecht-table__cell--numeric-column"
    if DATE_ONLY.fullmatch(content.strip()):
        name += " naober-nowrap"
    if head:
        return format_html(
            '<th class="{} naober-table__name" scope="row" role="rowheader">{}</th>', name, content
        )
    return format_html(
        '<td class="{}" role="cell" data-label="{}"><div class="naober-table__value">{}</div></td>',
        name,
        label,
        content,
    )


@register.simple_block_tag
def itemlist(content: str, label: Any = "") -> SafeString:
    """Draw a list of things to do or choose; inside: ``listitem``."""
    named = format_html(' aria-label="{}"', label) if label else EMPTY
    return format_html('<ul class="naober-list" role="list"{}>{}</ul>', named, content)


@register.simple_block_tag
def listitem(
    content: str, title: Any, url: str = "", meta: Any = "", kind: str = "", icon_name: str = ""
) -> SafeString:
    """Draw a line of a list: title (a link), small print under it, and the one action as content."""
    # By hand and not by a template: a page has fifty of them.
    drawn = format_html('<span class="naober-list__icon">{}</span>', icon(icon_name)) if icon_name else EMPTY
    named = (
        format_html('<a class="utrecht-link utrecht-link--html-a" href="{}">{}</a>', url, title)
        if url
        else title
    )
    small = format_html('<p class="naober-list__meta">{}</p>', meta) if meta else EMPTY
    action = format_html('<div class="naober-list__action">{}</div>', content) if content.strip() else EMPTY
    return format_html(
        '<li class="naober-list__item{}">{}<div class="naober-list__text"><p class="naober-list__title">{}</p>{}</div>'
        "{}</li>",
        f" naober-list__item--{kind}" if kind else "",
        drawn,
        named,
        small,
        action,
    )


@register.simple_block_tag
def timeline(content: str, label: Any = "") -> SafeString:
    """Draw what happened, newest or oldest first; inside: ``event``."""
    named = format_html(' aria-label="{}"', label) if label else EMPTY
    return format_html('<ol class="naober-timeline" role="list"{}>{}</ol>', named, content)


@register.simple_block_tag
def event(content: str, at: date | datetime | None, title: Any, who: Any = "", kind: str = "") -> SafeString:
    """Draw a moment on the timeline; ``kind``: "" past, "now", "planned", "late"."""
    text = formats.moment(at) if isinstance(at, datetime) else formats.long_date(at)
    day = formats.as_date(at).isoformat() if at else ""
    return part("event", content=content, day=day, text=text, title=title, who=who, kind=kind)


@register.simple_block_tag
def tabs(content: str, label: Any) -> SafeString:
    """Draw views of one thing as links; inside: ``tab``."""
    return format_html(
        '<nav class="naober-tabs" aria-label="{}"><ul role="list">{}</ul></nav>', label, content
    )


@register.simple_tag
def tab(url: str, text: Any, current: bool = False, count: int | None = None) -> SafeString:  # noqa: FBT001, FBT002
    """Draw one tab."""
    marked = mark_safe(' aria-current="page"') if current else EMPTY
    counted = (
        format_html(' <span class="naober-tabs__count">{}</span>', count) if count is not None else EMPTY
    )
    return format_html('<li><a href="{}"{}>{}{}</a></li>', url, marked, text, counted)


@register.simple_block_tag
def stepper(content: str, label: Any) -> SafeString:
    """Draw the steps of a track; inside: ``step``."""
    return format_html(
        '<nav class="naober-stepper" aria-label="{}"><ol role="list">{}</ol></nav>', label, content
    )


@register.simple_tag
def step(text: Any, state: str = "todo", url: str = "", note: Any = "") -> SafeString:
    """Draw one step; ``state``: done, current, todo, stopped."""
    said = {"done": _("klaar"), "current": _("nu"), "todo": _("nog niet"), "stopped": _("gestopt")}[state]
    return part("step", text=text, state=state, url=url, note=note, said=said)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any]) -> SafeString:
    """Draw the page numbers; the other parts of the address stay."""
    query = context["request"].GET.copy()
    query.pop("pagina", None)
    rest = f"&{query.urlencode()}" if query else ""
    return part("pagination", page=page, rest=rest)


# -------------------------------------------------------------------------------------------------------------- filters

register.filter("long_date", formats.long_date)
register.filter("short_date", formats.short_date)
register.filter("week_date", formats.week_date)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("relative_day", formats.relative_day)
register.filter("duration", formats.duration)
register.filter("number", formats.number)
register.filter("percentage", formats.percentage)
register.filter("phone", formats.phone)


@register.filter
def listing(items: Iterable[object]) -> str:
    """``a, b en c``."""
    return formats.listing(items)


def part(name: str, **context: Any) -> SafeString:
    """Return a template of ``parts/`` with these values."""
    return SafeString(render_to_string(f"parts/{name}.html", context))
