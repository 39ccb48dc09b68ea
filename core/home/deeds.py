"""The small deeds there are to keep a support family warm: data alone. `core.home.warm` chooses among them.

The words of the mail are a national text, which the foundation keeps (``kind``). The order is that of preference: the
first one that fits and was not done yet is suggested. A deed without conditions always fits, after those that do.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from common.errors import Text
from tenants.standards.models import StandardKind


class DeedCode(StrEnum):
    """The small deeds there are."""

    NOT_FORGOTTEN = "not_forgotten"
    BACK_SOON = "back_soon"
    CARD = "card"
    INVITE = "invite"
    COFFEE = "coffee"
    NEWS = "news"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A small deed: in a few words for a list, in a sentence for a page, the mail about it, and when it fits best."""

    code: DeedCode
    short: Text
    long: Text
    kind: StandardKind
    from_weeks: int = 0
    until_weeks: int = 10_000
    never_proposed: bool = False
    back_soon: bool = False
    # Fits nobody else: a family that does not pause cannot be asked when it is back.
    only: bool = False


DEEDS: Final[tuple[Deed, ...]] = (
    Deed(
        code=DeedCode.BACK_SOON,
        short=_("vragen of ze er straks weer bij zijn"),
        long=_("De rustperiode loopt bijna af. Vraag hoe het gaat en of ze er daarna weer bij willen zijn."),
        kind=StandardKind.WARM_BACK_SOON,
        back_soon=True,
        only=True,
    ),
    Deed(
        code=DeedCode.COFFEE,
        short=_("langsgaan: hoe staan ze erin?"),
        long=_(
            "Al meer dan een half jaar stil. Ga langs of bel: hoe gaat het, willen ze nog, en klopt wat er in het"
            " dossier staat?"
        ),
        kind=StandardKind.WARM_VISIT,
        from_weeks=26,
        only=True,
    ),
    Deed(
        code=DeedCode.NOT_FORGOTTEN,
        short=_("bellen: we zijn jullie niet vergeten"),
        long=_(
            "Dit gezin is nog nooit voor iemand gevraagd. Bel even: vertel hoe het zoeken gaat en vraag of hun"
            " mogelijkheden nog kloppen."
        ),
        kind=StandardKind.WARM_NOT_FORGOTTEN,
        never_proposed=True,
        only=True,
    ),
    Deed(
        code=DeedCode.CARD,
        short=_("kaartje of berichtje sturen"),
        long=_("Stuur een kaartje of een kort berichtje: fijn dat jullie klaarstaan."),
        kind=StandardKind.WARM_CARD,
        until_weeks=12,
    ),
    Deed(
        code=DeedCode.INVITE,
        short=_("uitnodigen voor een kop koffie met andere steungezinnen"),
        long=_("Nodig het gezin uit voor een bijeenkomst of een kop koffie met andere steungezinnen."),
        kind=StandardKind.WARM_INVITE,
        from_weeks=12,
    ),
    Deed(
        code=DeedCode.NEWS,
        short=_("vertellen hoe het hier gaat"),
        long=_("Bel of schrijf hoe het hier gaat en hoe het zoeken loopt. Noem geen ander gezin."),
        kind=StandardKind.WARM_NEWS,
        from_weeks=12,
    ),
    Deed(
        code=DeedCode.ADVICE,
        short=_("om raad vragen: wie kennen zij, wat kan er beter?"),
        long=_("Vraag om raad: kennen zij nog iemand die wil klaarstaan, en wat kan er volgens hen beter?"),
        kind=StandardKind.WARM_ADVICE,
        from_weeks=12,
    ),
)
BY_CODE: Final[dict[str, Deed]] = {deed.code: deed for deed in DEEDS}
BY_KIND: Final[dict[str, Deed]] = {deed.kind.value: deed for deed in DEEDS}
