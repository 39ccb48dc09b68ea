"""The registry: which municipalities there are, where they live, and what is waiting to be done for them.

These tables stand in `public` and hold no personal data.
"""

from typing import Never
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import TenantMixin

from tenants.classification import Columns
from tenants.context import WrongScope


class CurrentUser(models.Func):
    """The PostgreSQL role that runs the statement."""

    template = "CURRENT_USER"
    output_field = models.CharField()
    arity = 0


class Phase(models.TextChoices):
    """Where the programme in a municipality stands."""

    PILOT = "pilot", _("proef")
    STRUCTURAL = "structural", _("structureel")
    WINDING_DOWN = "winding_down", _("in afbouw")
    CLOSED = "closed", _("gestopt")
    MERGED = "merged", _("samengevoegd")


class State(models.TextChoices):
    """Whether the schema of a municipality can be worked in."""

    PROVISIONING = "provisioning", _("wordt ingericht")
    LIVE = "live", _("in gebruik")
    MOVING = "moving", _("wordt verplaatst")
    ERASED = "erased", _("gewist")


class Kind(models.TextChoices):
    """Whether the people in a municipality are real."""

    REGULAR = "regular", _("gewone gemeente")
    PRACTICE = "practice", _("oefengemeente")


class Municipality(TenantMixin, models.Model):  # type: ignore[misc]  # django-tenants has no types
    """One programme area: usually one municipality, sometimes several together."""

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Opaque, because the names of schemas can be read by every role of the database.
    schema_name = models.CharField(max_length=63, unique=True, editable=False)
    slug = models.SlugField(_("naam in het adres"), max_length=40, unique=True)
    name = models.CharField(_("naam"), max_length=80)
    type = models.CharField(max_length=16, default="municipality", editable=False)
    # A practice municipality holds invented people only: it is not counted anywhere and sends no mail.
    kind = models.CharField(
        _("soort"),
        max_length=16,
        choices=Kind,
        default=Kind.REGULAR,
        db_default=Kind.REGULAR.value,
        editable=False,
    )
    phase = models.CharField(_("fase"), max_length=16, choices=Phase)
    state = models.CharField(_("toestand"), max_length=16, choices=State, default=State.PROVISIONING)
    contract_target_per_year = models.PositiveIntegerField(_("afgesproken koppelingen per jaar"), default=0)
    data_controller = models.CharField(_("verwerkingsverantwoordelijke"), max_length=160)
    vog_term_months = models.PositiveSmallIntegerField(_("VOG opnieuw na (maanden)"), default=36)
    centre_lat = models.DecimalField(_("breedtegraad"), max_digits=4, decimal_places=2, null=True, blank=True)
    centre_lon = models.DecimalField(_("lengtegraad"), max_digits=4, decimal_places=2, null=True, blank=True)
    started_on = models.DateField(_("begonnen op"))
    ended_on = models.DateField(_("gestopt op"), null=True, blank=True)
    # How many of the recorded migrations (SchemaScript) the schema has.
    schema_version = models.PositiveIntegerField(default=0, editable=False)
    # Which rights its role was given last.
    rights_digest = models.CharField(max_length=16, default="", db_default="", editable=False)
    columns = Columns(
        plain=(
            "schema_name slug name type kind phase state contract_target_per_year data_controller "
            "vog_term_months centre_lat centre_lon started_on ended_on schema_version rights_digest"
        ),
        export=True,
        erase=False,
    )

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="municipality_phase_known", condition=models.Q(phase__in=Phase.values)
            ),
            models.CheckConstraint(
                name="municipality_state_known", condition=models.Q(state__in=State.values)
            ),
            models.CheckConstraint(name="municipality_kind_known", condition=models.Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="municipality_ends_after_start",
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
            ),
        )

    def __str__(self) -> str:
        """Return the name people use."""
        return self.name

    def __enter__(self) -> Never:
        """Refuse django-tenants' switch, which stays on the connection."""
        self.activate()

    def __exit__(self, *_error: object) -> None:
        """Belong to `__enter__`, which never succeeds."""

    @property
    def is_practice(self) -> bool:
        """Tell whether everything in it is invented."""
        return self.kind == Kind.PRACTICE

    def activate(self) -> Never:
        """Refuse django-tenants' switch, which stays on the connection."""
        message = "Enter a municipality with `with tenants.context.municipality(m):`."
        raise WrongScope(message)


