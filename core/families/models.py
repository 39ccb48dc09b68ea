"""Asking families (vraaggezinnen) and support families (steungezinnen) with the people in them.

What must not be known has no column here: no citizen service number, income, debts or photographs (GDPR art. 5.1.c).
"""

from datetime import date
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from common.permissions import Role
from common.vocabulary import (
    CloseReason,
    HouseholdKind,
    RecruitmentChannel,
    ReferralSource,
    SensitiveGroup,
)
from core.families.rules import CALL_ASKING_WITHIN, CALL_OFFERING_WITHIN, call_by, full_name
from core.families.workflow import RequestingStatus, SupportStatus
from tenants.classification import Columns
from tenants.models import ScopedModel

# The digits of a postcode that name an area: as fine as distances need.
POSTCODE_AREA = 4


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
    columns = Columns(
        plain="municipality_code submission_key created_at",
        personal=(
            "name street postcode place secret_address registered_on registered_by first_contact_on "
            "visit_on close_reason closed_on pseudonym"
        ),
        special="remarks",
        derived="search sort_name",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Return the name as people call a family: "gezin De Vries", as Dutch writes it without a first name."""
        return str(_("gezin %(name)s") % {"name": capfirst(self.name)})

    @property
    def postcode_area(self) -> str:
        """Return the four digits of the postcode: as fine as distances need."""
        return self.postcode[:POSTCODE_AREA]


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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    columns = Columns(
        personal=(
            "status household referral_source referrer_name referrer_phone permission_told_on "
            "interpreter_language waiting_since"
        ),
        special="safe_contact",
    )

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
    columns = Columns(
        personal="first_name name_prefix last_name phone email has_custody agreed_on is_contact",
        derived="search",
    )

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
    columns = Columns(
        personal="first_name birth_year birth_month due_on pseudonym", special="remarks", derived="search"
    )

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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from"
    )
    columns = Columns(personal="status channel approved_on paused_until", special="motivation")

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
    columns = Columns(
        personal="first_name name_prefix last_name phone email is_contact needs_vog left_household_on",
        derived="search",
    )

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
    columns = Columns(personal="given_on withdrawn_on recorded_by", special="group note")

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


class NoteReader(models.TextChoices):
    """For whose eyes a note is, when not for everybody who may see the file."""

    COORDINATOR = Role.COORDINATOR.value, _("alleen coördinatoren")
    SAFEGUARDING_OFFICER = Role.SAFEGUARDING_OFFICER.value, _("alleen de aandachtsfunctionaris en ik")


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
    author_id = models.UUIDField(null=True, editable=False)
    # Empty: everybody who may see the file. Otherwise only this role, and who wrote it.
    confidential_to = models.CharField(
        _("voor wie"), max_length=24, choices=NoteReader, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(auto_now_add=True)
    columns = Columns(
        plain="created_at confidential_to",
        personal="kind happened_on author_name author_id",
        special="text",
        derived="search",
    )

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


class NotePin(ScopedModel):
    """A note that stands on top of the file until somebody takes it down."""

    note = models.OneToOneField(ContactNote, on_delete=models.PROTECT, related_name="pin")
    pinned_by = models.CharField(max_length=120, editable=False)
    pinned_at = models.DateTimeField(auto_now_add=True)

    columns = Columns(personal="pinned_by pinned_at")


class DuplicateKey(ScopedModel):
    """One way in which a family can be recognised: a number, an address, a name as it sounds. Made by `duplicates`."""

    requesting_family = models.ForeignKey(
        RequestingFamily, on_delete=models.CASCADE, null=True, related_name="duplicate_keys"
    )
    support_family = models.ForeignKey(
        SupportFamily, on_delete=models.CASCADE, null=True, related_name="duplicate_keys"
    )
    key = models.CharField(max_length=120)

    columns = Columns(personal="key")

    class Meta:
        indexes = (models.Index(fields=["key"], name="duplicate_key"),)
        constraints = (
            models.CheckConstraint(
                name="duplicate_key_of_exactly_one_family",
                condition=models.Q(requesting_family__isnull=False, support_family__isnull=True)
                | models.Q(requesting_family__isnull=True, support_family__isnull=False),
            ),
        )


class NotTheSame(ScopedModel):
    """Somebody looked at two files that look alike and said that they are two families."""

    one_id = models.UUIDField()
    other_id = models.UUIDField()
    said_by = models.CharField(max_length=120)
    said_at = models.DateTimeField(auto_now_add=True)

    columns = Columns(personal="one_id other_id said_by said_at")

    class Meta:
        indexes = (models.Index(fields=["other_id"], name="not_the_same_other"),)
        constraints = (models.UniqueConstraint(fields=["one_id", "other_id"], name="told_apart_once"),)


class FamilyMerge(ScopedModel):
    """Two files that turned out to be one family: which stayed, which went into it, and all it takes to undo that."""

    kept_id = models.UUIDField()
    gone_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    state_before = models.CharField(max_length=16)
    # Ids of the rows that moved, per table, and the columns of the kept file that took a value over.
    moved = models.JSONField(default=dict)
    taken = models.JSONField(default=dict)
    merged_at = models.DateTimeField(auto_now_add=True)
    merged_by = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)

    columns = Columns(
        plain="kind",
        personal="kept_id gone_id state_before moved merged_at merged_by undone_at undone_by",
        special="taken",
    )

    class Meta:
        indexes = (models.Index(fields=["kept_id"], name="merge_of_kept"),)
        constraints = (
            models.UniqueConstraint(
                fields=["gone_id"], condition=models.Q(undone_at__isnull=True), name="merged_away_once"
            ),
        )


class PostcodeArea(ScopedModel):
    """The middle of a four-digit postcode area, for straight-line distances (WGS84 degrees)."""

    code = models.CharField(max_length=4, unique=True)
    place = models.CharField(max_length=80, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    columns = Columns(plain="code place latitude longitude")
