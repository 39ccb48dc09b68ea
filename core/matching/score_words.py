"""What is said of a part of the score: what fits, what fits less, and what to ask."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from common.formats import number
from common.vocabulary import AgeBand, DayPart, Frequency, Return, SupportForm, Wish
from core.matching.reasons import listed

SAME_AREA_KM = 0.05
FEW = 3


def when_asked() -> str:
    """Ask."""
    return _("Op welke dagdelen zoekt het gezin?")


def when_offered() -> str:
    """Ask."""
    return _("Op welke dagdelen kan het steungezin?")


def fits_on(parts: Collection[str]) -> str:
    """For."""
    return _("Past op %(days)s") % {"days": listed(DayPart, parts, limit=FEW)}


def not_on(parts: Collection[str]) -> str:
    """Against."""
    return _("Niet op %(days)s") % {"days": listed(DayPart, parts, limit=FEW)}


def taken_on(parts: Collection[str]) -> str:
    """Against."""
    return _("Al bezet op %(days)s") % {"days": listed(DayPart, parts, limit=FEW)}


def both_as_it_comes() -> str:
    """For."""
    return _("Allebei in overleg")


def how_often() -> str:
    """Ask."""
    return _("Hoe vaak kan en wil het steungezin?")


def often_enough(frequency: str) -> str:
    """For."""
    return _("Kan zo vaak als nodig: %(often)s") % {"often": Frequency(frequency).label}


def less_often(frequency: str) -> str:
    """Against."""
    return _("Kan minder vaak: %(often)s") % {"often": Frequency(frequency).label}


def how_far() -> str:
    """Ask."""
    return _("Hoe ver wonen de gezinnen van elkaar? Een postcodegebied is niet bekend.")


def lives_at(far: float) -> str:
    """For, or against."""
    if far < SAME_AREA_KM:
        return _("Woont in hetzelfde postcodegebied")
    return _("Woont op ongeveer %(km)s km") % {"km": number(far, 1)}


def which_form_asked() -> str:
    """Ask."""
    return _("Welke steunvorm zoekt het gezin?")


def which_form_offered() -> str:
    """Ask."""
    return _("Welke steunvorm biedt het steungezin?")


def offers(forms: Collection[str]) -> str:
    """For."""
    return _("Biedt %(forms)s") % {"forms": listed(SupportForm, forms, limit=FEW)}


def does_not_offer(forms: Collection[str]) -> str:
    """Against."""
    return _("Biedt niet: %(forms)s") % {"forms": listed(SupportForm, forms, limit=FEW)}


def which_ages() -> str:
    """Ask."""
    return _("Welke leeftijden passen bij dit steungezin?")


def age_fits(bands: Collection[str]) -> str:
    """For."""
    return _("Leeftijd past: %(ages)s") % {"ages": listed(AgeBand, bands)}


def age_fits_less(bands: Collection[str]) -> str:
    """Against."""
    return _("Leeftijd past minder: %(ages)s") % {"ages": listed(AgeBand, bands)}


def has_child_of_that_age() -> str:
    """For."""
    return _("Heeft een kind van ongeveer dezelfde leeftijd")


def no_child_of_that_age() -> str:
    """Against."""
    return _("Geen kind van dezelfde leeftijd in huis; dat is wel een wens")


def ask_for_wish(wish: str) -> str:
    """Ask."""
    return _("Vraag het steungezin: %(wish)s?") % {"wish": Wish(wish).label}


def wish_fits(wish: str) -> str:
    """For."""
    return _("Wens past: %(wish)s") % {"wish": Wish(wish).label}


def wish_does_not_fit(wish: str) -> str:
    """Against."""
    return _("Wens past niet: %(wish)s") % {"wish": Wish(wish).label}


def what_in_return(hopes: Collection[str]) -> str:
    """Ask."""
    return _("Wat doet het vraaggezin graag terug? Het steungezin hoopt op %(hopes)s.") % {
        "hopes": listed(Return, hopes, limit=FEW)
    }


def gives_in_return(met: Collection[str]) -> str:
    """For."""
    return _("Doet graag terug wat het steungezin hoopt: %(hopes)s") % {
        "hopes": listed(Return, met, limit=FEW)
    }


def does_not_give(missed: Collection[str]) -> str:
    """Against."""
    return _("Het steungezin hoopte ook op %(hopes)s") % {"hopes": listed(Return, missed, limit=FEW)}


def transport_asked() -> str:
    """Ask."""
    return _("Is halen en brengen nodig?")


def transport_offered() -> str:
    """Ask."""
    return _("Kan het steungezin halen en brengen?")


def has_transport() -> str:
    """For."""
    return _("Kan halen en brengen")


def no_transport() -> str:
    """Against."""
    return _("Kan niet halen en brengen")


def points_more(change: object, gain: int) -> str:
    """What would lift the score most, and by how much."""
    return _("%(change)s: %(points)s punten erbij") % {
        "change": change,
        "points": number(gain / 10, 1 if gain % 10 else 0),
    }


def also_on(part: str) -> str:
    """A change."""
    return _("Als ook %(day)s kan") % {"day": DayPart(part).label}


def on_what_is_asked(parts: Collection[str]) -> str:
    """A change."""
    return _("Als het steungezin kan op %(days)s") % {"days": listed(DayPart, parts, limit=FEW)}


def as_often(frequency: str) -> str:
    """A change."""
    return _("Als het %(often)s kan") % {"often": Frequency(frequency).label}


def also_offers(form: str) -> str:
    """A change."""
    return _("Als het steungezin ook dit wil: %(form)s") % {"form": SupportForm(form).label}


def also_this_age(band: str) -> str:
    """A change."""
    return _("Als ook deze leeftijd past: %(age)s") % {"age": AgeBand(band).label}


def also_this_wish(wish: str) -> str:
    """A change."""
    return _("Als ook deze wens past: %(wish)s") % {"wish": Wish(wish).label}


def also_gives(hope: str) -> str:
    """A change."""
    return _("Als het vraaggezin dit graag terugdoet: %(hope)s") % {"hope": Return(hope).label}


def can_drive() -> str:
    """A change."""
    return _("Als het steungezin kan halen en brengen")


def can_drive_themselves() -> str:
    """A change."""
    return _("Als halen en brengen niet nodig is")
