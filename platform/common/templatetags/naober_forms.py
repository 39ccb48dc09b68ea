"""The tags of forms: sending, buttons, fields, errors. Built in like those of `naober`."""

from typing import Any
from uuid import uuid4

from django import template
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.forms import RepeatingForms, all_errors
from common.templatetags.naober import BUTTONS, EMPTY, part

register = template.Library()


@register.simple_block_tag(takes_context=True)
def postform(context: Context, content: str, action: str = "") -> SafeString:
    """Draw a form that is sent with POST, without the browser's own error bubbles."""
    return format_html(
        '<form class="utrecht-form utrecht-form--html-form naober-form" method="post" action="{}" novalidate'
        ' accept-charset="utf-8"><div hidden>{}</div>{}</form>',
        action,
        _proofs(context),
        content,
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


def _proofs(context: Context) -> SafeString:
    """Draw the proof against forgery, and a key by which a form that is sent twice happens once."""
    token = context.get("csrf_token") or (get_token(context["request"]) if "request" in context else "")
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="form_key" value="{}">',
        token,
        uuid4(),
    )
