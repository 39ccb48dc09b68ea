from collections.abc import Callable, Iterable
from datetime import date
from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from core.ledger.models import LedgerEntry
from reporting.api.services import api_token_create
from reporting.dictionary.periods import first_of_month, month_after
from reporting.extract.rebuild import Rebuilt, rebuild_totals
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality
from tests.reporting.worlds import Line, Shape, random_lines

NOW = first_of_month(timezone.localdate())
START = month_after(NOW, -30)


def write_ledger(municipality: Municipality, lines: Iterable[Line]) -> None:
    with context.municipality(municipality):
        entries = (
            LedgerEntry(
                event=line.event,
                month=line.month,
                municipality_code="GM0439",
                family=line.family,
                support_family=line.support_family,
                coupling=line.coupling,
                children=list(line.children),
                age_bands=list(line.age_bands),
                support_form=line.support_form,
                referral_source=line.referral_source,
                channel=line.channel,
                ending_reason=line.ending_reason,
                household=line.household,
                interpreter=line.interpreter,
                review=line.review,
                review_side=line.review_side,
                satisfaction=line.satisfaction,
                goal_scores=list(line.goal_scores),
                days=line.days,
                recorded_month=line.month,
            )
            for line in lines
        )
        LedgerEntry.objects.bulk_create(entries, batch_size=1000)


def some_lines(seed: int, *, per_year: float = 20, first: date = START) -> list[Line]:
    rng = Random(seed)  # noqa: S311  (an invented world)
    return random_lines(rng, Shape(first=first, until=NOW), per_year=per_year, first=first)


@pytest.fixture
def counted(purmerend: Municipality, zaanstad: Municipality) -> Rebuilt:
    """Two municipalities with some years behind them, counted and published."""
    write_ledger(purmerend, some_lines(1))
    write_ledger(zaanstad, some_lines(2, per_year=12))
    return rebuild_totals()


@pytest.fixture
def token_for() -> Callable[..., str]:
    def make(municipality: Municipality, *, days: int = 30) -> str:
        with context.releasing():
            return api_token_create(
                municipality=municipality, label="test", days=days, actor=SystemActor("tests")
            ).secret

    return make


@pytest.fixture
def api_for(
    client_for: Callable[..., Client], token_for: Callable[..., str]
) -> Callable[[Municipality], Client]:
    """Return a maker of clients that carry a token of one municipality."""

    def make(municipality: Municipality) -> Client:
        client = client_for("")
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_for(municipality)}"
        return client

    return make
