"""The base of every form, protection of the public ones, and forms that repeat without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from django import forms
from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import ErrorDict, ErrorList
from django.utils.crypto import salted_hmac
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput
from common.widgets import Honeypot

MOST_BLOCKS = 50  # more than any family has; each costs time to show
CHOICE_FIELDS = (forms.ChoiceField, forms.ModelChoiceField)


class NaoberForm(forms.Form):
    """A form that names the field in each error, shows a service's refusal, and can show what was typed unjudged."""

    # Which word of the glossary is explained at a field.
    terms: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Give every required field a message that makes sense in the summary at the top."""
        super().__init__(*args, **kwargs)
        self.unjudged = False
        for name, field in self.fields.items():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = self._missing(field, str(field.label or name))

    @staticmethod
    def _missing(field: forms.Field, label: str) -> Any:
        question = label.endswith(("?", ".", "!"))
        if isinstance(field, forms.BooleanField):
            return _("Zet een vinkje om verder te kunnen.")
        if isinstance(field, CHOICE_FIELDS):
            return (_("%(label)s Maak een keuze.") if question else _("%(label)s: maak een keuze.")) % {
                "label": label
            }
        return (_("%(label)s Vul dit in.") if question else _("%(label)s: vul dit in.")) % {"label": label}

    def full_clean(self) -> None:
        """Judge the input, unless the person only asked for one more block."""
        if self.unjudged:
            self._errors = ErrorDict(renderer=self.renderer)
            self.cleaned_data: dict[str, Any] = {}
            return
        super().full_clean()

    def show_typed(self) -> Self:
        """Keep what was typed without errors, to show the form again."""
        self.unjudged = True
        self._errors = None  # type: ignore[assignment]  # not judged yet, as Django itself writes it
        return self

    def add_refusal(self, refusal: InvalidInput) -> Self:
        """Put the errors of a service beside the fields they are about, others at the top."""
        placed = False
        for name, messages in (refusal.fields or {}).items():
            texts = [messages] if not isinstance(messages, (list, tuple)) else list(messages)
            self.add_error(name if name in self.fields else None, [str(text) for text in texts])
            placed = True
        if not placed:
            self.add_error(None, str(refusal.message))
        return self


class SubmissionKeyMixin(forms.Form):
    """A hidden key per shown form: stored (unique), it finds the first result when a person sends twice."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)

    def clean_submission_key(self) -> Any:
        """Return the key; a form without one is treated as new."""
        return self.cleaned_data.get("submission_key") or uuid4()


class SpamGuardMixin(forms.Form):
    """Stops programs on public forms without a captcha: a hidden box, and the time of showing, signed for this host."""

    MIN_SECONDS = 3
    MAX_SECONDS = 24 * 3600

    website = forms.CharField(required=False, widget=Honeypot, label=_("Laat dit vak leeg"), max_length=200)
    shown_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, guard_scope: str, **kwargs: Any) -> None:
        """``guard_scope`` is the host of the request: a stamp of another municipality is worth nothing here."""
        super().__init__(*args, **kwargs)
        self.signer = signing.TimestampSigner(salt=f"spam-guard:{guard_scope}")
        self.fields["shown_at"].initial = self.signer.sign("shown")

    def clean(self) -> dict[str, Any]:
        """Refuse softly: everything typed stays, and pressing the button again is enough for a person."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get(self.add_prefix("website")):
            self._replace(website="")
            raise ValidationError(
                _(
                    "Er stond tekst in een verborgen vak dat leeg moet blijven. Verstuur het formulier nog een keer."
                ),
                code="honeypot",
            )
        stamp = cleaned.get("shown_at") or ""
        try:
            self.signer.unsign(stamp, max_age=self.MAX_SECONDS)
        except signing.BadSignature:
            self._replace(shown_at=self.signer.sign("shown"))
            raise ValidationError(
                _("Dit formulier stond lang open. Kijk of alles nog klopt en verstuur het nog een keer."),
                code="stale",
            ) from None
        try:
            self.signer.unsign(stamp, max_age=self.MIN_SECONDS)
        except signing.SignatureExpired:
            return cleaned
        raise ValidationError(
            _(
                "Dat ging wel heel snel. Wij houden zo computerprogramma's tegen. Verstuur het formulier nog een keer."
            ),
            code="too_fast",
        )

    def _replace(self, **values: str) -> None:
        data = MultiValueDict(dict(lists_of(self.data)))
        for name, value in values.items():
            data[self.add_prefix(name)] = value
        self.data = data


def lists_of(data: Mapping[str, Any] | MultiValueDict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Return keys with all their values, of a QueryDict or of a plain dict."""
    if isinstance(data, MultiValueDict):
        return [(key, list(values)) for key, values in data.lists()]
    return [(key, [value]) for key, value in data.items()]


if TYPE_CHECKING:
    FormSet = forms.BaseFormSet[NaoberForm]
else:
    FormSet = forms.BaseFormSet


