"""Letters and mails to families. They refer to their subject by kind and id and know no case work, as files do.

What was written is never edited (``append_only``): the text, to whom, by whom and from which version of the national
text. What becomes of a mail stands beside it, with its history among the transitions.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.permissions import Role
from core.letters.workflow import DeliveryStatus
from tenants.classification import Columns
from tenants.models import ScopedModel
from tenants.standards.models import StandardKind
from tenants.standards.wording import LONGEST


class Way(models.TextChoices):
    """How it goes to the family."""

    MAIL = "mail", _("per mail")
    PAPER = "paper", _("op papier")


class Topic(models.TextChoices):
    """The lines above a mail there are. Others in the house may read them: nothing about anybody stands in them."""

    GREETING = "groet", _("Een groet van uw coördinator")
    APPOINTMENT = "afspraak", _("Onze afspraak")
    QUESTION = "vraag", _("Een vraag aan u")
    NEWS = "nieuws", _("Nieuws van uw coördinator")
    INVITATION = "uitnodiging", _("U bent welkom")
    TALK = "bijpraten", _("Zullen we bijpraten?")
    THANKS = "dank", _("Dank u wel")


class LetterReader(models.TextChoices):
    """For whose eyes a letter is, when not for everybody who may see the file: as with notes."""

    COORDINATOR = Role.COORDINATOR.value, _("alleen coördinatoren")
    SAFEGUARDING_OFFICER = Role.SAFEGUARDING_OFFICER.value, _("alleen de aandachtsfunctionaris en ik")


class Letter(ScopedModel):
    """A letter or mail as it was sent, to one person."""

    # On whose page it was written, and the family of whoever gets it: the same, unless that is a coupling.
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    family_id = models.UUIDField()
    kind = models.CharField(_("soort"), max_length=24, choices=StandardKind)
    text_version = models.PositiveSmallIntegerField(_("versie van de tekst"))
    way = models.CharField(_("hoe"), max_length=8, choices=Way)
    topic = models.CharField(_("onderwerp"), max_length=16, choices=Topic)
    to_name = models.CharField(_("aan"), max_length=200)
    to_email = models.EmailField(_("e-mailadres"), blank=True)
    to_address = models.CharField(_("adres"), max_length=260, blank=True)
    text = models.TextField(_("tekst"), max_length=LONGEST)
    # Empty: everybody who may see the file. Otherwise only this role, and who wrote it.
    confidential_to = models.CharField(
        _("voor wie"), max_length=24, choices=LetterReader, blank=True, default="", db_default=""
    )
    written_at = models.DateTimeField(db_default=Now())
    written_by = models.CharField(_("geschreven door"), max_length=120)
    written_by_id = models.UUIDField(null=True)

    columns = Columns(
        plain="subject_kind kind text_version way topic confidential_to",
        personal="subject_id family_id to_name to_email to_address written_at written_by written_by_id",
        special="text",
    )
    append_only = True

    class Meta:
        ordering = ("-written_at",)
        constraints = (
            models.CheckConstraint(
                name="letter_mail_has_address", condition=~models.Q(way=Way.MAIL) | ~models.Q(to_email="")
            ),
            models.CheckConstraint(name="letter_way_known", condition=models.Q(way__in=Way.values)),
            models.CheckConstraint(name="letter_topic_known", condition=models.Q(topic__in=Topic.values)),
        )
        indexes = (
            models.Index(fields=["subject_id", "-written_at"], name="letter_of_subject"),
            models.Index(fields=["family_id", "-written_at"], name="letter_of_family"),
        )


class MailDelivery(ScopedModel):
    """What became of a letter that goes by mail. ``code`` is a mail server's answer, as 5.1.1, and never its words."""

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="delivery")
    status = models.CharField(
        _("status"), max_length=8, choices=DeliveryStatus, default=DeliveryStatus.WAITING, editable=False
    )
    changed_at = models.DateTimeField(db_default=Now())
    code = models.CharField(max_length=12, blank=True, default="", editable=False)

    columns = Columns(plain="status changed_at code")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="delivery_status_known", condition=models.Q(status__in=DeliveryStatus.values)
            ),
        )


class DeedDone(ScopedModel):
    """That a small deed was done for a support family, so that the next one is another."""

    family_id = models.UUIDField()
    code = models.CharField(max_length=24)
    done_on = models.DateField(_("gedaan op"))
    done_by = models.CharField(max_length=120)

    columns = Columns(plain="code", personal="family_id done_on done_by")
    append_only = True

    class Meta:
        ordering = ("done_on", "pk")
        indexes = (models.Index(fields=["family_id", "done_on"], name="deed_of_family"),)
