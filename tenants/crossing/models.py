"""What two municipalities that both allow it show each other of a family: four closed lists on a card, and a yes.

These tables stand in the registry and hold nobody: no name, place, date or number of a family. Row level security
(``tenants.database.crossing``) lets the two municipalities concerned see a row, and nobody else: not the
foundation either.
A row is never changed. It is taken away when it is over, and then nothing of it is left.
"""

from typing import Any, ClassVar, Final
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.vocabulary import AgeBand, DayPart, SupportForm
from tenants.classification import Columns
from tenants.municipalities.models import Municipality

# All that a card may say of a family.
CARD_FIELDS: Final = ("distance_band", "day_parts", "age_bands", "forms")


class DistanceBand(models.TextChoices):
    """How far a family lives from the middle of the other municipality, in a straight line."""

    UNDER_5 = "0-5", _("minder dan 5 km")
    UNDER_10 = "5-10", _("5 tot 10 km")
    UNDER_15 = "10-15", _("10 tot 15 km")
    UNDER_25 = "15-25", _("15 tot 25 km")
    FURTHER = "25-", _("25 km of verder")
    UNKNOWN = "unknown", _("niet bekend")


class Who(models.TextChoices):
    """Whose yes it is, on one of the two sides."""

    COORDINATOR = "coordinator", _("coördinator")
    FAMILY = "family", _("gezin")


def closed_list(choices: type[models.TextChoices], label: Any) -> "ArrayField[list[str], list[str]]":
    """Return a column of words from one closed list."""
    return ArrayField(
        models.CharField(max_length=12 if choices is not SupportForm else 20, choices=choices),
        verbose_name=label,
        default=list,
        blank=True,
    )


class AnonymousCard(models.Model):
    """The four closed lists, for both cards and for what each side keeps of its own."""

    distance_band = models.CharField(_("afstand"), max_length=8, choices=DistanceBand)
    day_parts = closed_list(DayPart, _("dagdelen"))
    age_bands = closed_list(AgeBand, _("leeftijden"))
    forms = closed_list(SupportForm, _("steunvormen"))

    class Meta:
        abstract = True


def within(name: str, choices: type[models.TextChoices]) -> models.Q:
    """Return the condition that a column holds words of its closed list and nothing else."""
    return models.Q(**{f"{name}__contained_by": list(choices.values)})


ONLY_CLOSED_LISTS: Final = (
    models.Q(distance_band__in=DistanceBand.values)
    & within("day_parts", DayPart)
    & within("age_bands", AgeBand)
    & within("forms", SupportForm)
)


class Neighbour(models.Model):
    """A municipality allows another one to exchange cards with it. Only when both do, anything is shown."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")

    columns = Columns(export=False, erase=True)
    municipal_rights: ClassVar = ("SELECT", "INSERT", "DELETE")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["municipality", "partner"], name="neighbour_once"),
            models.CheckConstraint(
                name="neighbour_is_another", condition=~models.Q(municipality=models.F("partner"))
            ),
        )

    def __str__(self) -> str:
        """Return the id: a row is about two municipalities."""
        return str(self.pk)


class Card(AnonymousCard):
    """An asking family without identity, for one neighbour to see, until a day."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    partner = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    expires_on = models.DateField(_("tot en met"))

    columns = Columns(
        plain="distance_band day_parts age_bands forms expires_on",
        export=False,
        erase=True,
    )
    municipal_rights: ClassVar = ("SELECT", "INSERT", "DELETE")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="card_for_another", condition=~models.Q(municipality=models.F("partner"))
            ),
            models.CheckConstraint(name="card_of_closed_lists", condition=ONLY_CLOSED_LISTS),
        )

    def __str__(self) -> str:
        """Return the id, which says nothing."""
        return str(self.pk)


class CounterCard(AnonymousCard):
    """A support family without identity, offered on a card: one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    card = models.OneToOneField(Card, on_delete=models.CASCADE, related_name="counter")

    columns = Columns(plain="distance_band day_parts age_bands forms", export=False, erase=True)
    municipal_rights: ClassVar = ("SELECT", "INSERT", "DELETE")

    class Meta:
        constraints = (
            models.CheckConstraint(name="counter_card_of_closed_lists", condition=ONLY_CLOSED_LISTS),
        )

    def __str__(self) -> str:
        """Return the id, which says nothing."""
        return str(self.pk)


class Assent(models.Model):
    """A yes of one side. The database lets a municipality write its own only; on which day stands in its own schema."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    counter = models.ForeignKey(CounterCard, on_delete=models.CASCADE, related_name="assents")
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="+")
    who = models.CharField(_("van wie"), max_length=12, choices=Who)

    columns = Columns(plain="who", export=False, erase=True)
    municipal_rights: ClassVar = ("SELECT", "INSERT", "DELETE")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["counter", "municipality", "who"], name="assent_once"),
            models.CheckConstraint(name="assent_of_somebody_known", condition=models.Q(who__in=Who.values)),
        )

    def __str__(self) -> str:
        """Return the id, which says nothing."""
        return str(self.pk)
