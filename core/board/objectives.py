"""What a coordinator can ask of the board, after helping as many families as possible."""

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.board.question import Whole


class Objective(TextChoices):
    """What counts most once the number of families is settled. The codes stand in addresses."""

    BEST = "beste-match", _("beste match")
    LONGEST = "langst-wachtend", _("langst wachtend")
    NEAREST = "minste-kilometers", _("minste kilometers")


def weigh(objective: Objective, *, scores: Whole, hectometres: Whole, waited: Whole) -> tuple[Whole, Whole]:
    """Return what every pair is worth, and what decides among sets that are worth the same.

    ``waited`` is in days, per asking family; it is never part of how good a pair is.
    """
    waiting = np.broadcast_to(waited[:, None], scores.shape)
    if objective is Objective.LONGEST:
        return waiting, scores
    if objective is Objective.NEAREST:
        return -hectometres, scores
    return scores, waiting
