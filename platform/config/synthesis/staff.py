"""The people who do the work: 32 coordinators over the fifty municipalities, deputies and safeguarding officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.permissions import Role
from config.synthesis import people
from config.synthesis.book import Who
from config.synthesis.municipalities import Profile
from config.synthesis.randomness import Stream

# Municipalities that share one coordinator: neighbours, as in public sources where known.
SHARED = (
    ("aalsmeer", "uithoorn"),
    ("den-helder", "hollands-kroon"),
    ("hoogeveen", "de-wolden"),
    ("laren", "blaricum", "eemnes"),
    ("drimmelen", "geertruidenberg"),
    ("waalwijk", "loon-op-zand"),
    ("tiel", "buren"),
    ("leusden", "woudenberg"),
    ("wageningen", "rhenen"),
    ("papendrecht", "alblasserdam", "sliedrecht"),
    ("lopik", "woerden"),
    ("culemborg", "west-maas-en-waal"),
    ("wijk-bij-duurstede", "houten"),
    ("ouder-amstel", "de-ronde-venen"),
    ("koggenland", "medemblik"),
    ("purmerend", "edam-volendam"),
)
# In the address, so that two people of one municipality never have the same.
MARKS = {
    Role.COORDINATOR: "",
    Role.DEPUTY: "vervanger",
    Role.SAFEGUARDING_OFFICER: "aandacht",
}
DEPUTY_DOES = 0.12
FOUNDATION_STAFF = 11


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account."""

    id: UUID
    email: str
    full_name: str
    role: Role

    @property
    def who(self) -> Who:
        """Return the member as the one who acts."""
        return Who(self.id, self.full_name)


@dataclass(frozen=True, slots=True)
class Team:
    """The staff of one municipality."""

    coordinator: Member
    deputy: Member
    safeguarding_officer: Member

    @property
    def members(self) -> tuple[Member, ...]:
        """Return everybody."""
        return self.coordinator, self.deputy, self.safeguarding_officer

    def on_duty(self, chance: Stream) -> Who:
        """Return who does the next thing: nearly always the coordinator."""
        return (self.deputy if chance.chance(DEPUTY_DOES) else self.coordinator).who


def team_of(area: Profile, seed: int) -> Team:
    """Return the staff of a municipality; a coordinator who serves several has the same name and address in each."""
    shared = next((group for group in SHARED if area.slug in group), (area.slug,))
    return Team(
        coordinator=_member(seed, area.slug, Role.COORDINATOR, shared[0]),
        deputy=_member(seed, area.slug, Role.DEPUTY, area.slug),
        safeguarding_officer=_member(seed, area.slug, Role.SAFEGUARDING_OFFICER, area.slug),
    )


def foundation_staff(seed: int) -> Sequence[Member]:
    """Return the people of the foundation."""
    return [
        _member(seed, "stichting", Role.FOUNDATION_STAFF, f"stichting{number}")
        for number in range(1, FOUNDATION_STAFF + 1)
    ]


def _member(seed: int, where: str, role: Role, whom: str) -> Member:
    chance = Stream(seed, "staff", role, whom)
    name = people.draw_name(chance, woman=chance.chance(0.8))
    mark = whom if role == Role.FOUNDATION_STAFF else MARKS[role]
    return Member(
        Stream(seed, "staff id", role, whom, where).uuid(), people.mail_of(name, mark), name.full, role
    )
