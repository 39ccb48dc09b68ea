"""Pages to merge two files, to undo that, and to say that they are two families after all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.fields import ChoiceField
from common.forms import NaoberForm
from common.pages import page
from common.permissions import Permission
from core.families.action_pages import action_page, actor_of, family_url, file_page, sent
from core.families.models import AnyFamily, FamilyMerge
from core.families.selectors import requesting_family_for, support_family_for
from core.home.merge_services import Plan, families_merge, families_tell_apart, merge_plan, merge_undo

KEPT, GONE = "blijft", "ander"


class MergeForm(NaoberForm):
    """Which value counts, for every field in which the two files differ."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        """Ask per field; the file that stays is right unless it has nothing."""
        super().__init__(*args, **kwargs)
        for one in plan.differences:
            self.fields[one.name] = ChoiceField(
                label=capfirst(one.label),
                choices=[(KEPT, _said(one.kept)), (GONE, _said(one.gone))],
                initial=KEPT if one.kept not in {"", None} else GONE,
            )

    @property
    def taken(self) -> set[str]:
        """Return the fields of which the value of the other file counts."""
        return {name for name, choice in self.cleaned_data.items() if choice == GONE}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    return str(value) if value not in {"", None} else _("leeg")


def _family(request: HttpRequest, kind: str, public_id: UUID) -> AnyFamily:
    access = requesting_family_for if kind == "requesting" else support_family_for
    return access(actor_of(request), public_id, Permission.EDIT_CASES)


@page(Permission.EDIT_CASES)
def requesting_merge(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Show what merging two asking families would do, and do it."""
    return _merge(request, "requesting", public_id, other_id)


@page(Permission.EDIT_CASES)
def support_merge(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Show what merging two support families would do, and do it."""
    return _merge(request, "support", public_id, other_id)


def _merge(request: HttpRequest, kind: str, public_id: UUID, other_id: UUID) -> HttpResponse:
    kept, gone = _family(request, kind, public_id), _family(request, kind, other_id)
    plan = merge_plan(kept, gone)
    form = MergeForm(sent(request), plan=plan)

    def run() -> None:
        families_merge(kept=kept, gone=gone, take=form.taken, actor=actor_of(request))

    words = file_page(
        kept,
        title=_("Dossiers samenvoegen"),
        lead=_("Alles komt in het dossier dat blijft. Je kunt dit later ongedaan maken."),
        submit=_("Samenvoegen"),
        done=_("De dossiers zijn samengevoegd."),
    )
    return action_page(
        request, words, form, run, template="home/merge.html", plan=plan, swap=_swap(kind, kept, gone)
    )


def _swap(kind: str, kept: AnyFamily, gone: AnyFamily) -> tuple[str, UUID, UUID]:
    return f"families:{kind}_merge", gone.pk, kept.pk


@page(Permission.EDIT_CASES, methods=("POST",))
def merge_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Undo a merge."""
    merge = FamilyMerge.objects.filter(pk=public_id).first()
    if merge is None:
        raise NotAllowed
    kept, gone = (_family(request, merge.kind, pk) for pk in (merge.kept_id, merge.gone_id))
    words = file_page(
        gone,
        title=_("Samenvoegen ongedaan maken"),
        submit=_("Ongedaan maken"),
        done=_("Het zijn weer twee dossiers."),
    )
    return action_page(
        request,
        words,
        NaoberForm(request.POST),
        lambda: merge_undo(merge=merge, kept=kept, gone=gone, actor=actor_of(request)),
    )


@page(Permission.EDIT_CASES, methods=("POST",))
def requesting_apart(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Say that two asking families are two."""
    return _apart(request, "requesting", public_id, other_id)


@page(Permission.EDIT_CASES, methods=("POST",))
def support_apart(request: HttpRequest, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Say that two support families are two."""
    return _apart(request, "support", public_id, other_id)


def _apart(request: HttpRequest, kind: str, public_id: UUID, other_id: UUID) -> HttpResponse:
    one, other = _family(request, kind, public_id), _family(request, kind, other_id)
    families_tell_apart(one=one, other=other, actor=actor_of(request))
    messages.success(request, _("Vastgelegd dat dit twee gezinnen zijn."))
    return HttpResponseRedirect(family_url(one))
