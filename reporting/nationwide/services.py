"""Publishing the counts of the whole country: from the vault to the releases, with the login of the releaser."""

from datetime import date

from django.db.models import Count, Sum

from common.gemeenten import GEMEENTEN
from reporting.dictionary.measures import CONCERNS, INTEREST
from reporting.dictionary.periods import PeriodKind
from reporting.facts.models import Fact
from reporting.nationwide.models import Counted, NationwideCount
from tenants.context import atomic

# Concerns are said from so many on, and only when they come from so many municipalities: no figure may point to one.
LEAST_CONCERNS = 10
LEAST_PLACES = 3


@atomic()
def nationwide_publish(*, on: date) -> int:
    """Replace the published counts by what stands in the vault; return how many there are.

    Concerns are published of years that are over, so that two nights side by side do not tell of a single one.
    """
    rows = [*_interest(), *_concerns(before=on.year)]
    NationwideCount.objects.all().delete()
    NationwideCount.objects.bulk_create(rows)
    return len(rows)


def _interest() -> list[NationwideCount]:
    found = (
        Fact.objects.filter(measure=INTEREST, period_kind=PeriodKind.YEAR, category__in=GEMEENTEN)
        .values_list("category", "period_start__year")
        .annotate(total=Sum("value"))
        .order_by("category", "period_start__year")
    )
    return [
        NationwideCount(kind=Counted.INTEREST, lives_in=code, year=year, value=total)
        for code, year, total in found
    ]


def _concerns(*, before: int) -> list[NationwideCount]:
    found = (
        Fact.objects.filter(measure=CONCERNS, period_kind=PeriodKind.YEAR, period_start__year__lt=before)
        .values_list("period_start__year")
        .annotate(total=Sum("value"), places=Count("municipality", distinct=True))
        .order_by("period_start__year")
    )
    return [
        NationwideCount(
            kind=Counted.CONCERNS,
            year=year,
            value=total if total >= LEAST_CONCERNS and places >= LEAST_PLACES else None,
        )
        for year, total, places in found
    ]
