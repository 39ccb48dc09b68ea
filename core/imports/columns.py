"""What a column of a spreadsheet may be for us, and by which names coordinators know it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.errors import Text

_NO_WORD = re.compile(r"[^a-z0-9]+")


class Kind(TextChoices):
    """Which families a file holds."""

    ASKING = "asking", _("vraaggezinnen")
    OFFERING = "offering", _("steungezinnen")


@dataclass(frozen=True, slots=True)
class Column:
    """One thing we can take over. A column that ``repeats`` may stand in the file more than once."""

    name: str
    label: Text
    known_as: tuple[str, ...]
    repeats: bool = False


_PERSON = (
    Column(
        "full_name",
        _("Naam, in één vak"),
        ("naam", "volledige naam", "naam ouder", "contactpersoon", "gezin"),
    ),
    Column(
        "first_name",
        _("Voornaam"),
        ("voornaam", "roepnaam", "voornaam ouder", "voornaam moeder", "voornaam 1"),
    ),
    Column(
        "name_prefix", _("Tussenvoegsel"), ("tussenvoegsel", "tussenv", "tussenvoegsels", "voorvoegsel", "tv")
    ),
    Column("last_name", _("Achternaam"), ("achternaam", "familienaam", "gezinsnaam", "achternaam ouder")),
    Column(
        "phone",
        _("Telefoonnummer"),
        ("telefoon", "telefoonnummer", "tel", "mobiel", "gsm", "06 nummer", "telnr", "telefoon 1"),
    ),
    Column("email", _("E-mailadres"), ("email", "e mail", "e mailadres", "emailadres", "mail", "mailadres")),
)
_ADDRESS = (
    Column("street", _("Straat en huisnummer"), ("straat", "adres", "straat en huisnummer", "straatnaam")),
    Column("house_number", _("Huisnummer"), ("huisnummer", "nummer", "huisnr", "nr")),
    Column("postcode", _("Postcode"), ("postcode", "pc", "post code", "postkode")),
    Column("place", _("Woonplaats"), ("woonplaats", "plaats", "stad", "dorp", "woonplaats gezin")),
    Column(
        "registered_on",
        _("Aangemeld op"),
        ("aangemeld op", "datum aanmelding", "aanmelddatum", "aangemeld", "datum", "aanmelding"),
    ),
    Column(
        "remarks",
        _("Toelichting"),
        ("toelichting", "opmerkingen", "opmerking", "bijzonderheden", "hulpvraag", "vraag", "notitie"),
    ),
)
_SECOND = (
    Column(
        "second_first_name",
        _("Voornaam tweede volwassene"),
        ("voornaam partner", "voornaam vader", "voornaam 2"),
    ),
    Column(
        "second_last_name",
        _("Achternaam tweede volwassene"),
        ("achternaam partner", "achternaam vader", "achternaam 2"),
    ),
    Column(
        "second_phone", _("Telefoon tweede volwassene"), ("telefoon partner", "telefoon vader", "telefoon 2")
    ),
)
COLUMNS: Mapping[str, Sequence[Column]] = {
    Kind.ASKING: (
        *_PERSON,
        *_ADDRESS,
        *_SECOND,
        Column(
            "children",
            _("Kinderen met geboortemaand, in één vak"),
            ("kinderen", "kind", "kind eren", "namen kinderen", "kinderen geboren"),
        ),
        Column("child_name", _("Voornaam kind"), ("voornaam kind", "naam kind"), repeats=True),
        Column(
            "child_born",
            _("Geboortemaand of uitgerekende datum kind"),
            ("geboortedatum kind", "geboren kind", "geboortemaand kind", "geb datum kind", "geboortedatum"),
            repeats=True,
        ),
        Column("household", _("Gezinsvorm"), ("gezinsvorm", "gezinssituatie", "gezinssamenstelling")),
        Column(
            "referral_source", _("Verwijzer (soort)"), ("verwijzer", "verwezen door", "via", "aangemeld door")
        ),
        Column("secret_address", _("Geheim adres (ja of nee)"), ("geheim adres", "geheim")),
        Column(
            "safe_contact",
            _("Wanneer en hoe veilig bellen"),
            ("bereikbaar", "wanneer bellen", "veilig bellen"),
        ),
        Column("interpreter_language", _("Tolk nodig voor"), ("tolk", "tolk nodig voor", "taal")),
    ),
    Kind.OFFERING: (
        *_PERSON,
        *_ADDRESS,
        *_SECOND,
        Column("channel", _("Hoe gehoord"), ("hoe gehoord", "kanaal", "geworven via", "via")),
        Column("motivation", _("Motivatie"), ("motivatie", "waarom", "reden")),
    ),
}


def plain_header(header: str) -> str:
    """Return the name of a column without what differs from file to file: capitals, accents, signs, counters."""
    letters = unicodedata.normalize("NFKD", header.casefold()).encode("ascii", "ignore").decode()
    return _NO_WORD.sub(" ", letters).strip()


def guess(kind: str, header: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """Return for each column what it probably is ("" for nothing): as last time, or by a name that we know."""
    by_name = {name.replace(" ", ""): column.name for column in COLUMNS[kind] for name in column.known_as}
    repeating = {column.name for column in COLUMNS[kind] if column.repeats}
    taken: set[str] = set()
    found = []
    for name in map(plain_header, header):
        word = name.replace(" ", "")
        target = remembered.get(name) or by_name.get(word) or by_name.get(word.rstrip("0123456789"), "")
        if target in taken and target not in repeating:
            target = ""
        taken.add(target)
        found.append(target)
    return found
