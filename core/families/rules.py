"""What must hold for dates and people of families. Pure functions; the services call them before they write."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from common.errors import InvalidInput, Text

ADULT_AGE = 18
LONGEST_PREGNANCY = timedelta(days=300)
# A family may register shortly after the birth while the due date is all that was filled in.
BIRTH_OVERDUE = timedelta(days=42)
CALL_ASKING_WITHIN = 2
CALL_OFFERING_WITHIN = 5
SATURDAY = 5
IN_THE_FUTURE = _("Deze datum ligt in de toekomst.")


class Problems:
    """Collects what is wrong with an input, a message per field, and refuses it in one go."""

    def __init__(self) -> None:
        """Start without problems."""
        self.fields: dict[str, Text] = {}

    def add(self, field: str, message: Text) -> None:
        """Note a problem; the first one of a field counts."""
        self.fields.setdefault(field, message)

    def check(self, holds: bool, field: str, message: Text) -> None:  # noqa: FBT001  (reads as "check that …")
        """Note a problem unless the rule holds."""
        if not holds:
            self.add(field, message)

    def not_later(self, field: str, day: date | None, limit: date, message: Text = IN_THE_FUTURE) -> None:
        """Note a problem when the day comes after the limit."""
        if day is not None and day > limit:
            self.add(field, message)

    def not_before(self, field: str, day: date | None, limit: date | None, message: Text) -> None:
        """Note a problem when the day comes before the limit."""
        if day is not None and limit is not None and day < limit:
            self.add(field, message)

    def refuse(self) -> None:
        """Raise `InvalidInput` if there was any problem."""
        if self.fields:
            raise InvalidInput(fields=self.fields)


def check_child(
    problems: Problems,
    *,
    prefix: str,
    birth_year: int | None,
    birth_month: int | None,
    due_on: date | None,
    on: date,
) -> None:
    """Note what cannot be right about when a child was or will be born, seen from the day ``on``."""
    born = birth_year is not None and birth_month is not None
    if born and due_on is not None:
        problems.add(f"{prefix}due_on", _("Vul de geboortemaand in of de uitgerekende datum, niet allebei."))
    elif not born and due_on is None:
        problems.add(f"{prefix}born_in", _("Vul de geboortemaand in, of de uitgerekende datum."))
    elif birth_year is not None and birth_month is not None:
        first = date(birth_year, birth_month, 1)
        age = on.year - birth_year - (on.month < birth_month)
        if first > on:
            problems.add(
                f"{prefix}born_in",
                _(
                    "Deze maand ligt in de toekomst. Is het kind nog niet geboren? Vul dan de uitgerekende datum in."
                ),
            )
        elif age >= ADULT_AGE:
            problems.add(
                f"{prefix}born_in",
                _("Dit kind is 18 jaar of ouder. Wij zoeken steun voor kinderen tot 18 jaar."),
            )
    elif due_on is not None and due_on < on - BIRTH_OVERDUE:
        problems.add(
            f"{prefix}due_on",
            _("Deze datum is al lang geleden. Is het kind geboren? Vul dan de geboortemaand in."),
        )
    elif due_on is not None and due_on > on + LONGEST_PREGNANCY:
        problems.add(f"{prefix}due_on", _("Deze datum ligt te ver in de toekomst."))


def call_by(registered_on: date, working_days: int) -> date:
    """Return the day by which somebody who registered must have been called."""
    day, left = registered_on, working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day


def full_name(first_name: str, name_prefix: str, last_name: str) -> str:
    """Return a name as people write it, without double blanks."""
    return " ".join(part for part in (first_name, name_prefix, last_name) if part)


def family_name(name_prefix: str, last_name: str) -> str:
    """Return the family's name from that of its contact: "de Vries"."""
    return full_name("", name_prefix, last_name)
