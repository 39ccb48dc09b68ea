"""Letters and mails as national texts: which words may be filled in per kind, and version 1 of each text.

A mail may be read by others in the house: a text names nobody but the one it goes to, and no child.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from common.errors import Text
from tenants.standards.models import StandardKind

K = StandardKind
# Every word that can be filled in, with what it stands for and an example for the preview.
LETTER_BLANKS: Final[Mapping[str, tuple[Text, Text]]] = {
    "voornaam": (_("voornaam van wie de brief krijgt"), "Samira"),
    "naam": (_("voornaam en achternaam van wie de brief krijgt"), "Samira de Vries"),
    "coordinator": (_("naam van de coördinator die schrijft"), "Els Bakker"),
    "gemeente": (_("naam van de gemeente"), _("Purmerend")),
    "vandaag": (_("de dag waarop de brief geschreven wordt"), _("12 maart 2026")),
    "huisbezoek": (_("dag van het huisbezoek"), _("19 maart 2026")),
    "wacht_sinds": (_("sinds wanneer het gezin wacht"), _("5 januari 2026")),
    "rust_tot": (_("tot wanneer het steungezin het rustig aan doet"), _("1 april 2026")),
    "kennismaking": (_("dag van de kennismaking"), _("23 maart 2026")),
    "proef_vanaf": (_("eerste dag van de proefperiode"), _("1 april 2026")),
    "proef_tot_en_met": (_("laatste dag van de proefperiode"), _("27 mei 2026")),
    "einde": (_("dag waarop de koppeling eindigde"), _("1 maart 2026")),
}
_EVERYWHERE: Final = ("voornaam", "naam", "coordinator", "gemeente", "vandaag")
# What each kind of letter may have besides: what is not listed is refused when the text is kept.
_BESIDES: Final[Mapping[StandardKind, tuple[str, ...]]] = {
    K.LETTER: (),
    K.LETTER_VISIT: ("huisbezoek",),
    K.LETTER_WAITING: ("wacht_sinds",),
    K.LETTER_MEETING: ("kennismaking",),
    K.LETTER_TRIAL: ("proef_vanaf", "proef_tot_en_met"),
    K.LETTER_FAREWELL: ("einde",),
    K.WARM_NOT_FORGOTTEN: (),
    K.WARM_BACK_SOON: ("rust_tot",),
    K.WARM_CARD: (),
    K.WARM_INVITE: (),
    K.WARM_VISIT: (),
    K.WARM_NEWS: (),
    K.WARM_ADVICE: (),
}
BLANKS_OF_LETTER: Final[Mapping[str, tuple[str, ...]]] = {
    kind.value: (*_EVERYWHERE, *besides) for kind, besides in _BESIDES.items()
}
_END: Final = "\nHartelijke groet,\n{coordinator}\n"
LETTER_TEXTS: Final[Mapping[str, str]] = {
    kind.value: f"Beste {{voornaam}},\n\n{text}{_END}"
    for kind, text in {
        K.LETTER: "\n",
        K.LETTER_VISIT: """Wij hebben een afspraak gemaakt. Ik kom bij u langs op {huisbezoek}.

Kunt u dan toch niet? Laat het mij weten, dan zoeken wij een andere dag.
""",
        K.LETTER_WAITING: """Wij zijn nog op zoek naar een gezin dat bij u past. \
Dat duurt langer dan wij willen. Wij zijn u niet vergeten.

Is er bij u thuis iets veranderd? Laat het mij weten. Ook als u zich anders bedacht hebt.
""",
        K.LETTER_MEETING: """Op {kennismaking} leren u en het andere gezin elkaar kennen. Ik ben daar ook bij.

U hoeft die dag nog niets te beslissen. Ik bel u daarna om te vragen wat u ervan vond.
""",
        K.LETTER_TRIAL: """Op {proef_vanaf} begint de proefperiode. Die duurt tot en met {proef_tot_en_met}.

- U probeert samen of het klikt.
- Aan het eind praat ik met ieder gezin apart.
- Stoppen mag altijd. Bel mij dan eerst.
""",
        K.LETTER_FAREWELL: """Op {einde} zijn wij samen gestopt. Dank u wel voor de afgelopen tijd.

Wilt u nog iets vertellen of vragen? Dat kan altijd. Ik hoor ook graag hoe het later met u gaat.
""",
        K.WARM_NOT_FORGOTTEN: """U wilt klaarstaan voor een ander gezin. \
Wij hebben nog geen gezin gevonden dat bij u past, maar wij zijn u niet vergeten.

Kloppen uw dagen en mogelijkheden nog? Laat het gerust weten, of bel mij als u vragen hebt.
""",
        K.WARM_BACK_SOON: """U deed het even rustig aan, tot {rust_tot}. Die tijd is bijna voorbij. \
Hoe gaat het met u?

Wilt u er daarna weer bij zijn? Meer tijd nemen mag ook.
""",
        K.WARM_CARD: """Even een groet. Fijn dat u klaarstaat. Zodra er een gezin is dat bij u past, bel ik u.
""",
        K.WARM_INVITE: """Wij zien graag alle gezinnen weer eens bij elkaar, ook wie nog wacht. \
Komt u een kop koffie drinken?

Ik hoor graag welke dag u schikt.
""",
        K.WARM_VISIT: """Wij hebben elkaar al een tijd niet gesproken. \
Ik ben benieuwd hoe het met u gaat, en of u nog mee wilt doen.

Mag ik binnenkort langskomen of bellen?
""",
        K.WARM_NEWS: """Graag vertel ik u hoe het hier gaat. \
In {gemeente} helpen gezinnen elkaar, en er komen nog steeds nieuwe gezinnen bij.

Een gezin dat bij u past hebben wij nog niet. Wij blijven zoeken.
""",
        K.WARM_ADVICE: """U weet hoe het is om hiervoor te kiezen. \
Kent u in uw buurt nog iemand die ook wil klaarstaan?

Ik hoor ook graag wat wij beter kunnen doen. Bel of mail mij gerust.
""",
    }.items()
}
