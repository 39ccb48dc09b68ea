"""What may happen next with a family, as buttons, and how far it is on its track."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from common.formats import short_date
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING
from core.families.models import RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may happen next. ``post`` needs no page of its own."""

    url: str
    text: str
    kind: str = "secondary"
    icon: str = ""
    post: bool = False


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the track of a family."""

    text: str
    state: str
    note: str = ""


def requesting_choices(  # noqa: PLR0911  (one for each state)
    family: RequestingFamily,
    couplings: Sequence[Coupling],
    *,
    busy: bool = False,
    over_border: bool = False,
) -> list[Choice]:
    """Return what may happen next with an asking family, the usual thing first.

    ``busy`` when it cannot be closed; ``over_border`` when a neighbouring municipality exchanges cards with this one.
    """

    def to(name: str) -> str:
        return reverse(name, args=[family.pk])

    if family.status == RequestingStatus.MERGED:
        return []
    not_suitable = Choice(to("families:requesting_close"), _("Past niet: afsluiten"), "subtle")
    refer = Choice(to("families:requesting_refer"), _("Past niet: doorverwijzen"), "subtle")
    close = Choice(to("families:requesting_close"), _("Dossier afsluiten"), "subtle")
    edit_intake = Choice(to("intake:requesting"), _("Intake bijwerken"), icon="pencil")
    beyond = [Choice(to("border:publish"), _("Over de grens"), icon="map")] if over_border else []
    if family.status == RequestingStatus.REGISTERED:
        return [Choice(to("families:requesting_contacted"), _("Gebeld"), "primary", "phone"), refer]
    if family.status == RequestingStatus.CONTACTED:
        return [
            Choice(to("intake:requesting_plan"), _("Huisbezoek plannen"), "primary", "calendar"),
            refer,
        ]
    if family.status == RequestingStatus.INTAKE:
        return [
            Choice(to("intake:requesting"), _("Intake invullen"), "primary", "pencil"),
            Choice(to("intake:requesting_plan"), _("Huisbezoek verzetten")),
            not_suitable,
        ]
    if family.status == RequestingStatus.WAITING:
        return [
            Choice(to("matching:candidates"), _("Zoek een steungezin"), "primary", "heart"),
            *beyond,
            edit_intake,
            *([] if busy else [close]),
        ]
    if family.status == RequestingStatus.SUPPORTED:
        running = [coupling for coupling in couplings if coupling.status in RUNNING]
        opened = [
            Choice(
                reverse("couplings:coupling_detail", args=[coupling.pk]),
                _("Naar de koppeling met %(family)s") % {"family": coupling.support_family},
                "primary",
                "link",
            )
            for coupling in running
        ]
        more = Choice(to("matching:candidates"), _("Zoek nog een steungezin"), icon="heart")
        return [*opened, more, *beyond, edit_intake, *([] if running or busy else [close])]
    return [Choice(to("intake:reopen"), _("Dossier heropenen"))]


def support_choices(  # noqa: PLR0911  (one for each state)
    family: SupportFamily, missing: Sequence[str], *, held: bool, busy: bool = False
) -> list[Choice]:
    """Return what may happen next; ``missing`` is what approval still lacks, ``busy`` when it cannot stop now."""

    def to(name: str) -> str:
        return reverse(name, args=[family.pk])

    if family.status == SupportStatus.MERGED:
        return []
    stop = Choice(to("families:support_close"), _("Stopt als steungezin"), "subtle")
    refer = Choice(to("families:support_refer"), _("Past niet: doorverwijzen"), "subtle")
    edit_intake = Choice(to("intake:support"), _("Intake bijwerken"), icon="pencil")
    if family.status == SupportStatus.REGISTERED:
        return [Choice(to("families:support_contacted"), _("Gebeld"), "primary", "phone"), refer]
    if family.status == SupportStatus.CONTACTED:
        return [Choice(to("intake:support_plan"), _("Huisbezoek plannen"), "primary", "calendar"), refer]
    if family.status == SupportStatus.SCREENING:
        return [
            *([] if missing else [Choice(to("intake:approve"), _("Goedkeuren"), "primary", "check")]),
            edit_intake if held else Choice(to("intake:support"), _("Intake invullen"), "primary", "pencil"),
            Choice(to("intake:support_plan"), _("Huisbezoek verzetten")),
            stop,
        ]
    if family.status == SupportStatus.AVAILABLE:
        pause = Choice(to("families:support_pause"), _("Even niet"))
        return [edit_intake, pause, *([] if busy else [stop])]
    if family.status == SupportStatus.PAUSED:
        return [
            Choice(to("families:support_resume"), _("Weer beschikbaar"), "primary", post=True),
            edit_intake,
            *([] if busy else [stop]),
        ]
    return [Choice(to("families:support_return"), _("Wil weer steungezin zijn"))]


def requesting_steps(family: RequestingFamily) -> list[StepLine]:
    """Return the track of an asking family."""
    order = [
        (RequestingStatus.REGISTERED, _("Aangemeld"), family.registered_on),
        (RequestingStatus.CONTACTED, _("Gebeld"), family.first_contact_on),
        (RequestingStatus.INTAKE, _("Intake"), family.visit_on),
        (RequestingStatus.WAITING, _("Wacht"), family.waiting_since),
        (RequestingStatus.SUPPORTED, _("Steungezin"), None),
    ]
    return _steps(
        family.status,
        order,
        stopped=family.status in {RequestingStatus.CLOSED, RequestingStatus.MERGED},
        closed_on=family.closed_on,
    )


def support_steps(family: SupportFamily) -> list[StepLine]:
    """Return the track of a support family."""
    order = [
        (SupportStatus.REGISTERED, _("Aangemeld"), family.registered_on),
        (SupportStatus.CONTACTED, _("Gebeld"), family.first_contact_on),
        (SupportStatus.SCREENING, _("Kennismaking en VOG"), family.visit_on),
        (SupportStatus.AVAILABLE, _("Beschikbaar"), family.approved_on),
    ]
    now = SupportStatus.AVAILABLE if family.status == SupportStatus.PAUSED else family.status
    return _steps(
        now,
        order,
        stopped=family.status in {SupportStatus.LEFT, SupportStatus.MERGED},
        closed_on=family.closed_on,
    )


def _steps(
    now: str, order: Sequence[tuple[str, str, date | None]], *, stopped: bool, closed_on: date | None
) -> list[StepLine]:
    codes = [code for code, _text, _day in order]
    place = codes.index(now) if now in codes else len(codes)
    lines = []
    for index, (_code, text, day) in enumerate(order):
        if stopped:
            state = "done" if day else "todo"
        else:
            state = "done" if index < place else "current" if index == place else "todo"
        lines.append(StepLine(text, state, short_day(day) if state != "todo" else ""))
    if stopped:
        lines = [line for line in lines if line.state == "done"] + [
            StepLine(_("Afgesloten"), "stopped", short_day(closed_on))
        ]
    return lines


def short_day(day: date | None) -> str:
    """Return a day in short, or nothing."""
    return short_date(day) if day else ""
