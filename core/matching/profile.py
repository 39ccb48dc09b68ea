"""The text with which the support family is asked first: what matters, without a name, an address or free text."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.formats import listing, number
from common.language import in_dutch
from common.vocabulary import AgeBand, DayPart, Frequency, HouseTrait, SupportForm, Veto, Wish
from core.matching.sides import Asked

NUMBERS = (
    gettext_lazy("geen"),
    gettext_lazy("één"),
    gettext_lazy("twee"),
    gettext_lazy("drie"),
    gettext_lazy("vier"),
)


@in_dutch()
def profile_text(asked: Asked, *, distance_km: float | None = None) -> str:
    """Return some plain sentences for the first telephone call. Only closed lists and numbers go in.

    In Dutch: it is read to the family, and kept with the proposal.
    """
    sentences = [_who(asked), _what(asked), _when(asked)]
    if distance_km is not None:
        km = max(1, round(distance_km))
        sentences.append(_("Het gezin woont op ongeveer %(km)s km van u.") % {"km": number(km)})
    if asked.needs_transport:
        sentences.append(_("Halen en brengen hoort erbij."))
    wishes = _labels(Wish, asked.wishes - {Wish.TRANSPORT if asked.needs_transport else ""})
    if wishes:
        sentences.append(_("Wat zij fijn zouden vinden: %(wishes)s.") % {"wishes": listing(wishes)})
    vetoes = _labels(Veto, asked.vetoes)
    if vetoes:
        sentences.append(_("Wat echt nodig is: %(vetoes)s.") % {"vetoes": listing(vetoes)})
    traits = _labels(HouseTrait, asked.traits)
    if traits:
        sentences.append(_("Goed om te weten van hun huis: %(traits)s.") % {"traits": listing(traits)})
    return " ".join(sentence for sentence in sentences if sentence)


def _who(asked: Asked) -> str:
    count = len(asked.age_bands)
    if not count:
        return _("Een gezin in de buurt zoekt steun.")
    word = NUMBERS[count] if count < len(NUMBERS) else str(count)
    ages = [
        str(label) if asked.age_bands.count(band) == 1 else f"{asked.age_bands.count(band)}x {label}"
        for band, label in AgeBand.choices
        if band in asked.age_bands
    ]
    who = ngettext(
        "Een gezin zoekt steun voor %(n)s kind", "Een gezin zoekt steun voor %(n)s kinderen", count
    )
    return _("%(who)s (%(ages)s).") % {"who": who % {"n": word}, "ages": ", ".join(ages)}


def _what(asked: Asked) -> str:
    forms = listing(_labels(SupportForm, asked.forms)) if asked.forms else ""
    often = Frequency(asked.frequency).label if asked.frequency in Frequency.values else ""
    parts = [str(part) for part in (forms, often) if part]
    if asked.overnight and SupportForm.OVERNIGHT not in asked.forms:
        parts.append(_("met blijven slapen"))
    return _("Zij zoeken: %(parts)s.") % {"parts": "; ".join(parts)} if parts else ""


def _when(asked: Asked) -> str:
    days = _labels(DayPart, asked.day_parts)
    return _("Dagdelen die passen: %(days)s.") % {"days": listing(days)} if days else ""


def _labels(choices: type[TextChoices], values: frozenset[str]) -> list[str]:
    return [str(choice.label) for choice in choices if choice.value in values]