class RepeatingForms(FormSet):
    """The same block as often as needed ("Nog een kind toevoegen"), with two submit buttons and no JavaScript.

    Make a class with ``repeating(ChildForm, …)``. In the view, ask ``button_pressed`` first: then nothing is judged and
    the page is shown again with one block more or less.
    """

    noun: Any = ""
    renderer: BaseRenderer
    add_label: Any = ""
    template_name = "forms/formset.html"
    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "missing_management_form": _("Het formulier kwam niet goed over. Vul het opnieuw in."),
        "too_few_forms": _("Vul er ten minste %(num)d in."),
        "too_many_forms": _("Dat zijn er te veel: niet meer dan %(num)d."),
    }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        """Change the number of blocks first when a plus or minus button was pressed."""
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        self.button_pressed = False
        if data is not None:
            data = self._after_button(data, prefix)
        too_few = _("%(noun)s: vul er ten minste een in.") % {"noun": self.noun}
        kwargs.setdefault("error_messages", {"too_few_forms": too_few})
        super().__init__(data, *args, **kwargs)
        if self.button_pressed:
            for form in self.forms:
                form.show_typed()
            if self.added and self.forms:
                first = next(iter(self.forms[-1].visible_fields()), None)
                if first is not None:
                    first.field.widget.attrs["autofocus"] = True

    def _after_button(self, data: Any, prefix: str) -> Any:
        counter = f"{prefix}-{forms.formsets.TOTAL_FORM_COUNT}"
        lists = dict(lists_of(data))
        self.added = f"{prefix}-add" in lists
        self.button_pressed = self.added or f"{prefix}-remove" in lists
        total = self._number(lists.get(counter))
        if total is None:
            return data
        # No more blocks than were sent: a short message may not ask for a page of thousands.
        total = min(total, max(self._sent(lists, prefix), self.min_num))
        removed = self._number(lists.get(f"{prefix}-remove"))
        if self.added:
            total = min(total + 1, self.max_num)
        elif removed is not None and removed < total and total > self.min_num:
            lists = self._without(lists, prefix, removed, total)
            total -= 1
        lists[counter] = [str(total)]
        return MultiValueDict(lists)

    @staticmethod
    def _sent(lists: Mapping[str, list[Any]], prefix: str) -> int:
        rests = (key.removeprefix(f"{prefix}-") for key in lists if key.startswith(f"{prefix}-"))
        return len(
            {
                head
                for head, dash, _name in (rest.partition("-") for rest in rests)
                if dash and head.isdecimal()
            }
        )

    @staticmethod
    def _number(values: Sequence[Any] | None) -> int | None:
        text = str(values[-1]) if values else ""
        return int(text) if text.isdecimal() and len(text) < 5 else None  # noqa: PLR2004 (9999 blocks)

    @staticmethod
    def _without(lists: dict[str, list[Any]], prefix: str, index: int, total: int) -> dict[str, list[Any]]:
        kept: dict[str, list[Any]] = {}
        for key, values in lists.items():
            head, _dash, rest = key.removeprefix(f"{prefix}-").partition("-")
            if not key.startswith(f"{prefix}-") or not head.isdecimal() or int(head) < index:
                kept[key] = values
            elif index < int(head) < total:
                kept[f"{prefix}-{int(head) - 1}-{rest}"] = values
        return kept

    def full_clean(self) -> None:
        """Judge nothing when only the number of blocks changes."""
        if self.button_pressed:
            self._errors: list[ErrorDict] | None = []
            self._non_form_errors = ErrorList(renderer=self.renderer)
            return
        super().full_clean()
        if any(self._errors or ()):  # the blocks already say what is missing
            self._non_form_errors.data = [
                e for e in self._non_form_errors.as_data() if e.code != "too_few_forms"
            ]

    @property
    def used(self) -> list[Any]:
        """The blocks in which something was filled in, and those in which something must be."""
        return [form for form in self.forms if form.has_changed() or not form.empty_permitted]


def repeating(
    form_class: type[NaoberForm],
    *,
    noun: Any,
    add_label: Any,
    minimum: int = 1,
    maximum: int = MOST_BLOCKS,
) -> type[RepeatingForms]:
    """Return a class of repeating blocks: ``noun`` heads each ("Kind 2"), ``add_label`` is on the button."""
    made: type[RepeatingForms] = forms.formset_factory(  # type: ignore[assignment]
        form_class,
        formset=RepeatingForms,
        extra=0,
        min_num=minimum,
        validate_min=True,
        max_num=maximum,
        validate_max=True,
        absolute_max=maximum,
    )
    made.noun = noun
    made.add_label = add_label
    return made


def all_errors(*containers: Any) -> list[tuple[str, str]]:
    """Return (anchor, text) of every error on forms and repeating forms, for the error summary."""
    found: list[tuple[str, str]] = []
    for container in containers:
        if isinstance(container, forms.BaseFormSet):
            found += [("", str(text)) for text in container.non_form_errors()]
            for form in container.forms:
                found += all_errors(form)
        elif isinstance(container, forms.BaseForm):
            found += _form_errors(container)
    return found


def _form_errors(form: forms.BaseForm) -> list[tuple[str, str]]:
    found = [("", str(text)) for text in form.errors.get(NON_FIELD_ERRORS, [])]
    for bound in form:
        if bound.is_hidden:
            found += [("", str(text)) for text in bound.errors]
        else:
            found += [(getattr(bound, "anchor", bound.auto_id), str(text)) for text in bound.errors]
    return found


def scope_digest(value: str) -> str:
    """Return a short keyed digest, for cache keys that must not hold an address or a name."""
    return salted_hmac("common.forms.scope_digest", value, algorithm="sha256").hexdigest()[:32]
