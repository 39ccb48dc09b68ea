"""What is said of a closed gate: why it is closed, and what would open it."""

from collections.abc import Collection
from datetime import date
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.formats import long_date, number
from common.vocabulary import DayPart, HouseTrait, SupportForm, Veto
from core.matching.reasons import labels, listed
from core.matching.sides import Availability


def nobody_with_custody() -> str:
    """Nobody with custody is known."""
    return _("Er staat geen ouder met gezag in het dossier.")


def once_custody_is_known() -> str:
    """What opens it."""
    return _("Past zodra vastligt wie het gezag heeft en diegene akkoord is.")


def parent_did_not_agree(name: str) -> str:
    """A parent with custody did not agree yet."""
    return _("Nog geen akkoord van %(name)s.") % {"name": name}


def once_parent_agrees(name: str) -> str:
    """What opens it."""
    return _("Past zodra het akkoord van %(name)s er is: iedere ouder met gezag moet het eens zijn.") % {
        "name": name
    }


def not_looking() -> str:
    """The family is not on the waiting list."""
    return _("Dit gezin zoekt nu geen steungezin.")


def once_looking() -> str:
    """What opens it."""
    return _("Past zodra de intake is afgerond, of het dossier weer open is.")


def no_child_chosen() -> str:
    """Nobody to look for."""
    return _("Er is geen kind gekozen.")


def once_child_chosen() -> str:
    """What opens it."""
    return _("Past zodra je kiest voor welk kind of welke kinderen je zoekt.")


def no_closing_talk(name: str) -> str:
    """A coupling of a child ended without a closing talk."""
    return _("Over de koppeling met gezin %(name)s is nog geen afsluitend gesprek gevoerd.") % {"name": name}


def once_talk_was_held(name: str) -> str:
    """What opens it."""
    return _("Past zodra het afsluitende gesprek over gezin %(name)s is vastgelegd.") % {"name": name}


def already_together() -> str:
    """The two have something that is not over."""
    return _("Deze gezinnen hebben al een voorstel of een koppeling die nog loopt.")


def once_that_is_over() -> str:
    """What opens it."""
    return _("Past als dat voorstel of die koppeling voorbij is.")


def nobody_with_vog() -> str:
    """No adult was ever to be screened."""
    return _("Er staat geen volwassene met een VOG in dit steungezin.")


def once_somebody_has_vog() -> str:
    """What opens it."""
    return _("Past zodra de volwassenen in het dossier staan en hun VOG er is.")


def adult_without_vog(name: str) -> str:
    """An adult has no valid certificate."""
    return _("Geen geldige VOG van %(name)s.") % {"name": name}


def once_vog_is_there(name: str) -> str:
    """What opens it."""
    return _("Past zodra de VOG van %(name)s er is.") % {"name": name}


def not_available(availability: Availability, until: date | None) -> str:
    """The support family cannot be asked."""
    if availability is Availability.NOT_APPROVED:
        return _("Dit steungezin is nog niet goedgekeurd.")
    if availability is Availability.LEFT:
        return _("Dit steungezin is gestopt.")
    if until is None:
        return _("Dit steungezin kan even niet.")
    return _("Even niet, tot %(day)s.") % {"day": long_date(until)}


def once_available(availability: Availability, until: date | None) -> str:
    """What opens it."""
    if availability is Availability.NOT_APPROVED:
        return _("Past zodra het gezin is goedgekeurd: kennismaking, referenties en VOG.")
    if availability is Availability.LEFT:
        return _("Past als het gezin weer wil meedoen.")
    if until is None:
        return _("Past zodra het gezin weer beschikbaar is. Bel of dat al zo is.")
    return _("Past vanaf %(day)s. Bel of het eerder kan.") % {"day": long_date(until)}


def too_few_places(free: int, wanted: int) -> str:
    """There are not enough places, whatever the day."""
    if not free:
        return _("Er is geen plek vrij.")
    room = ngettext("Er is plek voor %(free)d kind", "Er is plek voor %(free)d kinderen", free)
    return room % {"free": free} + _(", je zoekt voor %(wanted)d.") % {"wanted": wanted}


