"""The week of a coupling: what is asked over what is offered, and what other agreements already take up."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.vocabulary import DayPart, Frequency
from common.widgets import Mark
from core.agreements.models import Booking, CouplingAgreement
from core.agreements.rhythm import Pattern, weeks_of
from core.couplings.models import Coupling
from core.couplings.workflow import RUNNING
from core.intake.models import SupportNeed, SupportOffer
from tenants.standards.holidays import school_holidays


@dataclass(frozen=True, slots=True)
class Week:
    """Parts of the week by what they are to both sides."""

    asked: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    @property
    def shared(self) -> list[str]:
        """Return the parts that suit both and are not taken, in the order of the week: the draft of an agreement."""
        return [
            part.value
            for part in DayPart
            if part.value in self.asked & self.offered and part.value not in self.taken
        ]

    @property
    def marks(self) -> dict[str, Mark]:
        """Return what the grid of a form shows at each part."""
        found = {}
        for part in DayPart:
            if part.value in self.taken:
                found[part.value] = Mark("taken", _("bezet"), _("al bezet"))
            elif part.value in self.asked & self.offered:
                found[part.value] = Mark("both", _("beide"), _("past bij beide"))
            elif part.value in self.asked:
                found[part.value] = Mark("asked", _("vraag"), _("gevraagd door het vraaggezin"))
            elif part.value in self.offered:
                found[part.value] = Mark("offered", _("aanbod"), _("aangeboden door het steungezin"))
        return found


def week_of(coupling: Coupling, on: date) -> Week:
    """Return the week of a coupling as the intakes of both sides and the other agreements draw it."""
    need = SupportNeed.objects.filter(family=coupling.family_id).first()
    offer = SupportOffer.objects.filter(family=coupling.support_family_id).first()
    return Week(
        asked=frozenset(need.day_parts if need else ()),
        offered=frozenset(offer.day_parts if offer else ()),
        taken=_taken(coupling, offer.capacity if offer else 0, on),
    )


def _taken(coupling: Coupling, room: int, on: date) -> frozenset[str]:
    """Return the parts in which a child of this coupling, or every place, is already spoken for every week."""
    children = {child.pk for child in coupling.children.all()}
    others = (
        Booking.objects.filter(agreement__coupling__status__in=RUNNING)
        .exclude(agreement__coupling=coupling)
        .exclude(ends_on__lt=on)
    )
    taken = set(others.filter(child__in=children).values_list("day_part", flat=True))
    places: dict[str, set[Any]] = {}
    here = others.filter(support_family=coupling.support_family_id)
    for part, child in here.values_list("day_part", "child"):
        places.setdefault(part, set()).add(child)
    taken |= {part for part, there in places.items() if len(there) + len(children) > room}
    return frozenset(taken)


def draft_of(coupling: Coupling, on: date) -> dict[str, Any]:
    """Return the start of a first agreement: what both sides want, in the rhythm that was asked."""
    need = SupportNeed.objects.filter(family=coupling.family_id).first()
    offer = SupportOffer.objects.filter(family=coupling.support_family_id).first()
    forms = [form for form in (need.forms if need else []) if offer is None or form in offer.forms]
    last = CouplingAgreement.objects.exclude(holiday_region="").order_by("-agreed_on").first()
    return {
        "support_form": forms[0] if forms else need.forms[0] if need and len(need.forms) == 1 else "",
        "frequency": need.frequency if need else "",
        "day_parts": week_of(coupling, on).shared,
        # The region is that of the schools here: what the last agreement said is most likely right.
        "holiday_region": last.holiday_region if last else "",
    }


def weeks(agreement: CouplingAgreement) -> int:
    """Return in which weeks an agreement takes place; none for what is arranged as it comes."""
    return weeks_of(
        agreement.frequency,
        first_on=agreement.first_on or agreement.valid_from,
        month_week=agreement.month_week,
    )


def pattern_of(agreement: CouplingAgreement, *, until: date | None, horizon: date) -> Pattern:
    """Return when an agreement takes place, with the school holidays up to ``horizon`` taken out."""
    without: tuple[tuple[date, date], ...] = ()
    if agreement.holiday_region:
        found = school_holidays(agreement.holiday_region, agreement.valid_from, horizon)
        without = tuple((holiday.starts_on, holiday.ends_on) for holiday in found)
    begins = max(agreement.valid_from, agreement.first_on or agreement.valid_from)
    return Pattern(tuple(agreement.day_parts), weeks(agreement), begins, until, without)


def rhythm_words(agreement: CouplingAgreement) -> str:
    """Return in words how often and in which weeks."""
    words = str(Frequency(agreement.frequency).label)
    if agreement.frequency == Frequency.MONTHLY and agreement.month_week:
        return f"{words}, {agreement.get_month_week_display()}"
    return words
