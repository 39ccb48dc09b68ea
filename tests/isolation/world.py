"""A municipality with one row of every kind, several times over, in which every free text is a canary.

The rows are made from the models, so that a new table or column is in at once; where a constraint or a reader wants
something in particular it stands in `_WANTED`. Each story has a family of its own with everything that hangs on it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.models import Session
from django.db import connections, models
from django.utils import timezone

from common.permissions import MUNICIPAL_ROLES, Role
from core.agreements.selectors import token_hash
from core.border.contacts import CONTACT_FIELDS
from core.border.models import BorderExchange
from core.border.workflow import LIVE, BorderSide
from core.border.workflow import BorderStatus as B
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus as C
from core.families.models import FamilyMerge, RequestingFamily, SupportedChild
from core.families.workflow import RequestingStatus as R
from core.families.workflow import SupportStatus as S
from core.guidance.workflow import MomentStatus as M
from core.handover.models import Handover
from core.imports.models import ImportRun
from core.letters.models import Letter
from core.matching.models import MatchProposal, ProposalChild
from core.matching.workflow import ProposalStatus as P
from core.safeguarding.models import Concern
from core.safeguarding.workflow import ConcernStatus as Z
from core.tasks.workflow import TaskStatus as T
from core.vog.workflow import VogStatus as V
from tenants import context
from tenants.accounts.models import AccountTie, User
from tenants.accounts.sessions import SessionStore
from tenants.crossing.models import Assent, Card, CounterCard, Neighbour, Who
from tenants.municipalities.models import Kind, Municipality, State
from tenants.standards.defaults import SUBJECTS, shipped
from tests.isolation.addresses import CALENDAR_TOKEN

# Short enough for every column, and in no word that the product itself uses.
MARK: Final = "qzkan"
PHONE: Final = "+31657135713"
_MARKS: Final = re.compile(rf"{MARK}|5\W?7\W?1\W?3\W?5\W?7\W?1\W?3")
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
PASSWORD: Final = "een lang wachtwoord voor de proef"

# One story per line: the states of everything in it, from the first call to after the end.
STORIES: Final[tuple[Mapping[str, str], ...]] = (
    {"requesting": R.REGISTERED, "support": S.REGISTERED, "vog": V.REQUESTED, "proposal": P.DRAFT,
     "coupling": C.INTRODUCTION, "moment": M.PLANNED, "task": T.OPEN},
    {"requesting": R.CONTACTED, "support": S.CONTACTED, "vog": V.RECEIVED, "proposal": P.SUPPORT_ASKED,
     "coupling": C.INTRODUCTION, "moment": M.PLANNED, "task": T.OPEN},
    {"requesting": R.INTAKE, "support": S.SCREENING, "vog": V.SEEN, "proposal": P.PARENTS_ASKED,
     "coupling": C.TRIAL, "moment": M.PLANNED, "task": T.OPEN},
    {"requesting": R.WAITING, "support": S.AVAILABLE, "vog": V.SEEN, "proposal": P.ACCEPTED,
     "coupling": C.COUPLED, "moment": M.PLANNED, "task": T.OPEN},
    {"requesting": R.SUPPORTED, "support": S.PAUSED, "vog": V.SEEN, "proposal": P.INTRODUCED,
     "coupling": C.ENDED, "moment": M.HELD, "task": T.DONE},
    {"requesting": R.CLOSED, "support": S.LEFT, "vog": V.EXPIRED, "proposal": P.DECLINED_BY_PARENTS,
     "coupling": C.NOT_CONTINUED, "moment": M.DROPPED, "task": T.DROPPED},
)  # fmt: skip
# Even stories have a card of their own, odd ones offer a family on the card of the neighbour.
EXCHANGES: Final = (B.OPEN, B.OPEN, B.AGREED, B.FAMILY_AGREED, B.CONTACT_GIVEN, B.EXPIRED)
_STATUS_OF: Final = {
    "families.requestingfamily": "requesting",
    "families.supportfamily": "support",
    "vog.conductcertificatecheck": "vog",
    "matching.matchproposal": "proposal",
    "couplings.coupling": "coupling",
    "guidance.guidancemoment": "moment",
    "tasks.task": "task",
}
# Columns of closed lists, ids and forms of their own: no place for a canary.
NO_CANARY: Final = {
    "postcode", "municipality_code", "action", "object_kind", "subject_kind", "code", "password", "status",
    "from_state", "to_state", "weights_version", "session_key", "token_hash", "questions", "salt",
    "blob", "kind", "state_before", "field", "mapping", "target", "verdicts",
}  # fmt: skip
_CONCERN_ABOUT: Final = ("family", "support_family", "coupling")
_FIXED_QUESTIONS: Final = [one for kind in SUBJECTS for one in shipped(kind)["questions"]]
TODAY: Final = date.today()  # noqa: DTZ011  (the columns are plain days)


def _wanted(story: int) -> dict[str, dict[str, Any]]:
    """Return what the constraints of the tables ask for, per model."""
    states = STORIES[story]
    first_side = story % 2 == 0
    closed = {"close_reason": "other", "closed_on": TODAY}
    return {
        "families.requestingfamily": {
            "postcode": "9876 QZ", "municipality_code": "GM0439", "registered_by": "referrer",
            "permission_told_on": TODAY, "secret_address": False, "merged_into": None,
            **(closed if states["requesting"] == R.CLOSED else {"close_reason": "", "closed_on": None}),
        },
        "families.supportfamily": {
            "postcode": "9876 QZ", "municipality_code": "GM0439", "registered_by": "self", "secret_address": False,
            "merged_into": None,
            **(closed if states["support"] == S.LEFT else {"close_reason": "", "closed_on": None}),
        },
        "families.supportedchild": {"birth_year": TODAY.year - 3, "birth_month": 5, "due_on": None},
        "families.requestingparent": {"is_contact": True},
        "families.supportadult": {"is_contact": True, "needs_vog": True, "left_household_on": None},
        "families.consent": {"support_family" if first_side else "requesting_family": None, "withdrawn_on": None},
        "families.contactnote": {"support_family" if first_side else "requesting_family": None, "confidential_to": ""},
        "families.duplicatekey": {"support_family" if first_side else "requesting_family": None},
        "families.familymerge": {"kind": "requesting", "state_before": "registered"},
        "files.storedfile": {"blob": uuid4().hex, "subject_kind": "families.requestingfamily"},
        "families.postcodearea": {"code": f"98{70 + story}"},
        "vog.conductcertificatecheck": {
            "issued_on": TODAY - timedelta(days=60), "seen_on": TODAY - timedelta(days=50),
            "review_due": TODAY + timedelta(days=900), "profile": "84",
        },
        "matching.matchproposal": {
            "places_freed_on": TODAY if states["proposal"] == P.INTRODUCED else None, "score": 500,
        },
        "matching.localweights": {"version": story + 1, "national_version": 90},
        "border.borderexchange": {
            "side": BorderSide.ASKING if first_side else BorderSide.OFFERING, "status": EXCHANGES[story],
            "support_family" if first_side else "family": None, "expires_on": TODAY + timedelta(days=30),
            "ended_on": None if EXCHANGES[story] in LIVE else TODAY,
            **({} if EXCHANGES[story] == B.CONTACT_GIVEN else dict.fromkeys(CONTACT_FIELDS, "")),
        },
        "couplings.coupling": {
            "introduced_on": TODAY - timedelta(days=40), "guidance_until": TODAY + timedelta(days=700),
            "trial_started_on": TODAY - timedelta(days=30), "trial_ends_on": TODAY + timedelta(days=10),
            "coupled_on": TODAY if states["coupling"] in {C.COUPLED, C.ENDED} else None,
            "ended_on": TODAY if states["coupling"] in {C.ENDED, C.NOT_CONTINUED} else None,
            "ending_reason": "goal_reached" if states["coupling"] in {C.ENDED, C.NOT_CONTINUED} else "",
        },
        "agreements.couplingagreement": {"kind": "trial", "version": 1},
        "agreements.calendarfeed": {
            "token_hash": token_hash(CALENDAR_TOKEN if story == 0 else f"{CALENDAR_TOKEN}-{story}"), "revoked_on": None,
        },
        "guidance.guidancemoment": {"kind": "trial_evaluation", "held_on": TODAY},
        "guidance.evaluation": {"satisfaction": 8},
        "ledger.ledgerentry": {"month": TODAY.replace(day=1), "recorded_month": TODAY.replace(day=1),
                               "municipality_code": "GM0439", "goal_scores": [1, 2, 3, 4], "satisfaction": 8},
        "intake.supportoffer": {"capacity": 2},
        "intake.localquestions": {"version": story + 1, "questions": []},
        "intake.askedquestions": {"questions": _FIXED_QUESTIONS},
        "audit.auditentry": {"action": "intake_saved", "object_kind": "families.requestingfamily"},
        "audit.transition": {"object_kind": "families.requestingfamily", "from_state": "registered",
                             "to_state": "contacted"},
        "handover.handover": {"starts_on": TODAY, "until": TODAY, "ended_on": None},
        "vog.vogpolicy": {"valid_from": TODAY, "every_adult": False, "profile": "84", "term_months": 36,
                          "references_wanted": 2},
        "safeguarding.concern": {
            **{name: None for place, name in enumerate(_CONCERN_ABOUT) if place != story % len(_CONCERN_ABOUT)},
            "status": Z.CLOSED if states["coupling"] == C.ENDED else Z.OPEN,
        },
        "safeguarding.concernentry": {"kind": "consult", "decision": ""},
        "tasks.snooze": {"ended_at": None},
        "tasks.task": {
            "subject_kind": "families.requestingfamily", "done_on": TODAY if states["task"] == T.DONE else None,
        },
        "letters.letter": {"subject_kind": "families.requestingfamily", "kind": "brief-algemeen", "way": "mail",
                           "confidential_to": ""},
        # Closed for a while, and open again: the forms are sent in the probe.
        "desk.formclosure": {"closed_on": TODAY - timedelta(days=20), "open_again_on": TODAY - timedelta(days=9)},
        "learning.practicereset": {"status": "done"},
        "imports.importrun": {"kind": "asking", "status": "read", "mapping": ["full_name"], "verdicts": []},
        "imports.columnmemory": {"kind": "asking", "target": "place"},
        "imports.importedfamily": {"support_family" if first_side else "requesting_family": None},
    }  # fmt: skip


class World:
    """What stands in a municipality: the ids per kind of row and story, and the people who work there."""

    def __init__(self, municipality: Municipality, mark: str, phone: str) -> None:
        """Start empty; ``mark`` begins every free text, ``phone`` is everybody's number."""
        self.municipality = municipality
        self.mark, self.phone = mark, phone
        self.rows: dict[str, list[UUID]] = defaultdict(list)
        self.people: dict[Role, UUID] = {}
        self.cards: list[dict[str, UUID]] = []
        self._count = 0

    def canary(self, length: int | None) -> str:
        """Return a text that stands nowhere else."""
        self._count += 1
        text = f"{self.mark}{self._count:04d}".capitalize()
        if length is not None and len(text) > length:
            message = f"A canary does not fit in {length} characters."
            raise ValueError(message)
        return text

    def ids(self) -> set[str]:
        """Return every id in the municipality, without dashes: of rows and what stands for them in the ledger."""
        found: set[str] = set()
        with context.municipality(self.municipality):
            for model in case_models():
                names = [
                    field.attname
                    for field in model._meta.concrete_fields
                    if isinstance(field, models.UUIDField | models.ForeignKey)
                    and field.attname not in _SHARED_IDS
                ]
                for row in model._default_manager.values_list(*names):
                    found |= {value.hex for value in row if isinstance(value, UUID)}
        return found


