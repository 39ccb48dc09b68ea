"""One paging style: numbered pages, the page in the address as ``pagina``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.http import HttpRequest

T = TypeVar("T")
PER_PAGE = 25


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of one page, already fetched, and where it stands."""

    items: list[T]
    number: int
    pages: int
    total: int
    first: int
    last: int

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to offer; None stands for a gap."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        shown: list[int | None] = []
        for number in sorted(n for n in near if 1 <= n <= self.pages):
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(None)
            shown.append(number)
        return shown


def paginate(request: HttpRequest, rows: Any | Sequence[T], per_page: int = PER_PAGE) -> Page[T]:
    """Return the asked page of a queryset or a list; an impossible number gives the nearest page."""
    found = Paginator(rows, per_page).get_page(request.GET.get("pagina"))
    return Page(
        items=list(found.object_list),
        number=found.number,
        pages=found.paginator.num_pages,
        total=found.paginator.count,
        first=found.start_index(),
        last=found.end_index(),
    )
