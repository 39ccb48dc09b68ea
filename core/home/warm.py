"""Keeping support families without a coupling warm: a small deed that fits the silence, and words for a mail. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from common.errors import Text

QUIET_WEEKS = 8
SOON_BACK = timedelta(days=30)


class DeedCode(StrEnum):
    """The small deeds there are."""

    NOT_FORGOTTEN = "not_forgotten"
    BACK_SOON = "back_soon"
    CARD = "card"
    INVITE = "invite"
    COFFEE = "coffee"


@dataclass(frozen=True, slots=True)
class Deed:
    """A small deed: in a few words for a list, in a sentence for a page, and the text of a mail about it."""

    code: DeedCode
    short: Text
    long: Text
    subject: Text
    mail: Text


# The words of a mail name nobody but the person it goes to, and nothing that only we know.
DEEDS: dict[DeedCode, Deed] = {
    deed.code: deed
    for deed in (
        Deed(
            DeedCode.NOT_FORGOTTEN,
            _("bellen: we zijn jullie niet vergeten"),
            _(
                "Dit gezin is nog nooit voor iemand gevraagd. Bel even: vertel hoe het zoeken gaat en vraag of hun"
                " mogelijkheden nog kloppen."
            ),
            _("We zijn u niet vergeten"),
            _(
                "Beste %(name)s,\n\nU heeft zich aangemeld als steungezin. Wij hebben nog geen gezin gevonden dat bij u"
                " past, maar we zijn u niet vergeten. Kloppen uw dagen en mogelijkheden nog? Laat het gerust weten,"
                " of bel mij als u vragen heeft.\n\nHartelijke groet,\n%(me)s"
            ),
        ),
        Deed(
            DeedCode.BACK_SOON,
            _("vragen of ze er straks weer bij zijn"),
            _("De rustperiode loopt bijna af. Vraag hoe het gaat en of ze er daarna weer bij willen zijn."),
            _("Hoe gaat het met u?"),
            _(
                "Beste %(name)s,\n\nU deed het even rustig aan als steungezin. Die tijd is bijna voorbij. Hoe gaat het"
                " met u? En wilt u er daarna weer bij zijn? Meer tijd nemen mag ook.\n\nHartelijke groet,\n%(me)s"
            ),
        ),
        Deed(
            DeedCode.CARD,
            _("kaartje of berichtje sturen"),
            _("Stuur een kaartje of een kort berichtje: fijn dat jullie klaarstaan."),
            _("Fijn dat u klaarstaat"),
            _(
                "Beste %(name)s,\n\nEven een groet. Fijn dat u klaarstaat als steungezin. Zodra er een gezin is dat bij"
                " u past, bel ik u.\n\nHartelijke groet,\n%(me)s"
            ),
        ),
        Deed(
            DeedCode.INVITE,
            _("uitnodigen voor een kop koffie met andere steungezinnen"),
            _("Nodig het gezin uit voor een bijeenkomst of een kop koffie met andere steungezinnen."),
            _("Komt u langs voor een kop koffie?"),
            _(
                "Beste %(name)s,\n\nWij zien graag alle steungezinnen weer eens bij elkaar, ook wie nog op een gezin"
                " wacht. Komt u een kop koffie drinken? Ik hoor graag welke dag u schikt.\n\nHartelijke groet,\n%(me)s"
            ),
        ),
        Deed(
            DeedCode.COFFEE,
            _("langsgaan: hoe staan ze erin?"),
            _(
                "Al meer dan een half jaar stil. Ga langs of bel: hoe gaat het, willen ze nog, en klopt wat er in het"
                " dossier staat?"
            ),
            _("Zullen we bijpraten?"),
            _(
                "Beste %(name)s,\n\nWij hebben elkaar al een tijd niet gesproken. Ik ben benieuwd hoe het met u gaat en"
                " of u nog steungezin wilt zijn. Mag ik binnenkort langskomen of bellen?\n\nHartelijke groet,\n%(me)s"
            ),
        ),
    )
}
CARD_UNTIL_WEEKS, INVITE_UNTIL_WEEKS = 12, 26


def deed_for(*, weeks: int, never_proposed: bool, paused_until: date | None, today: date) -> Deed:
    """Return the small deed that fits."""
    if paused_until is not None and paused_until <= today + SOON_BACK:
        return DEEDS[DeedCode.BACK_SOON]
    if weeks >= INVITE_UNTIL_WEEKS:
        return DEEDS[DeedCode.COFFEE]
    if never_proposed:
        return DEEDS[DeedCode.NOT_FORGOTTEN]
    return DEEDS[DeedCode.CARD if weeks < CARD_UNTIL_WEEKS else DeedCode.INVITE]
