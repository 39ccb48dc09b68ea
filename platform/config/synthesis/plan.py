"""What the planner decides: families, proposals and couplings with their days. No names, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from config.synthesis.municipalities import Profile


class Act(IntEnum):
    """What somebody does on a day. The numbers give the order of things that fall on the same day."""

    FAMILY_REGISTERED = 1
    SUPPORT_REGISTERED = 2
    FAMILY_CONTACTED = 3
    SUPPORT_CONTACTED = 4
    INTAKE_PLANNED = 5
    VISIT_PLANNED = 6
    OFFER_RECORDED = 7
    VOG_REQUESTED = 8
    VOG_RECEIVED = 9
    VOG_SEEN = 10
    VOG_NOT_PRESENTED = 11
    VOG_EXPIRED = 12
    INTAKE_COMPLETED = 13
    SUPPORT_APPROVED = 14
    SUPPORT_RESUMED = 15
    PROPOSED = 16
    SUPPORT_ASKED = 17
    PARENTS_ASKED = 18
    ACCEPTED = 19
    DECLINED_BY_SUPPORT = 20
    DECLINED_BY_PARENTS = 21
    INTRODUCED = 22
    TRIAL_STARTED = 23
    EVALUATED = 24
    CONTACTED = 25
    NOT_CONTINUED = 26
    COUPLED = 27
    ENDED = 28
    CLOSING_TALK = 29
    AFTERCARE = 30
    SUPPORT_PAUSED = 31
    FAMILY_CLOSED = 32
    SUPPORT_LEFT = 33


@dataclass(slots=True)
class Wanted:
    """What one side asks or offers: closed lists only."""

    forms: list[str]
    frequency: str
    day_parts: list[str]
    vetoes: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Asking:
    """An asking family."""

    area: Profile
    number: int
    district: int
    registered_on: date
    births: list[date]
    wanted: Wanted
    household: str
    source: str
    contacted_on: date | None = None
    intake_planned_on: date | None = None
    visit_on: date | None = None  # the day that was planned for the intake
    intake_on: date | None = None  # the day on which it took place
    closed_on: date | None = None
    close_reason: str = ""
    concerned: list[int] = field(default_factory=list)  # places in births of the children who need support
    pairings: list["Pairing"] = field(default_factory=list)
    at_night: bool = False  # registers by itself, late in the evening


@dataclass(slots=True)
class Cycle:
    """One VOG of one adult: asked for, received, seen, or never shown."""

    requested_on: date
    received_on: date | None
    issued_on: date | None
    seen_on: date | None
    refused_on: date | None
    review_due: date | None


@dataclass(slots=True, eq=False)
class Supporting:
    """A support family."""

    area: Profile
    number: int
    district: int
    registered_on: date
    offered: Wanted
    channel: str
    household: str
    adults: int
    capacity: int
    contacted_on: date | None = None
    visit_planned_on: date | None = None
    visited_on: date | None = None
    approved_on: date | None = None
    paused: list[tuple[date, date | None]] = field(default_factory=list)
    left_on: date | None = None
    leave_reason: str = ""
    cycles: list[list[Cycle]] = field(default_factory=list)  # per adult
    pairings: list["Pairing"] = field(default_factory=list)
    at_night: bool = False


@dataclass(slots=True, eq=False)
class Pairing:
    """A proposal and what came of it: a refusal, a stopped introduction or trial, or a coupling."""

    asking: Asking
    supporting: Supporting
    children: list[int]
    form: str
    frequency: str
    day_parts: list[str]
    proposed_on: date
    support_asked_on: date
    parents_asked_on: date | None = None
    decided_on: date | None = None
    declined_by: str = ""  # "support" or "parents"
    introduced_on: date | None = None
    trial_started_on: date | None = None
    trial_ends_on: date | None = None
    coupled_on: date | None = None
    ended_on: date | None = None  # of a coupling, or the day an introduction or trial stopped
    reason: str = ""

    @property
    def number(self) -> tuple[int, int, int]:
        """Return what tells this pairing from every other one of its municipality."""
        return self.asking.number, self.supporting.number, self.proposed_on.toordinal()


@dataclass(slots=True)
class Script:
    """Everything that happens in one municipality, up to and past the day of generation."""

    area: Profile
    seed: int
    askings: list[Asking]
    supportings: list[Supporting]
    pairings: list[Pairing]

    def couplings(self) -> Iterable[Pairing]:
        """Return the pairings that become a coupling."""
        return (pairing for pairing in self.pairings if pairing.coupled_on)