class MunicipalityCode(models.Model):
    """A code of Statistics Netherlands under which the programme area worked, with its dates."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(_("gemeentecode"), max_length=6)
    valid_from = models.DateField(_("geldig vanaf"))
    valid_to = models.DateField(_("geldig tot"), null=True, blank=True)
    columns = Columns(plain="code valid_from valid_to", export=True, erase=False)

    class Meta:
        ordering = ("valid_from", "code")
        constraints = (
            models.CheckConstraint(
                name="municipality_code_form", condition=models.Q(code__regex=r"^GM\d{4}$")
            ),
            models.CheckConstraint(
                name="municipality_code_ends_after_start",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")),
            ),
            models.UniqueConstraint(
                name="municipality_code_once_open", fields=["code"], condition=models.Q(valid_to=None)
            ),
        )

    def __str__(self) -> str:
        """Return the code itself."""
        return self.code


class Domain(models.Model):
    """A host name of a municipality besides `<slug>.<base domain>`."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="domains")
    host = models.CharField(_("domeinnaam"), max_length=253, unique=True)
    columns = Columns(plain="host", export=True, erase=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="domain_host_is_lower_case", condition=models.Q(host__regex=r"^[a-z0-9.-]+$")
            ),
        )

    def __str__(self) -> str:
        """Return the host."""
        return self.host


class OutboxEntry(models.Model):
    """Work that a transaction left behind: sent by the relay, deleted in the transaction of its effect.

    Row level security ties a row to the role that wrote it, so no municipality can ask for work in another's name.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    role_name = models.CharField(max_length=63, db_default=CurrentUser(), editable=False)
    schema_name = models.CharField(max_length=63)
    login = models.CharField(max_length=16)
    job = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    last_error = models.CharField(max_length=80, default="", db_default="", blank=True)
    columns = Columns(
        plain="role_name schema_name login job arguments created_at sent_at attempts last_error",
        export=False,
        erase=True,
    )

    class Meta:
        indexes = (
            models.Index(fields=["sent_at", "created_at"], name="outbox_to_send"),
            models.Index(fields=["schema_name", "job"], name="outbox_same_work"),
        )

    def __str__(self) -> str:
        """Return the job: no arguments."""
        return self.job


class SchemaScript(models.Model):
    """What one migration did to the template, statement by statement, to be done again in every municipality."""

    version = models.PositiveIntegerField(primary_key=True)
    app = models.CharField(max_length=80)
    migration = models.CharField(max_length=120)
    statements = models.JSONField()
    fingerprint = models.CharField(
        max_length=64, help_text="of the catalogue of the template after this migration"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    columns = Columns(plain="app migration statements fingerprint recorded_at", export=False, erase=False)

    class Meta:
        ordering = ("version",)
        constraints = (models.UniqueConstraint(name="schema_script_once", fields=["app", "migration"]),)

    def __str__(self) -> str:
        """Return the migration."""
        return f"{self.app}.{self.migration}"


class Progress(models.TextChoices):
    """How far one migration got in one municipality."""

    DONE = "done", _("klaar")
    HALF = "half", _("gedaan, nog te controleren")
    PUT_OFF = "put_off", _("uitgesteld")
    FAILED = "failed", _("mislukt")


class SchemaJournal(models.Model):
    """How one migration went in one municipality: written by the runner in the transaction of the migration itself."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="journal")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=Progress)
    # A sentence of ours, never the words of PostgreSQL: those may quote a row.
    error = models.CharField(max_length=300, default="", db_default="", blank=True)
    milliseconds = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveSmallIntegerField(default=1, db_default=1)
    at = models.DateTimeField(db_default=Now())
    columns = Columns(plain="version state error milliseconds attempts at", export=False, erase=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(name="schema_journal_once", fields=["municipality", "version"]),
            models.CheckConstraint(
                name="schema_journal_state_known", condition=models.Q(state__in=Progress.values)
            ),
        )

    def __str__(self) -> str:
        """Return the version and how it went."""
        return f"{self.version}: {self.state}"


class Likeness(models.TextChoices):
    """Whether a schema is what the migrations made of the template."""

    EQUAL = "equal", _("gelijk aan het sjabloon")
    BEHIND = "behind", _("nog niet bijgewerkt")
    DIFFERS = "differs", _("wijkt af van het sjabloon")


class SchemaCheck(models.Model):
    """What the last comparison of a schema with the template said."""

    municipality = models.OneToOneField(
        Municipality, on_delete=models.CASCADE, primary_key=True, related_name="check_of_schema"
    )
    state = models.CharField(max_length=8, choices=Likeness)
    # Names of tables, columns and rights; nothing that stands in them.
    differences = models.JSONField(default=list)
    checked_at = models.DateTimeField(db_default=Now())
    columns = Columns(plain="state differences checked_at", export=False, erase=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="schema_check_state_known", condition=models.Q(state__in=Likeness.values)
            ),
        )

    def __str__(self) -> str:
        """Return what it said."""
        return self.state
