"""Two municipalities side by side, full of canaries, with everybody who could ask, and a figure of each published."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.utils import timezone

from common.forms import SpamGuardMixin
from common.permissions import Role
from reporting.api.services import api_token_create
from reporting.dictionary.measures import MEASURES
from reporting.disclosure.models import Audience, Block, Cell, Release, ReleaseBlock, Status
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.municipalities.models import Municipality
from tests.isolation import probe as probes
from tests.isolation import world as worlds
from tests.isolation.probe import Guide, Probe, Visitor

TESTS = SystemActor("tests")
# A number that reads as a canary: it may only be seen with Purmerend's own token.
CANARY_NUMBER = 57_135_713
# What was found in this process so far, for the file that `conftest` writes.
reported: list[str] = []


@dataclass
class Scene:
    """Two municipalities side by side, and everybody who could ask."""

    probe: Probe
    a: worlds.World
    b: worlds.World
    guide_a: Guide
    guide_b: Guide
    people_a: dict[str, Visitor]
    people_b: dict[str, Visitor]
    foundation: Visitor
    tokens: dict[str, Visitor]

    @property
    def host_b(self) -> str:
        return self.guide_b.host


@contextmanager
def open_scene() -> Iterator[Scene]:
    """Fill both municipalities and let everybody sign in."""
    with context.registry():
        a, b = (Municipality.objects.get(slug=slug) for slug in ("purmerend", "zaanstad"))
    world_a, world_b = worlds.fill(a), worlds.fill(b, mark="bzwan", phone="+31612345678")
    with context.foundation():
        staff = User.objects.get(role=Role.FOUNDATION_STAFF).pk
    tokens = _release(a, b)
    with pytest.MonkeyPatch.context() as patch, Probe().listening() as probe:
        patch.setattr(SpamGuardMixin, "MIN_SECONDS", -1)  # the public forms may be sent at once
        people_a, people_b = probes.people(world_a), probes.people(world_b)
        yield Scene(
            probe=probe,
            a=world_a,
            b=world_b,
            guide_a=Guide(probe, world_a, people_a[Role.COORDINATOR]),
            guide_b=Guide(probe, world_b, people_b[Role.COORDINATOR]),
            people_a=people_a,
            people_b=people_b,
            foundation=probes.person(None, staff, "the foundation"),
            tokens=tokens,
        )


def _release(a: Municipality, b: Municipality) -> dict[str, Visitor]:
    """Publish one figure for each, which only its own token may read."""
    year = timezone.localdate().year - 1
    with context.releasing():
        release = Release.objects.create(
            number=1, published_at=timezone.now(), counted_until=timezone.localdate().replace(day=1),
            plan_version="1", config_hash="x", facts_digest="x", cells=2, hidden=0,
        )  # fmt: skip
        for municipality, value in ((a, CANARY_NUMBER), (b, 7)):
            block = Block.objects.create(
                audience=Audience.OWN, area=str(municipality.pk), year=year, digest=municipality.slug, size=1
            )
            ReleaseBlock.objects.create(release=release, block=block)
            Cell.objects.create(
                block=block, measure=next(iter(MEASURES)), geography=str(municipality.pk), period_kind="year",
                period_start=timezone.localdate().replace(year=year, month=1, day=1), value=value, status=Status.FREE,
            )  # fmt: skip
        return {
            municipality.slug: Visitor(
                f"token of {municipality.slug}",
                token=api_token_create(municipality=municipality, label="proef", days=30, actor=TESTS).secret,
            )
            for municipality in (a, b)
        }


def report(findings: list[str]) -> str:
    """Return findings so that somebody can work with them: each once, not more than a screenful."""
    unique = sorted({probes.plain(finding) for finding in findings})
    reported.extend(unique)
    return "\n".join([f"{len(unique)} kinds of findings", *(finding[:240] for finding in unique[:40])])
