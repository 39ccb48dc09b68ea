"""Asking families (vraaggezinnen) and support families (steungezinnen) with the people in them.

What must not be known has no column here: no citizen service number, income, debts or photographs (GDPR art. 5.1.c).
"""

from datetime import date
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.vocabulary import (
    CloseReason,
    HouseholdKind,
    RecruitmentChannel,
    ReferralSource,
    SensitiveGroup,
)
from core.families.rules import CALL_ASKING_WITHIN, CALL_OFFERING_WITHIN, call_by, full_name
from core.families.workflow import RequestingStatus, SupportStatus
from tenants.models import ScopedModel


class Registrant(models.TextChoices):
    """Who filled in the registration."""

    SELF = "self", _("het gezin zelf")
    REFERRER = "referrer", _("een verwijzer, met toestemming van de ouders")
    COORDINATOR = "coordinator", _("de coördinator")


class Family(ScopedModel):
    """What both kinds of families share."""

    name = models.CharField(_("achternaam van het gezin"), max_length=120)
    street = models.CharField(_("straat en huisnummer"), max_length=160, blank=True)
    postcode = models.CharField(_("postcode"), max_length=7)
    place = models.CharField(_("woonplaats"), max_length=80)
    secret_address = models.BooleanField(_("geheim adres"), default=False)
    municipality_code = models.CharField(_("gemeentecode"), max_length=6)
    registered_on = models.DateField(_("aangemeld op"))
    registered_by = models.CharField(_("aangemeld door"), max_length=12, choices=Registrant)
    first_contact_on = models.DateField(_("eerste contact op"), null=True, blank=True)
    visit_on = models.DateField(_("huisbezoek gepland op"), null=True, blank=True)
    close_reason = models.CharField(_("reden van afsluiten"), max_length=16, choices=CloseReason, blank=True)
    closed_on = models.DateField(_("afgesloten op"), null=True, blank=True)
    remarks = models.TextField(_("toelichting"), max_length=4000, blank=True)
    # Stands here and nowhere else: when the family is erased nothing links the ledger to it any more.
    pseudonym = models.UUIDField(default=uuid4, unique=True, editable=False)
    # Made with the form and sent along with it, so that a double click cannot register a family twice.
    submission_key = models.UUIDField(unique=True, editable=False, default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the name as people call a family: "gezin De Vries", as Dutch writes it without a first name."""
        return str(_("gezin %(name)s") % {"name": capfirst(self.name)})

    @property
    def postcode_area(self) -> str:
        """Return the four digits of the postcode: as fine as distances need."""
        return self.postcode[:4]


class RequestingFamily(Family):
    """A family that asks for support."""

    status = models.CharField(
        _("status"),
        max_length=16,
        choices=RequestingStatus,
        default=RequestingStatus.REGISTERED,
        editable=False,
    )
    household = models.CharField(_("gezinsvorm"), max_length=16, choices=HouseholdKind, blank=True)
    referral_source = models.CharField(
        _("verwijzer"), max_length=20, choices=ReferralSource, default=ReferralSource.SELF
    )
    referrer_name = models.CharField(_("naam van de verwijzer"), max_length=120, blank=True)
    referrer_phone = models.CharField(_("telefoon van de verwijzer"), max_length=20, blank=True)
    permission_told_on = models.DateField(_("toestemming van de ouders gegeven op"), null=True, blank=True)
    safe_contact = models.CharField(_("wanneer en hoe veilig bellen"), max_length=200, blank=True)
    interpreter_language = models.CharField(_("tolk nodig voor"), max_length=60, blank=True)
    waiting_since = models.DateField(_("wacht sinds"), null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="requesting_status_known", condition=models.Q(status__in=RequestingStatus.values)
            ),
            models.CheckConstraint(
                name="requesting_closed_has_reason",
                condition=models.Q(status=RequestingStatus.CLOSED, closed_on__isnull=False)
                & ~models.Q(close_reason="")
                | ~models.Q(status=RequestingStatus.CLOSED),
            ),
            models.CheckConstraint(
                name="requesting_referrer_needs_permission",
                condition=~models.Q(registered_by=Registrant.REFERRER)
                | models.Q(permission_told_on__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["status", "registered_on"]),)

    @property
    def call_by(self) -> date:
        """Return the day by which the family must have been called."""
        return call_by(self.registered_on, CALL_ASKING_WITHIN)

    @property
    def waiting_days(self) -> int | None:
        """Return how long the family has been waiting for a support family."""
        return (timezone.localdate() - self.waiting_since).days if self.waiting_since else None


class RequestingParent(ScopedModel):
    """A parent or guardian in an asking family."""

    family = models.ForeignKey(RequestingFamily, on_delete=models.PROTECT, related_name="parents")
    first_name = models.CharField(_("voornaam"), max_length=60)
    name_prefix = models.CharField(_("tussenvoegsel"), max_length=20, blank=True)
    last_name = models.CharField(_("achternaam"), max_length=80)
    phone = models.CharField(_("telefoonnummer"), max_length=20, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    has_custody = models.BooleanField(_("heeft gezag"), default=True)
    # Parents with custody decide together (Dutch civil code 1:253a): both must agree before matching.
    agreed_on = models.DateField(_("akkoord met steun op"), null=True, blank=True)
    is_contact = models.BooleanField(_("eerste contactpersoon"), default=False)

    class Meta:
        ordering = ("-is_contact", "first_name")
        constraints = (
            models.UniqueConstraint(
                fields=["family"],
                condition=models.Q(is_contact=True),
                name="one_contact_per_requesting_family",
            ),
        )

    def __str__(self) -> str:
        """Return the full name."""
        return self.full_name

    @property
    def full_name(self) -> str:
        """Return the name as people write it."""
        return full_name(self.first_name, self.name_prefix, self.last_name)


class SupportedChild(ScopedModel):
    """A child for whom support is asked; born (year and month) or expected (due date)."""

    family = models.ForeignKey(RequestingFamily, on_delete=models.PROTECT, related_name="children")
    first_name = models.CharField(_("voornaam"), max_length=60, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("geboortejaar"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("geboortemaand"), null=True, blank=True)
    due_on = models.DateField(_("uitgerekend op"), null=True, blank=True)
    remarks = models.CharField(_("wat wij over dit kind moeten weten"), max_length=500, blank=True)
    pseudonym = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        ordering = ("birth_year", "birth_month", "first_name")
        constraints = (
            models.CheckConstraint(
                name="child_born_or_expected",
                condition=models.Q(birth_year__isnull=False, birth_month__isnull=False, due_on__isnull=True)
                | models.Q(birth_year__isnull=True, birth_month__isnull=True, due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="child_birth_month_1_12",
                condition=models.Q(birth_month__isnull=True) | models.Q(birth_month__range=(1, 12)),
            ),
        )

    def __str__(self) -> str:
        """Return the first name, or what we call a child without one."""
        return self.first_name or str(_("kind zonder naam") if self.birth_year else _("baby op komst"))

    @property
    def born_in(self) -> date | None:
        """Return the first day of the month of birth."""
        return date(self.birth_year, self.birth_month, 1) if self.birth_year and self.birth_month else None

    @property
    def age(self) -> int | None:
        """Return whole years today, None before birth."""
        born = self.born_in
        if born is None:
            return None
        today = timezone.localdate()
        return today.year - born.year - (today.month < born.month)


class SupportFamily(Family):
    """A family, couple or single person that offers support."""

    status = models.CharField(
        _("status"), max_length=16, choices=SupportStatus, default=SupportStatus.REGISTERED, editable=False
    )
    channel = models.CharField(_("hoe gehoord"), max_length=16, choices=RecruitmentChannel, blank=True)
    motivation = models.TextField(_("waarom u steungezin wilt zijn"), max_length=2000, blank=True)
    approved_on = models.DateField(_("goedgekeurd op"), null=True, blank=True)
    paused_until = models.DateField(_("even niet tot"), null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="support_status_known", condition=models.Q(status__in=SupportStatus.values)
            ),
            models.CheckConstraint(
                name="support_left_has_reason",
                condition=models.Q(status=SupportStatus.LEFT, closed_on__isnull=False)
                & ~models.Q(close_reason="")
                | ~models.Q(status=SupportStatus.LEFT),
            ),
            models.CheckConstraint(
                name="support_available_is_approved",
                condition=models.Q(approved_on__isnull=False)
                | ~models.Q(status__in=[SupportStatus.AVAILABLE, SupportStatus.PAUSED]),
            ),
        )
        indexes = (models.Index(fields=["status", "registered_on"]),)

    @property
    def call_by(self) -> date:
        """Return the day by which the family must have been called."""
        return call_by(self.registered_on, CALL_OFFERING_WITHIN)


# Either of the two.
AnyFamily = RequestingFamily | SupportFamily


class SupportAdult(ScopedModel):
    """An adult of a support household. Everyone who may be alone with a child needs a VOG."""

    family = models.ForeignKey(SupportFamily, on_delete=models.PROTECT, related_name="adults")
    first_name = models.CharField(_("voornaam"), max_length=60)
    name_prefix = models.CharField(_("tussenvoegsel"), max_length=20, blank=True)
    last_name = models.CharField(_("achternaam"), max_length=80)
    phone = models.CharField(_("telefoonnummer"), max_length=20, blank=True)
    email = models.EmailField(_("e-mailadres"), blank=True)
    is_contact = models.BooleanField(_("eerste contactpersoon"), default=False)
    needs_vog = models.BooleanField(_("heeft een VOG nodig"), default=True)
    left_household_on = models.DateField(_("woont hier niet meer sinds"), null=True, blank=True)

    class Meta:
        ordering = ("-is_contact", "first_name")
        constraints = (
            models.UniqueConstraint(
                fields=["family"], condition=models.Q(is_contact=True), name="one_contact_per_support_family"
            ),
        )

    def __str__(self) -> str:
        """Return the full name."""
        return self.full_name

    @property
    def full_name(self) -> str:
        """Return the name as people write it."""
        return full_name(self.first_name, self.name_prefix, self.last_name)


class Consent(ScopedModel):
    """A dated consent of one family for one group of special personal data; withdrawn by a date, never deleted.

    The sensitive note itself stands on its consent, so that it cannot exist without one and goes when it is withdrawn.
    """

    requesting_family = models.ForeignKey(
        RequestingFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    support_family = models.ForeignKey(
        SupportFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    group = models.CharField(_("waarvoor"), max_length=20, choices=SensitiveGroup)
    given_on = models.DateField(_("gegeven op"))
    withdrawn_on = models.DateField(_("ingetrokken op"), null=True, blank=True)
    recorded_by = models.CharField(_("vastgelegd door"), max_length=120)
    note = models.CharField(_("wat wij daarover moeten weten"), max_length=500, blank=True)

    class Meta:
        ordering = ("group", "given_on")
        constraints = (
            models.CheckConstraint(
                name="consent_withdrawn_has_no_note",
                condition=models.Q(withdrawn_on__isnull=True) | models.Q(note=""),
            ),
            models.UniqueConstraint(
                fields=["requesting_family", "group"],
                condition=models.Q(withdrawn_on__isnull=True, requesting_family__isnull=False),
                name="one_live_consent_per_requesting_family_group",
            ),
            models.UniqueConstraint(
                fields=["support_family", "group"],
                condition=models.Q(withdrawn_on__isnull=True, support_family__isnull=False),
                name="one_live_consent_per_support_family_group",
            ),
            models.CheckConstraint(
                name="consent_of_exactly_one_family",
                condition=models.Q(requesting_family__isnull=False, support_family__isnull=True)
                | models.Q(requesting_family__isnull=True, support_family__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_after_given",
                condition=models.Q(withdrawn_on__isnull=True)
                | models.Q(withdrawn_on__gte=models.F("given_on")),
            ),
        )


class ContactNote(ScopedModel):
    """A phone call, visit or message with a family, in a few words."""

    class Kind(models.TextChoices):
        CALL = "call", _("telefoongesprek")
        VISIT = "visit", _("huisbezoek")
        MESSAGE = "message", _("bericht")
        NOTE = "note", _("notitie")

    requesting_family = models.ForeignKey(
        RequestingFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    support_family = models.ForeignKey(
        SupportFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
    kind = models.CharField(_("soort"), max_length=8, choices=Kind)
    happened_on = models.DateField(_("datum"))
    text = models.TextField(_("notitie"), max_length=4000)
    author_name = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    append_only = True

    class Meta:
        ordering = ("-happened_on", "-created_at")
        constraints = (
            models.CheckConstraint(
                name="note_of_exactly_one_family",
                condition=models.Q(requesting_family__isnull=False, support_family__isnull=True)
                | models.Q(requesting_family__isnull=True, support_family__isnull=False),
            ),
        )


class PostcodeArea(ScopedModel):
    """The middle of a four-digit postcode area, for straight-line distances (WGS84 degrees)."""

    code = models.CharField(max_length=4, unique=True)
    place = models.CharField(max_length=80, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