def once_there_is_room(wanted: int) -> str:
    """What opens it."""
    if wanted == 1:
        return _("Past als er een plek vrijkomt: als een voorstel of koppeling eindigt.")
    return _("Past als er %(n)d plekken vrij zijn, of als je voor minder kinderen zoekt.") % {"n": wanted}


def taken_on(parts: Collection[str], nights: bool) -> str:  # noqa: FBT001
    """There are places, but not on these parts of the week."""
    if nights:
        return _("De logeerplek is bezet.")
    return _("Er is geen plek vrij op %(days)s.") % {"days": listed(DayPart, parts, limit=3)}


def once_free_on(parts: Collection[str], nights: bool) -> str:  # noqa: FBT001
    """What opens it."""
    if nights:
        return _("Past als de logeerplek vrijkomt.")
    first = labels(DayPart, parts)[0]
    if len(parts) == 1:
        return _("Past als de plek op %(day)s vrijkomt.") % {"day": first}
    return _("Past als een van deze plekken vrijkomt, zoals %(day)s.") % {"day": first}


def veto_of_asking(value: str) -> str:
    """The asking family ruled out what is there."""
    return _("Het vraaggezin: %(veto)s. Bij het steungezin: %(trait)s.") % _both(value)


def once_asking_gives_way(value: str) -> str:
    """What opens it."""
    return _("Past als ‘%(veto)s’ voor het vraaggezin toch niet hoeft.") % _both(value)


def veto_of_offering(value: str) -> str:
    """The support family ruled out what is there."""
    return _("Het steungezin: %(veto)s. Bij het vraaggezin: %(trait)s.") % _both(value)


def once_offering_gives_way(value: str) -> str:
    """What opens it."""
    return _("Past als ‘%(veto)s’ voor het steungezin toch niet hoeft.") % _both(value)


def _both(value: str) -> dict[str, object]:
    return {"veto": Veto(value).label, "trait": HouseTrait(value).label}


def other_forms(forms: Collection[str]) -> str:
    """Nothing of what is asked is offered."""
    return _("Biedt niet wat het gezin zoekt: %(forms)s.") % {"forms": listed(SupportForm, forms)}


def once_form_is_offered(form: str) -> str:
    """What opens it."""
    return _("Past als het steungezin ook dit wil: %(form)s.") % {"form": SupportForm(form).label}


def no_shared_day_part() -> str:
    """No part of the week suits both."""
    return _("Geen enkel dagdeel waarop het bij allebei past.")


def once_day_part_is_offered(part: str) -> str:
    """What opens it."""
    return _("Past als het steungezin ook op %(day)s kan.") % {"day": DayPart(part).label}


def no_bed() -> str:
    """A child must stay the night, and cannot."""
    return _("Logeren is nodig; dat kan bij dit steungezin niet.")


def once_there_is_a_bed() -> str:
    """What opens it."""
    return _("Past als er een logeerplek is te maken.")


def too_far_for_asking(far: float, limit: int) -> str:
    """Farther than the asking family wants to go."""
    return _("Woont op ongeveer %(far)s km; het vraaggezin wil hoogstens %(limit)d km.") % {
        "far": number(far, 1),
        "limit": limit,
    }


def once_asking_goes_farther(far: float) -> str:
    """What opens it."""
    return _("Past als het vraaggezin %(km)d km ook goed vindt.") % {"km": ceil(far)}


def too_far_for_offering(far: float, limit: int) -> str:
    """Farther than the support family wants to go."""
    return _("Woont op ongeveer %(far)s km; het steungezin wil hoogstens %(limit)d km.") % {
        "far": number(far, 1),
        "limit": limit,
    }


def once_offering_goes_farther(far: float) -> str:
    """What opens it."""
    return _("Past als het steungezin %(km)d km ook goed vindt.") % {"km": ceil(far)}
