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
    REGISTRATIONS_ASKING,
    REGISTRATIONS_SUPPORT,
    WAITING,
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


@dataclass(frozen=True, slots=True)
class Plan:
    """Tables, relations between measures and the parameters of the rules."""

    version: str
    tables: tuple[Table, ...]
    balances: tuple[Balance, ...]
    averages: tuple[Table, ...] = ()
    slack: int = 3
    mean_from: int = 10

    @property
    def config_hash(self) -> str:
        """Fingerprint of everything that decides what is hidden."""
        return sha256(json.dumps(asdict(self), sort_keys=True, default=str).encode()).hexdigest()


T_TOTAL: Final = 5
T_ATTRIBUTE: Final = 5
T_SENSITIVE: Final = 10

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
                T_SENSITIVE if attribute.sensitive else T_ATTRIBUTE,
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
