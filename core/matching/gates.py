"""The hard gates: what rules a combination out, in words, with what would open it. A gate never touches the score."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.formats import listing, long_date
from common.vocabulary import HouseTrait, SupportForm, Veto
from core.matching.sides import Asked, Availability, Offered, distance_km


class Gate(TextChoices):
    """The gates, in the order in which they are shown."""

    CONSENT = "consent"
    NEED = "need"
    VOG = "vog"
    AVAILABLE = "available"
    CAPACITY = "capacity"
    VETO = "veto"
    FORM = "form"
    DAY_PART = "day_part"
    OVERNIGHT = "overnight"
    DISTANCE = "distance"


# No reason of a coordinator opens these: the law, the safety of the child, or simply no place.
ABSOLUTE: frozenset[Gate] = frozenset({Gate.CONSENT, Gate.NEED, Gate.VOG, Gate.AVAILABLE, Gate.CAPACITY})
# These say something about the asking family alone, whoever the other side is.
OF_THE_FAMILY: frozenset[Gate] = frozenset({Gate.CONSENT, Gate.NEED})


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """Why a combination cannot be proposed, and what would change that."""

    gate: Gate
    why: str
    remedy: str

    @property
    def absolute(self) -> bool:
        """Whether no reason can open it."""
        return self.gate in ABSOLUTE


def closed_gates(asked: Asked, offered: Offered) -> tuple[ClosedGate, ...]:
    """Return every gate that is closed; none means that the combination may be proposed."""
    return tuple(closed for look in GATES for closed in look(asked, offered))


def _consent(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not asked.has_custody_holder:
        yield ClosedGate(
            Gate.CONSENT,
            _("Er staat geen ouder met gezag in het dossier."),
            _("Leg vast wie het gezag heeft en vraag diegene om akkoord."),
        )
    if asked.parents_to_ask:
        yield ClosedGate(
            Gate.CONSENT,
            _("Nog geen akkoord van %(names)s.") % {"names": listing(asked.parents_to_ask)},
            _("Iedere ouder met gezag moet het eens zijn met steun. Vraag het na en noteer de datum."),
        )


def _need(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not asked.waiting:
        yield ClosedGate(
            Gate.NEED,
            _("Dit gezin zoekt nu geen steungezin."),
            _("Rond eerst de intake af, of open het dossier weer."),
        )
    if not asked.age_bands:
        yield ClosedGate(
            Gate.NEED, _("Er is geen kind gekozen."), _("Kies voor welk kind of welke kinderen je zoekt.")
        )


def _vog(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if not offered.has_screened_adult:
        yield ClosedGate(
            Gate.VOG,
            _("Er staat geen volwassene met een VOG in dit steungezin."),
            _("Zet de volwassenen in het dossier en vraag een VOG aan."),
        )
    if offered.adults_without_vog:
        yield ClosedGate(
            Gate.VOG,
            _("Geen geldige VOG van %(names)s.") % {"names": listing(offered.adults_without_vog)},
            _("Vraag de VOG aan, of noteer dat je die hebt gezien."),
        )


def _available(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:  # noqa: ARG001
    if offered.availability is Availability.NOT_APPROVED:
        yield ClosedGate(
            Gate.AVAILABLE,
            _("Dit steungezin is nog niet goedgekeurd."),
            _("Rond de kennismaking, referenties en VOG af."),
        )
    elif offered.availability is Availability.PAUSED:
        until = _("Even niet, tot %(day)s.") % {"day": long_date(offered.paused_until)}
        yield ClosedGate(
            Gate.AVAILABLE,
            until if offered.paused_until else _("Dit steungezin kan even niet."),
            _("Bel of het eerder kan en zet het steungezin weer op beschikbaar."),
        )
    elif offered.availability is Availability.LEFT:
        yield ClosedGate(
            Gate.AVAILABLE, _("Dit steungezin is gestopt."), _("Vraag of het gezin weer wil meedoen.")
        )


def _capacity(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    wanted, free = len(asked.age_bands), max(0, offered.free_places)
    if free >= wanted:
        return
    if free == 0:
        why = _("Er is geen plek vrij.")
    else:
        why = ngettext("Er is plek voor %(free)d kind", "Er is plek voor %(free)d kinderen", free) % {
            "free": free
        }
        why += _(", je zoekt voor %(wanted)d.") % {"wanted": wanted}
    yield ClosedGate(
        Gate.CAPACITY, why, _("Wacht tot een voorstel of koppeling eindigt, of kies minder kinderen.")
    )


def _veto(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    ask = _("Vraag of hier een oplossing voor is.")
    for value in sorted(asked.vetoes & offered.traits):
        words = {"veto": Veto(value).label, "trait": HouseTrait(value).label}
        yield ClosedGate(
            Gate.VETO, _("Het vraaggezin: %(veto)s. Bij het steungezin: %(trait)s.") % words, ask
        )
    for value in sorted(offered.vetoes & asked.traits):
        words = {"veto": Veto(value).label, "trait": HouseTrait(value).label}
        yield ClosedGate(
            Gate.VETO, _("Het steungezin: %(veto)s. Bij het vraaggezin: %(trait)s.") % words, ask
        )


def _form(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    if asked.forms and offered.forms and not asked.forms & offered.forms:
        labels = listing(SupportForm(value).label for value in sorted(asked.forms))
        yield ClosedGate(
            Gate.FORM,
            _("Biedt niet wat het gezin zoekt: %(forms)s.") % {"forms": labels},
            _("Vraag of het steungezin dit ook wil doen."),
        )


def _day_part(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    if asked.day_parts and offered.day_parts and not asked.day_parts & offered.day_parts:
        yield ClosedGate(
            Gate.DAY_PART,
            _("Geen enkel dagdeel waarop het bij allebei past."),
            _("Vraag aan beide kanten of een ander dagdeel kan."),
        )


def _overnight(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    wanted = asked.overnight or asked.forms == {SupportForm.OVERNIGHT}
    if wanted and not (offered.overnight or SupportForm.OVERNIGHT in offered.forms):
        yield ClosedGate(
            Gate.OVERNIGHT,
            _("Logeren is nodig; dat kan bij dit steungezin niet."),
            _("Vraag of er een slaapplek te maken is."),
        )


def _distance(asked: Asked, offered: Offered) -> Iterator[ClosedGate]:
    limits = [limit for limit in (asked.max_distance_km, offered.max_distance_km) if limit is not None]
    far = distance_km(asked.place, offered.place)
    if limits and far is not None and far > min(limits):
        yield ClosedGate(
            Gate.DISTANCE,
            _("Woont verder weg dan afgesproken: hoogstens %(km)d km.") % {"km": min(limits)},
            _("Vraag of een grotere afstand toch kan."),
        )


GATES: tuple[Callable[[Asked, Offered], Iterator[ClosedGate]], ...] = (
    _consent,
    _need,
    _vog,
    _available,
    _capacity,
    _veto,
    _form,
    _day_part,
    _overnight,
    _distance,
)