# Of what stands between two municipalities: the neighbour is meant to see these.
_SHARED_IDS: Final = frozenset({"partner_id", "card_id", "counter_id"})


def case_models() -> list[type[models.Model]]:
    """Return every model of a municipality's schema, those before those that point to them."""
    found = [
        model
        for app in apps.get_app_configs()
        if app.name in settings.SCHEMA_APPS["municipality"]
        for model in app.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    ordered: list[type[models.Model]] = []
    while left := [model for model in found if model not in ordered]:
        ready = [model for model in left if _targets(model).isdisjoint(set(left) - {model})]
        if not ready:
            message = f"These tables point to each other: {left}"
            raise ValueError(message)
        ordered += ready
    return ordered


def texts_of(model: type[models.Model]) -> list[Any]:
    """Return the columns of a table in which a person's words can stand."""
    return [field for field in model._meta.concrete_fields if _is_text(field)]


def fill(municipality: Municipality, mark: str = MARK, phone: str = PHONE) -> World:
    """Fill a municipality with every story and its people."""
    world = World(municipality, mark, phone)
    world.cards = _cards(world)
    with context.municipality(municipality):
        for role in sorted(MUNICIPAL_ROLES):
            user = User(email=f"{mark}.{role}@voorbeeld.example", full_name=world.canary(120), role=role)
            user.set_password(PASSWORD)
            user.save()
            world.people[role] = user.pk
        for number in range(len(STORIES)):
            _tell(world, number)
        session = SessionStore()
        session["note"] = world.canary(None)
        session.create()
    return world


def _cards(world: World) -> list[dict[str, UUID]]:
    """Exchange cards with a neighbour, and return what the exchange of each story is about."""
    own = world.municipality
    with context.registry():
        regular = Municipality.objects.filter(state=State.LIVE, kind=Kind.REGULAR).exclude(pk=own.pk)
        other = regular.order_by("slug").first()
    if other is None or own.is_practice:
        return [{"partner_id": uuid4(), "card_id": uuid4(), "counter_id": uuid4()} for _story in STORIES]
    for one, another in ((other, own), (own, other)):
        with context.municipality(one):
            Neighbour.objects.get_or_create(municipality_id=one.pk, partner_id=another.pk)
    words = {
        "distance_band": "5-10",
        "day_parts": ["wo-ochtend"],
        "age_bands": ["0-3"],
        "forms": ["weekly_half_day"],
    }
    until = {"expires_on": TODAY + timedelta(days=30)}
    cards = {}
    for place, neighbour, stories in ((own, other, (0, 2, 4)), (other, own, (1, 3, 5, *range(6, 12)))):
        with context.municipality(place):
            for story in stories:
                cards[story] = Card.objects.create(
                    municipality_id=place.pk, partner_id=neighbour.pk, **words, **until
                )
    counters = {}
    for place, stories in ((other, (0, 2, 4)), (own, (1, 3))):
        with context.municipality(place):
            for story in stories:
                counters[story] = CounterCard.objects.create(card_id=cards[story].pk, **words)
    said = ((other, (1, 2, 3, 4), (3, 4)), (own, (2, 3, 4), (3, 4)))
    for place, coordinators, families in said:
        with context.municipality(place):
            for who, stories in ((Who.COORDINATOR, coordinators), (Who.FAMILY, families)):
                for story in stories:
                    Assent.objects.create(
                        counter_id=counters[story].pk, municipality_id=place.pk, who=who.value
                    )
    # Cards of the neighbour on which nothing was offered yet.
    world.rows["crossing.card"] = [cards[story].pk for story in range(6, 12)]
    return [
        {
            "partner_id": other.pk,
            "card_id": cards[story].pk,
            "counter_id": counters[story].pk if story in counters else uuid4(),
        }
        for story in range(len(STORIES))
    ]


def _tell(world: World, story: int) -> None:
    made: dict[type[models.Model], models.Model] = {User: User.objects.get(pk=world.people[Role.COORDINATOR])}
    wanted = _wanted(story)
    # Letters point to a family by its id alone: they come after the families.
    for model in sorted(case_models(), key=lambda one: one._meta.app_label == Letter._meta.app_label):
        label = model._meta.label_lower
        if model in {User, Session}:
            continue
        values = {
            field.name: _value(world, field, made, story)
            for field in model._meta.concrete_fields
            if not _makes_itself(field) and field.name not in wanted.get(label, {})
        }
        if label in _STATUS_OF:
            values["status"] = STORIES[story][_STATUS_OF[label]]
        values |= _fitting(world, model, values, made)
        if label in _ONCE and (known := _alike(model, values | wanted.get(label, {}))):
            world.rows[label].append(known.pk)
            continue
        row = model._default_manager.create(**(values | wanted.get(label, {})))
        made[model] = row
        world.rows[label].append(row.pk)
    for row in made.values():  # what hangs on something hangs on the asking family
        if hasattr(row, "subject_id") and not isinstance(row, Letter):  # a letter cannot be changed
            row.subject_id = made[RequestingFamily].pk
            row.save(update_fields=["subject_id"])


def _fitting(
    world: World, model: type[models.Model], values: Mapping[str, Any], made: Mapping[Any, Any]
) -> dict[str, Any]:
    """Return what has to fit to the rest of the story, where any id would do for the column itself."""
    coordinator = world.people[Role.COORDINATOR]
    fitting: dict[str, Any] = {}
    if model in {Handover, Concern}:
        fitting["to_user" if model is Handover else "deputy"] = User.objects.get(pk=world.people[Role.DEPUTY])
    if model is ImportRun:
        fitting |= {"header": [world.canary(40)], "rows": [[2, [world.canary(40)]]]}
    if model is Coupling:
        fitting["proposal"] = _introduced(made)
    if model is FamilyMerge:
        fitting["kept_id"] = fitting["gone_id"] = made[RequestingFamily].pk
    if model is BorderExchange:
        fitting |= world.cards[len(world.rows[model._meta.label_lower])]
    if model is Letter:
        fitting["subject_id"] = fitting["family_id"] = made[RequestingFamily].pk
    if model is AccountTie:
        fitting["user_id"] = coordinator
    if "owner_id" in values:  # somebody's own things are the coordinator's
        fitting["owner_id"] = coordinator
    return fitting


# Tables with one row for each kind at most: later stories have the one that is there.
_ONCE: Final = {"desk.formclosure": "kind"}


def _alike(model: type[models.Model], values: Mapping[str, Any]) -> models.Model | None:
    name = _ONCE[model._meta.label_lower]
    return model._default_manager.filter(**{name: values[name]}).first()


def _introduced(made: Mapping[Any, Any]) -> MatchProposal:
    """Return a proposal like the one of the story that did lead to a meeting."""
    row: MatchProposal = copy(made[MatchProposal])
    row.pk, row.status, row.places_freed_on = uuid4(), P.INTRODUCED, None
    row._state.adding = True
    row.save(force_insert=True)
    ProposalChild.objects.create(proposal=row, child=made[SupportedChild])
    return row


def _value(world: World, field: Any, made: Mapping[Any, Any], story: int) -> Any:
    if field.remote_field is not None:
        return made.get(field.remote_field.model) if field.null else made[field.remote_field.model]
    if isinstance(field, ArrayField):
        if isinstance(field.base_field, models.UUIDField):
            return [uuid4()]
        return [_value(world, field.base_field, made, story)]
    if field.choices:
        known = [value for value, _label in field.flatchoices if value]
        return known[story % len(known)]
    for kind, value in _SIMPLE.items():
        if isinstance(field, kind):
            return value() if callable(value) else value
    return _words(world, field)


def _words(world: World, field: Any) -> Any:
    if field.name == "phone" or field.name.endswith("_phone"):
        return world.phone
    if isinstance(field, models.EmailField):
        return f"{world.canary(60)}@voorbeeld.example".lower()
    if isinstance(field, models.JSONField):
        return {"text": world.canary(None)}
    if isinstance(field, models.CharField | models.TextField):
        return world.canary(field.max_length) if field.name not in NO_CANARY else "x"
    message = f"The world has no value for {field}: add its kind."
    raise TypeError(message)


_SIMPLE: Final[dict[Any, Any]] = {
    models.DateTimeField: timezone.now,
    models.DateField: TODAY - timedelta(days=20),
    models.BooleanField: True,
    models.DecimalField: Decimal("52.5"),
    models.IntegerField: 3,
    models.UUIDField: uuid4,
}


def _makes_itself(field: Any) -> bool:
    own_key = isinstance(field, models.UUIDField) and field.has_default()
    return field.primary_key or own_key or getattr(field, "auto_now_add", False)


def _is_text(field: Any) -> bool:
    if isinstance(field, ArrayField):
        return _is_text(field.base_field)
    is_text = isinstance(field, (models.CharField, models.TextField, models.JSONField))
    return is_text and not field.choices and field.name not in NO_CANARY


def _targets(model: type[models.Model]) -> set[Any]:
    return {field.remote_field.model for field in model._meta.concrete_fields if field.remote_field}


# ------------------------------------------------------------------------------------------------------------- looking


def canaries_in(text: str) -> set[str]:
    """Return the canaries in a text, written in whatever case."""
    return {text[max(0, found.start() - 40) : found.end() + 12] for found in _MARKS.finditer(text.lower())}


def ids_in(text: str) -> set[str]:
    """Return every id in a text, without dashes."""
    return {found.group().replace("-", "").lower() for found in _UUID.finditer(text)}


def snapshot(municipality: Municipality) -> dict[str, tuple[int, str]]:
    """Return the number and the digest of the rows of every table of a municipality, read as the owner."""
    return dict(_digests(municipality.schema_name))


def _digests(schema: str) -> Iterator[tuple[str, tuple[int, str]]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), \'\')) FROM "{schema}"."{table}" t'  # noqa: S608,E501
            )
            yield table, cursor.fetchone()
