"""The first conversation at home: what is asked, what is offered, and what matters to both."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.vocabulary import AgeBand, DayPart, Frequency, HouseTrait, Return, SupportForm, Veto, Wish
from core.families.models import RequestingFamily, SupportedChild, SupportFamily
from tenants.classification import Columns
from tenants.models import ScopedModel
from tenants.standards.models import StandardKind


def choices_list(
    choices: type[models.TextChoices], label: Any, **options: Any
) -> "ArrayField[list[str], list[str]]":
    """Return a list column of one closed list; empty when nothing was chosen."""
    return ArrayField(
        models.CharField(max_length=24, choices=choices),
        verbose_name=label,
        default=list,
        blank=True,
        **options,
    )


class LocalQuestions(ScopedModel):
    """One version of the questions that this municipality adds to those of the foundation."""

    kind = models.CharField(_("intake"), max_length=24, choices=StandardKind)
    version = models.PositiveSmallIntegerField(_("versie"))
    questions = models.JSONField(_("vragen"), default=list)
    made_at = models.DateTimeField(db_default=Now())
    made_by = models.CharField(_("gemaakt door"), max_length=120)

    columns = Columns(plain="kind version questions", personal="made_at made_by")
    append_only = True

    class Meta:
        ordering = ("kind", "-version")
        constraints = (
            models.UniqueConstraint(fields=["kind", "version"], name="local_questions_version_once"),
        )


class AskedQuestions(ScopedModel):
    """The questions as they were put: an intake keeps the wording it was answered in, whatever is published later."""

    kind = models.CharField(_("intake"), max_length=24, choices=StandardKind)
    national_version = models.PositiveSmallIntegerField(_("landelijke versie"))
    local_version = models.PositiveSmallIntegerField(_("eigen versie"))
    questions = models.JSONField(_("vragen"), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)

    columns = Columns(plain="kind national_version local_version questions digest")
    append_only = True


class SupportNeed(ScopedModel):
    """What an asking family needs: the intake with the four questions of the method (domain.md 2.2). One per family."""

    family = models.OneToOneField(RequestingFamily, on_delete=models.PROTECT, related_name="need")
    held_on = models.DateField(_("datum huisbezoek"))
    question_support = models.TextField(_("Welke steun heeft u nodig?"), max_length=4000)
    question_upbringing = models.TextField(
        _("Wat vindt u belangrijk in de opvoeding?"), max_length=4000, blank=True
    )
    question_expectation = models.TextField(
        _("Wat verwacht u van een steungezin?"), max_length=4000, blank=True
    )
    question_reciprocity = models.TextField(
        _("Wat kunt u zelf doen voor het steungezin of de buurt?"), max_length=4000, blank=True
    )
    children: "models.ManyToManyField[SupportedChild, Any]" = models.ManyToManyField(
        SupportedChild, related_name="needs", through="NeedChild"
    )
    forms = choices_list(SupportForm, _("steunvormen"))
    frequency = models.CharField(_("hoe vaak"), max_length=12, choices=Frequency)
    day_parts = choices_list(DayPart, _("dagdelen"))
    overnight = models.BooleanField(_("logeren hoort erbij"), default=False)
    vetoes = choices_list(Veto, _("wat kan echt niet"))
    wishes = choices_list(Wish, _("wensen"))
    gives = choices_list(Return, _("wat het gezin graag terugdoet"), db_default=[])
    traits = choices_list(HouseTrait, _("wat het steungezin moet weten van dit huis"))
    needs_transport = models.BooleanField(_("halen en brengen is nodig"), null=True, blank=True)
    max_distance_km = models.PositiveSmallIntegerField(
        _("hoogstens hoeveel kilometer"), null=True, blank=True
    )
    completed_on = models.DateField(_("intake afgerond op"), null=True, blank=True)
    # Which wording was answered; empty in an intake of before there were versions.
    asked = models.ForeignKey(
        AskedQuestions,
        verbose_name=_("vragen"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answers = models.JSONField(_("antwoorden op extra vragen"), null=True, blank=True)
    columns = Columns(
        personal=(
            "held_on forms frequency day_parts overnight vetoes wishes gives traits needs_transport "
            "max_distance_km completed_on"
        ),
        special="question_support question_upbringing question_expectation question_reciprocity answers",
        derived="search",
    )


class NeedChild(ScopedModel):
    """A child for whom support is asked in a need."""

    need = models.ForeignKey(SupportNeed, on_delete=models.CASCADE)
    child = models.ForeignKey(SupportedChild, on_delete=models.PROTECT)
    columns = Columns()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["need", "child"], name="child_once_per_need"),)


class SupportOffer(ScopedModel):
    """What a support family offers: the intake of the other side. One per family."""

    family = models.OneToOneField(SupportFamily, on_delete=models.PROTECT, related_name="offer")
    held_on = models.DateField(_("datum huisbezoek"))
    household = models.TextField(_("wie wonen er in huis"), max_length=2000)
    forms = choices_list(SupportForm, _("steunvormen"))
    frequency = models.CharField(_("hoe vaak"), max_length=12, choices=Frequency)
    day_parts = choices_list(DayPart, _("dagdelen"))
    overnight = models.BooleanField(_("een kind kan blijven slapen"), default=False)
    capacity = models.PositiveSmallIntegerField(_("hoeveel kinderen tegelijk"), default=1)
    age_bands = choices_list(AgeBand, _("leeftijden"))
    own_children_age_bands = choices_list(AgeBand, _("leeftijden van eigen kinderen thuis"))
    traits = choices_list(HouseTrait, _("hoe is het bij u thuis"))
    vetoes = choices_list(Veto, _("wat kan echt niet"))
    strengths = choices_list(Wish, _("wat u te bieden heeft"))
    hopes = choices_list(Return, _("wat u fijn zou vinden"), db_default=[])
    has_transport = models.BooleanField(_("kan halen en brengen"), null=True, blank=True)
    max_distance_km = models.PositiveSmallIntegerField(
        _("hoogstens hoeveel kilometer"), null=True, blank=True
    )
    house_rules_accepted_on = models.DateField(_("huisregels besproken op"), null=True, blank=True)
    references_reason = models.CharField(_("waarom minder dan twee referenties"), max_length=300, blank=True)
    completed_on = models.DateField(_("intake afgerond op"), null=True, blank=True)
    # Which wording was answered; empty in an intake of before there were versions.
    asked = models.ForeignKey(
        AskedQuestions,
        verbose_name=_("vragen"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answers = models.JSONField(_("antwoorden op extra vragen"), null=True, blank=True)
    columns = Columns(
        personal=(
            "held_on forms frequency day_parts overnight capacity age_bands own_children_age_bands traits "
            "vetoes strengths hopes has_transport max_distance_km house_rules_accepted_on completed_on"
        ),
        special="household references_reason answers",
        derived="search",
    )

    class Meta:
        constraints = (
            models.CheckConstraint(name="offer_capacity_1_6", condition=models.Q(capacity__range=(1, 6))),
        )


class Reference(ScopedModel):
    """A person who was asked about a support family."""

    family = models.ForeignKey(SupportFamily, on_delete=models.PROTECT, related_name="references")
    name = models.CharField(_("naam"), max_length=120)
    phone = models.CharField(_("telefoonnummer"), max_length=20, blank=True)
    relation = models.CharField(_("hoe kent deze persoon het gezin"), max_length=120, blank=True)
    asked_on = models.DateField(_("gesproken op"), null=True, blank=True)
    positive = models.BooleanField(_("positief"), null=True, blank=True)
    columns = Columns(personal="name phone relation asked_on positive")
