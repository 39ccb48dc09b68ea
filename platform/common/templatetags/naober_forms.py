"""The tags of forms: sending, buttons, fields, errors. Built in like those of `naober`."""

from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.drafts import FIELD, draft_name
from common.forms import RepeatingForms, all_errors
from common.templatetags.naober import BUTTONS, EMPTY, icon, part

register = template.Library()


@register.simple_block_tag(takes_context=True)
def postform(
    context: Context, content: str, action: str = "", *, upload: bool = False, draft: bool = False
) -> SafeString:
    """Draw a form that is sent with POST, without the browser's own error bubbles; ``upload`` for one with a file.

    With ``draft`` what is typed survives a lost connection and a lost session (``common.drafts``); the view then ends
    with ``draft_saved``, as `action_page` and `attempt` do.
    """
    return format_html(
        '<form class="utrecht-form utrecht-form--html-form naober-form" method="post" action="{}" novalidate'
        ' accept-charset="utf-8"{}{}><div hidden>{}{}</div>{}</form>',
        action,
        mark_safe(' enctype="multipart/form-data"') if upload else EMPTY,
        _draft_words(typed=getattr(context.get("form"), "is_bound", False)) if draft else EMPTY,
        _proofs(context),
        format_html('<input type="hidden" name="{}" value="{}">', FIELD, draft_name(context["request"]))
        if draft
        else EMPTY,
        content,
    )


def _draft_words(*, typed: bool) -> SafeString:
    """Give the script of the drafts its words: they stand in the page, so that they can be translated.

    ``typed`` when the form comes back with what was typed: then a draft would only be older.
    """
    words = {
        "offline": _(
            "Geen verbinding. Typ gerust door: wat je typt blijft versleuteld op dit toestel staan."
        ),
        "unsaved": _(
            "Er is geen verbinding, dus dit is nog niet bewaard. Het staat wel versleuteld op dit toestel."
        ),
        "online": _("Er is weer verbinding. Je kunt nu bewaren."),
        "signed-out": _("Je bent intussen uitgelogd. Wat je typte staat versleuteld op dit toestel."),
        "sign-in": _("Log opnieuw in"),
        "restored": _(
            "Wat je hier eerder typte was nog niet bewaard. Het staat er weer; kijk het na en bewaar het."
        ),
        "drop": _("Weggooien"),
    }
    return format_html(
        ' data-draft="{}"{} data-draft-key="{}" data-draft-login="{}"{}',
        FIELD,
        mark_safe(" data-draft-typed") if typed else EMPTY,
        reverse("drafts:key"),
        resolve_url(settings.LOGIN_URL),
        format_html_join("", ' data-draft-{}="{}"', words.items()),
    )


@register.simple_block_tag
def filterform(content: str, target: str, action: str = "", label: Any = "") -> SafeString:
    """Draw a search or filter form (GET). With JavaScript the part ``target`` ("#lijst") renews while typing."""
    return format_html(
        '<form class="naober-filter" method="get" action="{}" role="search" aria-label="{}"'
        ' data-hx-get="{}" data-hx-target="{}" data-hx-select="{}" data-hx-swap="outerHTML" data-hx-push-url="true"'
        ' data-hx-sync="this:replace"'
        ' data-hx-trigger="submit, change, keyup changed delay:300ms from:&quot;find input&quot;">{}</form>',
        action,
        label or _("Zoeken"),
        action,
        target,
        target,
        content,
    )


@register.simple_tag
def error_summary(*containers: Any) -> SafeString:
    """Draw the errors of forms and repeating forms at the top, each a link to its field; nothing without errors."""
    shown = [item for item in containers if item is not None and getattr(item, "is_bound", False)]
    errors = all_errors(*shown)
    return part("error_summary", errors=errors) if errors else EMPTY


@register.simple_block_tag
def fieldset(content: str, legend: Any, help_text: Any = "", level: int = 2) -> SafeString:
    """Draw a part of a form under a heading."""
    return part("fieldset", content=content, legend=legend, help_text=help_text, level=level)


@register.simple_tag
def field(bound: Any) -> SafeString:
    """Draw one field with label, help and errors."""
    return SafeString(bound.as_field_group())


@register.simple_tag
def fields(form: Any, *names: str) -> SafeString:
    """Draw the named fields of a form, in this order."""
    return format_html_join("", "{}", ((form[name].as_field_group(),) for name in names))


@register.simple_tag
def hidden_fields(form: Any) -> SafeString:
    """Draw the hidden fields: needed when a template names its fields one by one."""
    return format_html_join("", "{}", ((bound,) for bound in form.hidden_fields()))


@register.simple_tag
def repeating(formset: RepeatingForms) -> SafeString:
    """Draw repeating blocks with the buttons to add and to take away."""
    return formset.render()


@register.simple_tag
def submit(text: Any, name: str = "", value: Any = "", kind: str = "primary") -> SafeString:
    """Draw the button that sends a form. A verb: "Gezin aanmelden"."""
    named = format_html(' name="{}" value="{}"', name, value) if name else EMPTY
    return format_html(
        '<button class="utrecht-button {}" type="submit"{}>{}</button>', BUTTONS[kind], named, text
    )


@register.simple_tag(takes_context=True)
def post_button(context: Context, url: str, text: Any, kind: str = "secondary", **values: Any) -> SafeString:
    """Draw a form of one button: one action on one thing. Further arguments are sent along."""
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items())
    return format_html(
        '<form class="naober-inline-form" method="post" action="{}">{}{}'
        '<button class="utrecht-button {}" type="submit">{}</button></form>',
        url,
        _proofs(context),
        hidden,
        BUTTONS[kind],
        text,
    )


@register.simple_tag(takes_context=True)
def language_choice(context: Context) -> SafeString:
    """Draw a button for each other language, in that language; nothing on a page that is made without a request."""
    request = context.get("request")
    if request is None:
        return EMPTY
    here = get_language()
    return format_html_join(
        "",
        '<form class="naober-language" method="post" action="{}">{}<input type="hidden" name="language" value="{}">'
        '<input type="hidden" name="next" value="{}">'
        '<button type="submit" lang="{}">{}<span>{}</span></button></form>',
        (
            (
                reverse("accounts:language"),
                _proofs(context),
                code,
                request.get_full_path(),
                code,
                icon("globe"),
                name,
            )
            for code, name in settings.LANGUAGES
            if code != here
        ),
    )


def _proofs(context: Context) -> SafeString:
    """Draw the proof against forgery, and a key by which a form that is sent twice happens once."""
    token = context.get("csrf_token") or (get_token(context["request"]) if "request" in context else "")
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="form_key" value="{}">',
        token,
        uuid4(),
    )
