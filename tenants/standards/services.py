"""Writing the national texts: one draft at a time, and a published version is never changed."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InvalidInput
from tenants.accounts.models import Actor
from tenants.audit.services import audit_log
from tenants.context import atomic
from tenants.standards import selectors
from tenants.standards.defaults import SUBJECTS
from tenants.standards.models import Standard, StandardKind
from tenants.standards.questions import problem_of
from tenants.standards.weighing import problems_of_weighing, weighing_of
from tenants.standards.wording import problems_of


@atomic()
def standard_draft_save(*, kind: StandardKind, content: Mapping[str, Any], actor: Actor) -> Standard:
    """Keep the next version of a text, not yet in use."""
    _check(kind, content)
    row = Standard.objects.select_for_update().filter(kind=kind, published_at__isnull=True).first()
    if row is None:
        row = Standard(kind=kind, version=selectors.current(kind).version + 1)
    row.content = dict(content)
    row.save()
    audit_log(action="standard_drafted", subject=None, purpose=str(row), actor=actor)
    return row


@atomic()
def standard_publish(*, kind: StandardKind, actor: Actor) -> Standard:
    """Put the draft in use: from now on every new agreement or intake has it; older ones keep theirs."""
    row = Standard.objects.select_for_update().filter(kind=kind, published_at__isnull=True).first()
    if row is None:
        raise Conflict(_("Er is geen nieuwe versie om te publiceren."))
    _check(kind, row.content)
    row.published_at = timezone.now()
    row.save()
    audit_log(action="standard_published", subject=None, purpose=str(row), actor=actor)
    return row


@atomic()
def standard_draft_drop(*, kind: StandardKind, actor: Actor) -> None:
    """Throw the draft away."""
    Standard.objects.filter(kind=kind, published_at__isnull=True).delete()
    audit_log(action="standard_dropped", subject=None, purpose=kind.value, actor=actor)


def _check(kind: StandardKind, content: Mapping[str, Any]) -> None:
    if kind == StandardKind.WEIGHING:
        if problems := list(problems_of_weighing(weighing_of(content))):
            raise InvalidInput(problems[0])
        return
    if kind not in SUBJECTS:
        if problems := problems_of(kind, str(content.get("text", ""))):
            raise InvalidInput(fields={"text": " ".join(str(problem) for problem in problems)})
        return
    asked = [*content.get("questions", ()), *content.get("extra", ())]
    known = {code for _subject, _title, questions in SUBJECTS[kind] for code, _label, _help in questions}
    if {one["code"] for one in content.get("questions", ())} != known:
        raise InvalidInput(_("Een vaste vraag kan niet weg: matchen en rapporteren hebben hem nodig."))
    for one in asked:
        if not str(one["label"]).strip():
            raise InvalidInput(_("Elke vraag heeft tekst nodig."))
    for one in content.get("extra", ()):
        if problem := problem_of(one["label"], one["help"], *one["options"]):
            raise InvalidInput(problem)
