"""Families of `bench_matching`: a municipality of 80 postcode areas in which everybody wants something else."""

from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from common.vocabulary import AgeBand, DayPart, Frequency, HouseTrait, Return, SupportForm, Veto, Wish
from core.families.models import (
    PostcodeArea,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.intake.models import NeedChild, SupportNeed, SupportOffer
from core.vog.models import ConductCertificateCheck
from core.vog.workflow import VogStatus

AREAS = 80


def fill(asking: int, offering: int) -> None:
    """Make so many families that wait and so many that are available, always the same ones."""
    chance = Random(2026)  # noqa: S311  (the same families each time)
    PostcodeArea.objects.bulk_create(
        [
            PostcodeArea(
                code=str(1100 + number),
                place="Proefstad",
                latitude=f"{52.30 + number % 9 / 60:.5f}",
                longitude=f"{4.75 + number // 9 / 45:.5f}",
            )
            for number in range(AREAS)
        ]
    )
    _ask(chance, asking)
    _offer(chance, offering)


def _family(chance: Random, number: int) -> dict[str, Any]:
    registered = timezone.localdate() - timedelta(days=220 + number % 200)
    return {
        "name": f"Proef{number}",
        "postcode": f"{1100 + chance.randrange(AREAS)} AB",
        "place": "Proefstad",
        "municipality_code": "GM0001",
        "registered_by": "self",
        "registered_on": registered,
        "first_contact_on": registered + timedelta(days=3),
    }


def _some(chance: Random, values: list[str], least: int, most: int) -> list[str]:
    return chance.sample(values, chance.randint(least, most))


def _ask(chance: Random, count: int) -> None:
    today = timezone.localdate()
    families, parents, children, needs, links = [], [], [], [], []
    for number in range(count):
        waits = chance.randrange(200)
        family = RequestingFamily(
            **_family(chance, number), status="waiting", waiting_since=today - timedelta(days=waits)
        )
        families.append(family)
        parents.append(
            RequestingParent(
                family=family,
                first_name="Mira",
                last_name=family.name,
                is_contact=True,
                agreed_on=today - timedelta(days=waits),
            )
        )
        need = SupportNeed(
            family=family,
            held_on=today - timedelta(days=waits),
            completed_on=today - timedelta(days=waits),
            question_support="Een vaste middag rust",
            forms=_some(chance, SupportForm.values, 1, 2),
            frequency=chance.choice(Frequency.values),
            day_parts=_some(chance, DayPart.values, 2, 6),
            overnight=chance.random() < 0.1,
            vetoes=_some(chance, Veto.values, 0, 1),
            wishes=_some(chance, Wish.values, 0, 3),
            traits=_some(chance, HouseTrait.values, 0, 1),
            gives=_some(chance, Return.values, 0, 2),
            needs_transport=chance.choice([True, False, None]),
            max_distance_km=chance.choice([None, None, 5, 10]),
        )
        needs.append(need)
        for _ in range(chance.choice([1, 1, 1, 2, 2, 3])):
            child = SupportedChild(
                family=family,
                first_name="Sem",
                birth_year=today.year - chance.randint(1, 15),
                birth_month=chance.randint(1, 12),
            )
            children.append(child)
            links.append(NeedChild(need=need, child=child))
    for rows in (families, parents, children, needs, links):
        _write(rows)


def _offer(chance: Random, count: int) -> None:
    today = timezone.localdate()
    families, adults, checks, offers = [], [], [], []
    for number in range(count):
        family = SupportFamily(
            **_family(chance, number),
            status="available",
            approved_on=today - timedelta(days=chance.randrange(1, 200)),
        )
        families.append(family)
        offers.append(
            SupportOffer(
                family=family,
                held_on=today - timedelta(days=210),
                household="Twee ouders en een kind",
                forms=_some(chance, SupportForm.values, 1, 4),
                frequency=chance.choice(Frequency.values),
                day_parts=_some(chance, DayPart.values, 2, 8),
                overnight=chance.random() < 0.4,
                capacity=chance.choice([1, 1, 2, 2, 3, 4]),
                age_bands=_some(chance, AgeBand.values, 1, 4),
                own_children_age_bands=_some(chance, AgeBand.values, 0, 2),
                traits=_some(chance, HouseTrait.values, 0, 2),
                vetoes=_some(chance, Veto.values, 0, 1),
                strengths=_some(chance, Wish.values, 0, 4),
                hopes=_some(chance, Return.values, 0, 2),
                has_transport=chance.choice([True, False, None]),
                max_distance_km=chance.choice([None, None, 5, 10]),
            )
        )
        for first in ("Jan", "Els"):
            adult = SupportAdult(
                family=family, first_name=first, last_name=family.name, is_contact=first == "Jan"
            )
            adults.append(adult)
            if chance.random() < 0.97:
                checks.append(
                    ConductCertificateCheck(
                        adult=adult,
                        status=VogStatus.SEEN,
                        requested_on=today - timedelta(days=230),
                        received_on=today - timedelta(days=213),
                        issued_on=today - timedelta(days=215),
                        seen_on=today - timedelta(days=212),
                        seen_by="Proef",
                        review_due=today + timedelta(days=600),
                        profile="84",
                    )
                )
    for rows in (families, adults, checks, offers):
        _write(rows)


def _write(rows: list[Any]) -> None:
    type(rows[0])._default_manager.bulk_create(rows, batch_size=500)
