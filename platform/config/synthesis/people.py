"""Invented people: names, addresses, telephone numbers and mail addresses that belong to nobody.

Telephone numbers start with 06-00000, which is not given out; mail addresses are at a reserved domain (RFC 2606);
streets and postcode areas do not exist.
"""

from dataclasses import dataclass
from unicodedata import normalize

from config.synthesis.randomness import Stream

MAIL_DOMAIN = "example.org"
PHONE_PREFIX = "+3160000"


def _list(text: str) -> list[str]:
    return text.split()


DUTCH_WOMEN = _list(
    """
    Anna Sanne Lotte Femke Marieke Esther Ingrid Linda Petra Karin Nienke Iris Eva Roos Anouk Wendy
    Monique Saskia Hanneke Judith Mirjam Naomi Ilse Maaike Jolanda Ellen Marjolein Carla Tessa Kim
    """
)
DUTCH_MEN = _list(
    """
    Jan Peter Mark Jeroen Bas Sander Tim Thomas Daan Ruben Erik Hans Martijn Wouter Niels Bart Rob Frank
    Kees Johan Marco Dennis Stefan Maarten Jasper Gijs Koen Arjan Harm Teun
    """
)
DUTCH_CHILDREN = _list(
    """
    Emma Julia Mila Tess Sophie Zoë Sara Nora Yara Saar Nina Liv Evi Fenna Isa Lieke Noor Bo Jasmijn
    Fleur Noah Sem Lucas Levi Finn Daan Luuk Mees James Milan Bram Liam Siem Thijs Adam Max Jesse Hugo
    Stijn Boaz
    """
)
DUTCH_LAST = _list(
    """
    |Jansen |Bakker |Visser |Smit |Meijer |Mulder |Bos |Vos |Peters |Hendriks |Dekker |Brouwer |Kok
    |Jacobs |Schouten |Willems |Kuiper |Postma |Hoekstra |Prins |Huisman |Peeters |Kuijpers |Blom
    |Schipper |Koster |Mol |Timmer |Zwart de|Jong de|Vries de|Boer de|Groot de|Wit de|Bruin de|Haan
    van|Dijk van|Leeuwen van|Vliet van|Dam van|Beek van_den|Berg van_der|Meer van_der|Linden
    van_den|Broek van_der|Heijden van_de|Ven ter|Horst
    """
)
# Background: women's names, men's names, children's names, last names, language of the home.
BACKGROUNDS: dict[str, tuple[str, str, str, str]] = {
    "Arabisch": (
        "Fatima Samira Khadija Naima Rania Hanan Amal Leila Nour Salma",
        "Mohamed Youssef Rachid Karim Omar Said Hassan Bilal Tarik Anwar",
        "Yasmina Amira Lina Aya Malak Younes Ilyas Adam Rayan Imran",
        "|El_Amrani |Benali |Haddad |Bouzid |Chaoui |Darwish |Khalil |Al_Masri |Ouali |Azzouzi",
    ),
    "Turks": (
        "Ayşe Zeynep Elif Emine Fadime Sevda Gül Derya",
        "Mehmet Mustafa Ali Emre Hakan Murat Yusuf Serkan",
        "Defne Ela Melek Esra Kerem Efe Deniz Can",
        "|Yılmaz |Kaya |Demir |Çelik |Şahin |Arslan |Doğan |Aydın",
    ),
    "Pools": (
        "Katarzyna Agnieszka Magdalena Joanna Monika Ewa",
        "Piotr Tomasz Krzysztof Marcin Paweł Adam",
        "Zofia Lena Maja Hanna Jakub Filip Szymon Antoni",
        "|Nowak |Kowalski |Wiśniewski |Wójcik |Kamiński |Lewandowski",
    ),
    "Tigrinya": (
        "Selam Rahel Helen Senait Feven Luwam",
        "Yonas Filmon Tesfay Samuel Kidane Berhane",
        "Eden Saba Natnael Abel Heran Milena Amanuel Bethel",
        "|Tesfamariam |Haile |Ghebremedhin |Kidane |Mehari |Weldu",
    ),
    "Oekraïens": (
        "Oksana Iryna Olena Natalia Svitlana Yulia",
        "Andrij Oleksandr Serhij Dmytro Ivan Mykola",
        "Sofia Daryna Polina Solomia Artem Maksym Bohdan Matvij",
        "|Shevchenko |Kovalenko |Bondarenko |Melnyk |Tkachenko |Savchenko",
    ),
    "Engels": (
        "Grace Blessing Joyce Patience Faith Sharon",
        "Emmanuel Samuel Daniel Kwame Michael Joseph",
        "Ama Precious Esi Abigail Kofi Ethan Gabriel Isaac",
        "|Mensah |Owusu |Okafor |Boateng |Adeyemi |Asante",
    ),
}
MIGRANT_ASKING, MIGRANT_SUPPORT = 0.24, 0.09
STREET_BEGINS = _list(
    """
    Reiger Wulp Kievit Egel Bever Zwaluw Meerkoet Libel Vlinder Kikker Specht Merel Hazel Sleedoorn
    Meidoorn Kamille Klaproos Zonnedauw Wederik Kattenstaart Lisdodde Duizendblad Boterbloem Vlier
    Berenklauw
    """
)
STREET_ENDS = _list(
    """
    pad hof laan dreef steeg weide kade oord gaarde erf
    """
)


