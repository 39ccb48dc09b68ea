"""Django's own form rendering with NL Design System markup: every form looks and speaks the same."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.forms import BoundField, Widget, widgets
from django.forms.renderers import TemplatesSetting

TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"
# The first that fits counts: to Django, a group of tick boxes is a kind of radio buttons.
CLASSES: tuple[tuple[type[Widget], str], ...] = (
    (widgets.HiddenInput, ""),
    (widgets.MultiWidget, ""),
    (widgets.CheckboxSelectMultiple, "utrecht-checkbox utrecht-checkbox--html-input"),
    (widgets.RadioSelect, "utrecht-radio-button utrecht-radio-button--html-input"),
    (widgets.CheckboxInput, "utrecht-checkbox utrecht-checkbox--html-input"),
    (widgets.Select, "utrecht-select utrecht-select--html-select"),
    (widgets.Textarea, "utrecht-textarea utrecht-textarea--html-textarea"),
    (widgets.Input, TEXTBOX),
)


def css_class(widget: Widget) -> str:
    """Return the design system's class for a widget."""
    return next((name for kind, name in CLASSES if isinstance(widget, kind)), "")


class NaoberBoundField(BoundField):
    """A field on a form that knows its class, its place for the error summary and whether it may stay empty."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Add the design system's class to what Django adds (required, aria-invalid, aria-describedby)."""
        built = super().build_widget_attrs(attrs, widget)
        used = widget or self.field.widget
        invalid = " ".join(f"{name}--invalid" for name in css_class(used).split()[:1]) if self.errors else ""
        name = " ".join(part for part in (css_class(used), used.attrs.get("class", ""), invalid) if part)
        if name:
            built["class"] = name
        return built

    @property
    def kind(self) -> str:
        """What the template draws: ``checkbox`` (box before its label), ``group`` (fieldset) or ``single``."""
        if isinstance(self.field.widget, widgets.CheckboxInput):
            return "checkbox"
        return "group" if self.use_fieldset else "single"

    @property
    def optional(self) -> bool:
        """Whether to say "niet verplicht": not for a tick box, where that is plain."""
        says = getattr(self.form, "says_optional", True) and getattr(self.field, "says_optional", True)
        return says and not self.field.required and self.kind != "checkbox" and not self.field.disabled

    @property
    def term(self) -> str:
        """The word of the glossary that is explained at this field, if any."""
        terms: Mapping[str, str] = getattr(self.form, "terms", {})
        return terms.get(self.name, "")

    @property
    def second_look(self) -> list[dict[str, str]]:
        """The boxes below a field with which a person settles a doubt (a clash, a warning) and saves again."""
        boxes = getattr(self.form, "second_look", None)
        return boxes(self.name) if boxes else []

    @cached_property
    def anchor(self) -> str:
        """The id of the first control, where a link of the error summary must land."""
        widget = self.field.widget
        if isinstance(widget, widgets.ChoiceWidget) and self.use_fieldset:
            return f"{self.auto_id}_0"
        if isinstance(widget, widgets.MultiWidget):
            return f"{self.auto_id}{next(iter(widget.widgets_names))}"  # type: ignore[attr-defined]
        return self.auto_id


class NaoberRenderer(TemplatesSetting):
    """The site's form renderer (setting FORM_RENDERER)."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"
    bound_field_class = NaoberBoundField
