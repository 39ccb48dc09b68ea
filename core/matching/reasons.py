"""A sentence that is put into words only when somebody reads it: rules look at thousands of pairs, pages show few."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from common.formats import listing


class Reason(NamedTuple):
    """What is said, and about what. Equal reasons are equal sentences in every language."""

    words: Callable[..., str]
    about: tuple[object, ...] = ()

    def __str__(self) -> str:
        """Return the sentence in the language of the reader."""
        return str(self.words(*self.about))


def listed(choices: type[TextChoices], values: Iterable[str], *, limit: int | None = None) -> str:
    """Return the labels of some choices as a sentence lists them, in the order of the closed list."""
    return listing(labels(choices, values, limit=limit))


def labels(choices: type[TextChoices], values: Iterable[str], *, limit: int | None = None) -> list[str]:
    """Return the labels of some choices in the order of the closed list; of many only the first few."""
    wanted = set(values)
    found = [str(choice.label) for choice in choices if choice.value in wanted]
    if limit is not None and len(found) > limit:
        return [*found[:limit], _("nog %(n)d") % {"n": len(found) - limit}]
    return found
