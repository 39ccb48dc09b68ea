"""The publication plan: the only tables that exist for readers, and the rules that guard them. Versioned, reviewed.

A table that is not listed here cannot be asked for anywhere: no free slicing. Municipal tables are per year or
longer, for months and quarters of a municipality would show nothing and cost other tables.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from reporting.dictionary.measures import (
    AVERAGED,
    CHILDREN_REACHED,
    COUNTED,
    COUPLINGS_ENDED,
    COUPLINGS_RUNNING,
    COUPLINGS_STARTED,
    COUPLINGS_TOTAL,
    DERIVED,
    FAMILIES_REACHED,
    GOAL,
    MEASURES,
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    WAITING,
    Attribute,
)
from reporting.dictionary.periods import PeriodKind
from reporting.disclosure.models import Audience

NL: Final = "NL"


class Level(StrEnum):
    """How large an area one row of a table covers."""

    COUNTRY = "country"
    MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True)
class Table:
    """One published table. `threshold` is the least number of families behind a shown cell; 0 shows every cell."""

    measure: str
    level: Level
    period: PeriodKind
    audience: Audience
    attribute: str = ""
    threshold: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Stock and flow: what there is now is what there was, plus what came, minus what went (if anything goes)."""

    stock: str
    came: str
    went: str | None


# The parameters of the rules, with the least and the greatest value that they may have.
RANGES: Final = {
    "t_total": (3, 10),
    "t_attr": (5, 20),
    "t_sensitive": (5, 20),
    "t_country_attr": (0, 10),
    "group_k": (0, 3),
    "width": (1, 10),
    "insiders": (0, 1),
}


class BadPlan(ValueError):
    """A plan that would protect less than the rules allow."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Tables, relations between measures and the parameters of the rules.

    `t_...` are numbers of families; a table may ask for more and never for less. `width` is the least distance, in
    units of the figure, between two values that a reader must hold possible; `insiders` how many municipalities may
    put their own figures together; `group_k` how many families may differ from a group that is as good as uniform.
    `jitter_key` decides between companions that cost the same, so that the choice tells nothing about the figures.
    """

    version: str
    tables: tuple[Table, ...]
    balances: tuple[Balance, ...]
    averages: tuple[Table, ...] = ()
    t_total: int = 5
    t_attr: int = 5
    t_sensitive: int = 10
    t_country_attr: int = 3
    group_k: int = 1
    width: int = 3
    insiders: int = 1
    jitter_key: str = "naober"
    mean_from: int = 10

    def __post_init__(self) -> None:
        """Refuse parameters out of range, and tables that ask for less than the parameters."""
        for name, (least, greatest) in RANGES.items():
            if not least <= getattr(self, name) <= greatest:
                message = f"{name} must be from {least} to {greatest}"
                raise BadPlan(message)
        for table in self.tables:
            if table.audience is not Audience.OWN and table.threshold < self.floor(table):
                message = f"{table} must ask for {self.floor(table)} families"
                raise BadPlan(message)

    @property
    def config_hash(self) -> str:
        """Fingerprint of everything that decides what is hidden."""
        return sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()

    def floor(self, table: Table) -> int:
        """Return the least threshold of a table that others than the municipality itself see."""
        if not table.attribute:
            return 0 if table.level is Level.COUNTRY else self.t_total
        if attribute_of(table).sensitive:
            return self.t_sensitive
        return self.t_country_attr if table.level is Level.COUNTRY else self.t_attr


def attribute_of(table: Table) -> Attribute:
    """Return the attribute of a table that has one."""
    return next(a for a in MEASURES[table.measure].attributes if a.name == table.attribute)


T_TOTAL: Final = 5
T_SENSITIVE: Final = 10
T_COUNTRY_ATTRIBUTE: Final = 3

# What the foundation sees per municipality. Endings are left out: with them and the stock, few numbers stay hidden.
_PER_MUNICIPALITY = (
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    WAITING,
    COUPLINGS_STARTED,
    COUPLINGS_RUNNING,
    FAMILIES_REACHED,
    CHILDREN_REACHED,
)

PLAN: Final = Plan(
    version="2026.3",
    tables=(
        *(Table(m.name, Level.COUNTRY, kind, Audience.ALL) for m in COUNTED for kind in PeriodKind),
        *(
            Table(
                m.name,
                Level.COUNTRY,
                PeriodKind.YEAR,
                Audience.ALL,
                attribute.name,
                T_SENSITIVE if attribute.sensitive else T_COUNTRY_ATTRIBUTE,
            )
            for m in COUNTED
            for attribute in m.attributes
        ),
        *(
            Table(m.name, Level.MUNICIPALITY, PeriodKind.YEAR, Audience.FOUNDATION, threshold=T_TOTAL)
            for m in _PER_MUNICIPALITY
        ),
        # The figures on which a municipality's contract is settled: its own totals, exact, for itself alone.
        *(
            Table(m.name, Level.MUNICIPALITY, kind, Audience.OWN)
            for m in COUNTED
            for kind in (PeriodKind.QUARTER, PeriodKind.YEAR)
        ),
        *(
            Table(m.name, level, kind, audience)
            for m in DERIVED
            for level, audience in ((Level.COUNTRY, Audience.ALL), (Level.MUNICIPALITY, Audience.OWN))
            for kind in (PeriodKind.QUARTER, PeriodKind.YEAR)
        ),
    ),
    balances=(
        Balance(COUPLINGS_RUNNING.name, came=COUPLINGS_STARTED.name, went=COUPLINGS_ENDED.name),
        Balance(COUPLINGS_TOTAL.name, came=COUPLINGS_STARTED.name, went=None),
    ),
    averages=(
        *(
            Table(m.name, level, kind, audience)
            for m in AVERAGED
            for level, audience in ((Level.COUNTRY, Audience.ALL), (Level.MUNICIPALITY, Audience.OWN))
            for kind in (PeriodKind.QUARTER, PeriodKind.YEAR)
        ),
        *(
            Table(m.name, Level.COUNTRY, PeriodKind.YEAR, Audience.ALL, GOAL.name)
            for m in AVERAGED
            if GOAL in m.attributes
        ),
    ),
)