@dataclass(frozen=True, slots=True)
class Name:
    """A first name, a prefix and a last name."""

    first: str
    prefix: str
    last: str

    @property
    def initials(self) -> str:
        """Return the name as colleagues write it: "J. de Vries"."""
        return " ".join(part for part in (f"{self.first[0]}.", self.prefix, self.last) if part)

    @property
    def full(self) -> str:
        """Return the whole name."""
        return " ".join(part for part in (self.first, self.prefix, self.last) if part)


def draw_background(chance: Stream, share: float) -> str:
    """Return the language of the home: empty for Dutch."""
    return chance.choice(list(BACKGROUNDS)) if chance.chance(share) else ""


def draw_last(chance: Stream, background: str) -> tuple[str, str]:
    """Return a prefix and a last name."""
    names = BACKGROUNDS[background][3].split() if background else DUTCH_LAST
    prefix, _, last = chance.choice(names).partition("|")
    return prefix.replace("_", " "), last.replace("_", " ")


def draw_first(chance: Stream, background: str, *, woman: bool) -> str:
    """Return a first name of an adult."""
    if background:
        return chance.choice(BACKGROUNDS[background][0 if woman else 1].split())
    return chance.choice(DUTCH_WOMEN if woman else DUTCH_MEN)


def draw_child(chance: Stream, background: str, taken: list[str]) -> str:
    """Return a first name of a child that no sibling has."""
    names = BACKGROUNDS[background][2].split() if background else DUTCH_CHILDREN
    return chance.choice([name for name in names if name not in taken] or names)


def draw_name(chance: Stream, *, woman: bool | None = None) -> Name:
    """Return a Dutch name: of a referrer, a reference or a member of staff."""
    prefix, last = draw_last(chance, "")
    return Name(draw_first(chance, "", woman=chance.chance(0.5) if woman is None else woman), prefix, last)


def draw_phone(chance: Stream) -> str:
    """Return a number that nobody has: 06-00000 and three digits."""
    return f"{PHONE_PREFIX}0{chance.randrange(1000):03d}"


def mail_of(name: Name, mark: str) -> str:
    """Return an address at the reserved domain, told apart by ``mark`` if there is one."""
    plain = normalize("NFKD", f"{name.first}.{name.prefix}{name.last}").encode("ascii", "ignore").decode()
    local = ".".join(part for part in (plain.replace(" ", "").lower(), mark) if part)
    return f"{local}@{MAIL_DOMAIN}"


def draw_street(chance: Stream) -> str:
    """Return a street and house number that do not exist."""
    return f"{chance.choice(STREET_BEGINS)}{chance.choice(STREET_ENDS)} {chance.randint(1, 180)}"


def draw_postcode(chance: Stream, code: str) -> str:
    """Return a postcode in a made-up area."""
    letters = "ABCDEGHJKLMNPRTVWXZ"
    return f"{code} {chance.choice(letters)}{chance.choice(letters)}"
