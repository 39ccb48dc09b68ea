"""Filling a database with invented municipalities: provisioning, rows, people, facts and one release.

Each municipality is one transaction, so that a run that was broken off can be taken up again: what has families is
done.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict
from common.permissions import Role
from config.synthesis.chronicle import WRITING_ORDER, Chronicle
from config.synthesis.codes import Codes
from config.synthesis.copying import Tables
from config.synthesis.municipalities import Profile, profiles
from config.synthesis.planner import add_newcomers, plan_area
from config.synthesis.practice import AREA as PRACTICE
from config.synthesis.practice import practice_people, practice_write
from config.synthesis.randomness import add_months, first_of_month
from config.synthesis.staff import Member, Team, foundation_staff, team_of
from config.synthesis.volumes import Volumes, plan_volumes
from core.families.models import RequestingFamily
from reporting.disclosure.services import release_make
from reporting.extract.services import municipality_recompute
from tenants import context
from tenants.accounts.models import AccountTie, SystemActor, User
from tenants.municipalities.models import Kind, Municipality, MunicipalityCode, Phase
from tenants.municipalities.services import municipality_create

GENERATOR = SystemActor("proefgegevens")
# Couplings are planned this far past the day of generation: their families are on the way on that day.
MONTHS_AHEAD = 14
# So many municipalities are shown in the demo: somebody registers there on the last evening.
SHOWN = 2


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    municipalities: int
    scale: float
    seed: int
    until: date
    password: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was done for one municipality."""

    area: Profile
    couplings: int
    rows: int
    already: bool = False


def horizon_of(until: date) -> date:
    """Return the last day for which couplings are planned."""
    return add_months(first_of_month(until), MONTHS_AHEAD) - timedelta(days=1)


def plan_order(order: Order) -> tuple[Sequence[Profile], Volumes]:
    """Return the areas that began by the day of generation, and when their couplings begin."""
    areas = profiles(order.municipalities)
    volumes = plan_volumes(areas, seed=order.seed, horizon=horizon_of(order.until), scale=order.scale)
    return [area for area in areas if area.started_on <= order.until], volumes


def fill(order: Order) -> Iterator[Filled]:
    """Fill municipality after municipality; yields after each. Publishing is a step of its own: `publish`."""
    areas, volumes = plan_order(order)
    hashed = make_password(order.password)
    fill_foundation(order, hashed)
    for area in areas:
        yield fill_area(area, volumes.days[area.slug], order, hashed)


def fill_area(area: Profile, days: Sequence[date], order: Order, hashed: str) -> Filled:
    """Make one municipality unless it is there, and write its history unless it has one."""
    municipality = provision(area, order.until)
    with context.municipality(municipality):
        if RequestingFamily.objects.exists():
            return Filled(area, couplings=0, rows=0, already=True)
    team = team_of(area, order.seed)
    script = plan_area(area, seed=order.seed, days=days, horizon=horizon_of(order.until))
    add_newcomers(script, order.until, always=area in profiles(SHOWN))
    tables = Chronicle(script, team=team, codes=codes_of(municipality), until=order.until).write()
    with context.municipality(municipality):
        _accounts(tables, team, hashed)
        tables.write([User, *WRITING_ORDER])
    with context.aggregation(municipality):
        municipality_recompute(from_year=area.started_on.year)
    return Filled(area, couplings=sum(day <= order.until for day in days), rows=len(tables))


def publish() -> int | None:
    """Make one release of everything that was counted; return its number, or None when nothing was new."""
    with context.releasing():
        made = release_make()
        return made.number if made else None


def provision(area: Profile, until: date) -> Municipality:
    """Make the municipality of an area unless it is there."""
    with context.owning_registry():
        found = Municipality.objects.filter(slug=area.slug).first()
    if found:
        return found
    ended = area.ended_on if area.ended_on and area.ended_on <= until else None
    made = municipality_create(
        slug=area.slug,
        name=area.name,
        codes=area.codes,
        phase=Phase.CLOSED if ended else Phase.STRUCTURAL,
        contract_target_per_year=area.capacity,
        data_controller=f"Gemeente {area.place}",
        started_on=area.started_on,
        actor=GENERATOR,
    )
    with context.owning_registry():
        Municipality.objects.filter(pk=made.pk).update(
            centre_lat=str(area.latitude), centre_lon=str(area.longitude), ended_on=ended
        )
    return made


def practice_make(*, slug: str = PRACTICE.slug, password: str = "") -> int:
    """Make the practice municipality unless it is there, and fill it unless somebody is in it; return the rows.

    With a password the colleagues of the invented past can sign in: in a demo.
    """
    with context.owning_registry():
        found = Municipality.objects.filter(slug=slug).first()
    if found is not None and not found.is_practice:
        raise Conflict(_("Deze naam in het adres is van een echte gemeente."))
    municipality = found or municipality_create(
        slug=slug,
        name=PRACTICE.name,
        codes=PRACTICE.codes,
        phase=Phase.STRUCTURAL,
        contract_target_per_year=PRACTICE.capacity,
        data_controller=PRACTICE.name,
        started_on=PRACTICE.started_on,
        actor=GENERATOR,
        kind=Kind.PRACTICE,
    )
    with context.municipality(municipality):
        if password:
            tables = Tables()
            _accounts(tables, practice_people(), make_password(password))
            tables.write([User])
        rows = 0 if RequestingFamily.objects.exists() else practice_write()
    if password:
        for area in profiles(SHOWN):
            _open_door(municipality, area.slug, make_password(password))
    return rows


def _open_door(practice: Municipality, slug: str, hashed: str) -> None:
    """Give the coordinator of a municipality of the demo an account to practise with, and tie the two."""
    with context.owning_registry():
        home = Municipality.objects.filter(slug=slug).first()
    if home is None:
        return
    with context.municipality(home):
        who = User.objects.filter(role=Role.COORDINATOR.value, is_active=True).order_by("created_at").first()
        if who is None or AccountTie.objects.filter(user_id=who.pk, place_id=practice.pk).exists():
            return
        email, full_name, own = who.email, who.full_name, who.pk
    with context.municipality(practice):
        other, _new = User.objects.get_or_create(
            email=email, defaults={"full_name": full_name, "role": Role.COORDINATOR.value, "password": hashed}
        )
        AccountTie.objects.create(user_id=other.pk, place_id=home.pk, other_user_id=own)
        there = other.pk
    with context.municipality(home):
        AccountTie.objects.create(user_id=own, place_id=practice.pk, other_user_id=there)


def codes_of(municipality: Municipality) -> Codes:
    """Return the CBS codes of a municipality, as the registry has them."""
    with context.owning_registry():
        rows = MunicipalityCode.objects.filter(municipality=municipality)
        return Codes.of([(row.code, row.valid_from, row.valid_to) for row in rows])


def _accounts(tables: Tables, team: Team, hashed: str) -> None:
    known = set(User.objects.values_list("email", flat=True))
    for member in team.members:
        if member.email not in known:
            tables[User].add(**_account(member, hashed))


def fill_foundation(order: Order, hashed: str) -> None:
    """Make the accounts of the foundation unless they are there."""
    tables = Tables()
    with context.foundation():
        known = set(User.objects.values_list("email", flat=True))
        for member in foundation_staff(order.seed):
            if member.email not in known:
                tables[User].add(**_account(member, hashed))
        tables.write([User])


def _account(member: Member, hashed: str) -> dict[str, object]:
    return {
        "id": member.id,
        "email": member.email,
        "full_name": member.full_name,
        "role": member.role.value,
        "password": hashed,
        "created_at": timezone.now(),
    }
