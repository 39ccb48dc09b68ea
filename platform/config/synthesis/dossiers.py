"""What stands in the file of an invented family, in the form in which the services take it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from common.vocabulary import ReferralSource, Return, SensitiveGroup, SupportForm
from config.synthesis import people, words
from config.synthesis.codes import Codes
from config.synthesis.homes import in_order
from config.synthesis.plan import Asking, Supporting
from config.synthesis.randomness import Stream
from core.families.models import Registrant
from core.families.registration import (
    ChildData,
    FamilyData,
    PersonData,
    RequestingData,
    RequestingRegistration,
    SupportData,
    SupportRegistration,
)
from core.intake.services import NeedData, OfferData, ReferenceData

LONGEST_EXPECTED = timedelta(days=280)


@dataclass(frozen=True, slots=True)
class AskingFile:
    """The file of an asking family."""

    registration: RequestingRegistration
    need: NeedData
    consents: tuple[tuple[str, str], ...]
    call_note: str


@dataclass(frozen=True, slots=True)
class SupportFile:
    """The file of a support family."""

    registration: SupportRegistration
    offer: OfferData
    references: tuple[ReferenceData, ...]
    call_note: str


def asking_file(asking: Asking, seed: int, codes: Codes) -> AskingFile:
    """Invent the file of an asking family."""
    chance = Stream(seed, asking.area.slug, "asking file", asking.number)
    background = people.draw_background(chance, people.MIGRANT_ASKING)
    prefix, last = people.draw_last(chance, background)
    registered_by = Registrant.SELF if asking.at_night else _registered_by(chance, asking.source)
    referrer = people.draw_name(chance).initials if registered_by == Registrant.REFERRER else ""
    registration = RequestingRegistration(
        family=_family(chance, asking, codes, chance.choice(words.ASKING_REMARKS)),
        details=RequestingData(
            household=asking.household,
            referral_source=asking.source,
            referrer_name=referrer,
            referrer_phone=people.draw_phone(chance) if referrer else "",
            permission_told_on=asking.registered_on if referrer else None,
            safe_contact=chance.choice(words.SAFE_CONTACT),
            interpreter_language=background if background and chance.chance(0.45) else "",
        ),
        parents=_parents(chance, asking, background, (prefix, last)),
        children=_children(chance, asking, background),
        registered_on=asking.registered_on,
        registered_by=registered_by,
        submission_key=chance.uuid(),
    )
    return AskingFile(
        registration, _need(chance, asking), _consents(chance), chance.choice(words.FIRST_CALLS)
    )


def support_file(supporting: Supporting, seed: int, codes: Codes) -> SupportFile:
    """Invent the file of a support family."""
    chance = Stream(seed, supporting.area.slug, "support file", supporting.number)
    background = people.draw_background(chance, people.MIGRANT_SUPPORT)
    prefix, last = people.draw_last(chance, background)
    by_phone = chance.chance(0.15) and not supporting.at_night
    registration = SupportRegistration(
        family=_family(chance, supporting, codes, ""),
        details=SupportData(channel=supporting.channel, motivation=chance.choice(words.MOTIVATIONS)),
        adults=[
            _person(
                chance, background, (prefix, last), woman=number != 1, mark=f"s{supporting.number}.{number}"
            )
            for number in range(supporting.adults)
        ],
        registered_on=supporting.registered_on,
        registered_by=Registrant.COORDINATOR if by_phone else Registrant.SELF,
        submission_key=chance.uuid(),
    )
    references = tuple(
        ReferenceData(
            name=people.draw_name(chance).initials,
            phone=people.draw_phone(chance),
            relation=chance.choice(words.RELATIONS),
        )
        for _ in range(2)
    )
    return SupportFile(registration, _offer(chance, supporting), references, chance.choice(words.FIRST_CALLS))


def _family(chance: Stream, family: Asking | Supporting, codes: Codes, remarks: str) -> FamilyData:
    code = family.area.postcodes[family.district]
    return FamilyData(
        street=people.draw_street(chance),
        postcode=people.draw_postcode(chance, code),
        place=family.area.place,
        secret_address=isinstance(family, Asking) and chance.chance(0.01),
        remarks=remarks,
        municipality_code=codes.at(family.registered_on, family.district),
    )


def _registered_by(chance: Stream, source: str) -> Registrant:
    if source == ReferralSource.SELF:
        return chance.pick({Registrant.SELF: 85, Registrant.COORDINATOR: 15})
    return chance.pick({Registrant.SELF: 30, Registrant.REFERRER: 50, Registrant.COORDINATOR: 20})


def _parents(chance: Stream, asking: Asking, background: str, name: tuple[str, str]) -> list[PersonData]:
    first_is_mother = chance.chance(0.85)
    first = _person(chance, background, name, woman=first_is_mother, mark=f"v{asking.number}.0")
    if asking.household not in {"two_parents", "co_parenting"}:
        return [first]
    shared = asking.household == "two_parents" and chance.chance(0.7)
    other = name if shared else people.draw_last(chance, background)
    return [first, _person(chance, background, other, woman=not first_is_mother, mark=f"v{asking.number}.1")]


def _person(chance: Stream, background: str, name: tuple[str, str], *, woman: bool, mark: str) -> PersonData:
    first = people.draw_first(chance, background, woman=woman)
    return PersonData(
        first_name=first,
        name_prefix=name[0],
        last_name=name[1],
        phone=people.draw_phone(chance),
        email=people.mail_of(people.Name(first, *name), mark),
    )


def _children(chance: Stream, asking: Asking, background: str) -> list[ChildData]:
    children: list[ChildData] = []
    for birth in asking.births:
        if birth > asking.registered_on:
            children.append(ChildData(due_on=min(birth, asking.registered_on + LONGEST_EXPECTED)))
        else:
            name = people.draw_child(chance, background, [child.first_name for child in children])
            children.append(ChildData(first_name=name, birth_year=birth.year, birth_month=birth.month))
    return children


def _need(chance: Stream, asking: Asking) -> NeedData:
    wanted = asking.wanted
    return NeedData(
        held_on=asking.intake_on or asking.registered_on,
        question_support=chance.choice(words.QUESTION_SUPPORT),
        question_upbringing=chance.choice(words.QUESTION_UPBRINGING),
        question_expectation=chance.choice(words.QUESTION_EXPECTATION),
        question_reciprocity=chance.choice(words.QUESTION_RECIPROCITY),
        forms=wanted.forms,
        frequency=wanted.frequency,
        day_parts=in_order(set(wanted.day_parts)),
        overnight=SupportForm.OVERNIGHT in wanted.forms,
        vetoes=wanted.vetoes,
        wishes=wanted.wishes,
        traits=wanted.traits,
        needs_transport=chance.choice((True, False, False, None)),
        max_distance_km=chance.choice((None, None, 12, 15)),
        gives=chance.some(Return.values, 0, 2),
    )


def _offer(chance: Stream, supporting: Supporting) -> OfferData:
    offered = supporting.offered
    visited = supporting.visited_on or supporting.registered_on
    bands = ["0-3", "4-7", "8-11", "12-15", "16-17"]
    first = chance.choice((0, 0, 1, 1, 1, 2))
    at_home = supporting.household in {"couple_children", "single_parent"}
    return OfferData(
        held_on=visited,
        household=words.HOUSEHOLDS[supporting.household],
        forms=offered.forms,
        frequency=offered.frequency,
        day_parts=offered.day_parts,
        overnight=SupportForm.OVERNIGHT in offered.forms,
        capacity=supporting.capacity,
        age_bands=bands[first : first + chance.randint(2, 3)],
        own_children_age_bands=chance.some(bands[:4], 1, 2) if at_home else [],
        traits=offered.traits,
        vetoes=offered.vetoes,
        strengths=offered.wishes,
        has_transport=chance.pick({True: 84, False: 10, None: 6}),
        max_distance_km=chance.choice((None, None, None, 12, 15)),
        house_rules_accepted_on=visited,
        hopes=chance.some(Return.values, 0, 1),
    )


def _consents(chance: Stream) -> tuple[tuple[str, str], ...]:
    shares = {
        SensitiveGroup.HEALTH: 0.3,
        SensitiveGroup.CULTURE: 0.12,
        SensitiveGroup.BELIEF: 0.06,
        SensitiveGroup.YOUTH_PROTECTION: 0.1,
    }
    groups = [str(group) for group, share in shares.items() if chance.chance(share)]
    return tuple((group, words.SENSITIVE_NOTES[group]) for group in groups)


def reference_talk(reference: ReferenceData, asked_on: date) -> ReferenceData:
    """Return a reference after a good talk."""
    return ReferenceData(
        name=reference.name,
        phone=reference.phone,
        relation=reference.relation,
        asked_on=asked_on,
        positive=True,
    )


def case_id(seed: int, area: str, kind: str, number: object) -> UUID:
    """Return the identifier of a case, the same whatever else is generated."""
    return Stream(seed, area, "id", kind, number).uuid()
