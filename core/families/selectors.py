"""Reading families: access functions for one, querysets and rows for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import CharField, F, Prefetch, Q, QuerySet, Value
from django.utils import timezone

from common.errors import NotAllowed
from common.permissions import Permission
from core.families.models import (
    AnyFamily,
    Consent,
    ContactNote,
    Registrant,
    RequestingFamily,
    RequestingParent,
    SupportAdult,
    SupportedChild,
    SupportFamily,
)
from core.families.workflow import RequestingStatus, SupportStatus
from core.lists.search import Source
from core.lists.search import search as with_words
from tenants.accounts.models import Actor, User

Kind = Literal["requesting", "support"]

# The audit action of somebody who opened a file.
VIEWED = "family_viewed"
OPEN_REQUESTING = frozenset(set(RequestingStatus) - {RequestingStatus.CLOSED, RequestingStatus.MERGED})
OPEN_SUPPORT = frozenset(set(SupportStatus) - {SupportStatus.LEFT, SupportStatus.MERGED})


def note_words(table: str, owner: str) -> tuple[Source, ...]:
    """Return where the words of notes stand: those of a family, and of files that were merged into its own."""
    return (
        Source("families_contactnote", owner, notes=True),
        Source("families_contactnote", owner, through=(table, "id"), gives="merged_into_id", notes=True),
    )


# Where the words stand by which a file is found.
REQUESTING_WORDS = (
    Source("families_requestingfamily"),
    Source("families_requestingparent", "family_id"),
    Source("families_supportedchild", "family_id"),
    *note_words("families_requestingfamily", "requesting_family_id"),
)
SUPPORT_WORDS = (
    Source("families_supportfamily"),
    Source("families_supportadult", "family_id"),
    *note_words("families_supportfamily", "support_family_id"),
)
# Public registrations that one municipality takes in this time; more is a program, not a good newspaper article.
FLOOD_WINDOW = timedelta(minutes=10)
FLOOD_LIMIT = 30


# ---------------------------------------------------------------------------------------------------- one family


def requesting_family_for(
    actor: Actor, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> RequestingFamily:
    """Return an asking family that this person may see (or, with another permission, change)."""
    family = RequestingFamily.objects.filter(pk=public_id).first() if actor.may(permission) else None
    if family is None:
        raise NotAllowed
    return family


def support_family_for(
    actor: Actor, public_id: UUID, permission: Permission = Permission.VIEW_CASES
) -> SupportFamily:
    """Return a support family that this person may see (or, with another permission, change)."""
    family = SupportFamily.objects.filter(pk=public_id).first() if actor.may(permission) else None
    if family is None:
        raise NotAllowed
    return family


def parent_for(actor: Actor, public_id: UUID) -> RequestingParent:
    """Return a parent with the family, to change."""
    found = RequestingParent.objects.select_related("family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def child_for(actor: Actor, public_id: UUID) -> SupportedChild:
    """Return a child with the family, to change."""
    found = SupportedChild.objects.select_related("family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def adult_for(actor: Actor, public_id: UUID) -> SupportAdult:
    """Return an adult of a support household with the family, to change."""
    found = SupportAdult.objects.select_related("family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def consent_for(actor: Actor, public_id: UUID) -> Consent:
    """Return a consent with its family, to change."""
    found = Consent.objects.select_related("requesting_family", "support_family").filter(pk=public_id).first()
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def note_for(actor: User, public_id: UUID) -> ContactNote:
    """Return a note with its family, to pin."""
    found = (
        ContactNote.objects.select_related("requesting_family", "support_family")
        .filter(_readable_by(actor), pk=public_id)
        .first()
    )
    if found is None or not actor.may(Permission.EDIT_CASES):
        raise NotAllowed
    return found


def notes_of(family: AnyFamily, actor: User) -> list[ContactNote]:
    """Return the notes in a file that this person may read, latest first; with their pins, and of merged files too."""
    files = [family.pk, *family.merged_from.values_list("pk", flat=True)]
    column = "requesting_family" if isinstance(family, RequestingFamily) else "support_family"
    return list(
        ContactNote.objects.filter(_readable_by(actor), **{f"{column}__in": files}).select_related("pin")
    )


def _readable_by(actor: User) -> Q:
    """Return which notes somebody may read: those for everybody, for the own role, and what they wrote themselves."""
    return Q(confidential_to__in=["", actor.role]) | Q(author_id=actor.pk)


def consents_of(family: AnyFamily) -> list[Consent]:
    """Return every consent, the live ones first."""
    return list(family.consents.order_by(F("withdrawn_on").asc(nulls_first=True), "group"))


# --------------------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """A family that registered and waits for the first steps."""

    kind: Kind
    family: AnyFamily
    contact: RequestingParent | SupportAdult | None

    @property
    def phone(self) -> str:
        """Return the number to call: of the referrer when the family gave none."""
        if self.contact and self.contact.phone:
            return self.contact.phone
        return self.family.referrer_phone if isinstance(self.family, RequestingFamily) else ""

    @property
    def to_call(self) -> bool:
        """Tell whether nobody has called yet."""
        return self.family.status == RequestingStatus.REGISTERED


def registration_ids(
    *, search: str = "", statuses: Iterable[str] = (), reader: User
) -> "QuerySet[RequestingFamily, tuple[UUID, str, date, str]]":
    """Return what orders new families of both kinds: who must be called first, the oldest on top."""
    wanted = list(statuses) or [RequestingStatus.REGISTERED, RequestingStatus.CONTACTED]
    asking = RequestingFamily.objects.filter(status__in=wanted)
    offering = SupportFamily.objects.filter(status__in=wanted)
    if search:
        asking = with_words(asking, search, REQUESTING_WORDS, reader=reader)
        offering = with_words(offering, search, SUPPORT_WORDS, reader=reader)
    columns = ("pk", "kind", "registered_on", "status")
    return (
        asking.annotate(kind=Value("requesting", output_field=CharField()))
        .order_by()
        .values_list(*columns)
        .union(
            offering.annotate(kind=Value("support", output_field=CharField()))
            .order_by()
            .values_list(*columns),
            all=True,
        )
        .order_by("-status", "registered_on", "pk")
    )


def registration_rows(ids: Iterable[tuple[UUID, str, date, str]]) -> list[RegistrationRow]:
    """Return the families of one page with the person to call, in the order given."""
    wanted = list(ids)
    asking = RequestingFamily.objects.filter(
        pk__in=[pk for pk, kind, *_rest in wanted if kind == "requesting"]
    )
    offering = SupportFamily.objects.filter(pk__in=[pk for pk, kind, *_rest in wanted if kind == "support"])
    found: dict[UUID, RegistrationRow] = {}
    for family in asking.prefetch_related("children", _contacts("parents", RequestingParent)):
        found[family.pk] = RegistrationRow("requesting", family, next(iter(family.parents.all()), None))
    for other in offering.prefetch_related(_contacts("adults", SupportAdult)):
        found[other.pk] = RegistrationRow("support", other, next(iter(other.adults.all()), None))
    return [found[pk] for pk, *_rest in wanted if pk in found]


def flooded() -> bool:
    """Tell whether so many public registrations came in just now that a program must be sending them."""
    since = timezone.now() - FLOOD_WINDOW
    public = Q(created_at__gte=since, registered_by__in=[Registrant.SELF, Registrant.REFERRER])
    return (
        RequestingFamily.objects.filter(public).count() + SupportFamily.objects.filter(public).count()
        >= FLOOD_LIMIT
    )


def _contacts(name: str, model: type[RequestingParent] | type[SupportAdult]) -> "Prefetch[str]":
    return Prefetch(name, queryset=model.objects.filter(is_contact=True))
