"""What families ask and offer, drawn from the closed lists; the two sides of a pairing are made to fit."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import cos, radians, sin

from common.vocabulary import (
    DayPart,
    Frequency,
    HouseholdKind,
    HouseTrait,
    RecruitmentChannel,
    ReferralSource,
    SupportForm,
    Veto,
    Wish,
)
from config.synthesis.municipalities import AREAS_EACH, Profile
from config.synthesis.plan import Asking, Supporting, Wanted
from config.synthesis.randomness import Stream

F, Q, D = SupportForm, Frequency, DayPart
FORMS = {
    F.WEEKLY_HALF_DAY: 34,
    F.FORTNIGHTLY_DAY: 22,
    F.WEEKEND_DAY: 16,
    F.OVERNIGHT: 9,
    F.ACTIVITIES: 7,
    F.HOMEWORK: 5,
    F.AD_HOC: 4,
    F.GRANDPARENT: 3,
}
FREQUENCIES = {
    F.WEEKLY_HALF_DAY: {Q.WEEKLY: 1.0},
    F.FORTNIGHTLY_DAY: {Q.FORTNIGHTLY: 1.0},
    F.WEEKEND_DAY: {Q.WEEKLY: 0.35, Q.FORTNIGHTLY: 0.3, Q.MONTHLY: 0.3, Q.IRREGULAR: 0.05},
    F.OVERNIGHT: {Q.MONTHLY: 0.8, Q.FORTNIGHTLY: 0.2},
    F.ACTIVITIES: {Q.WEEKLY: 0.8, Q.IRREGULAR: 0.2},
    F.HOMEWORK: {Q.WEEKLY: 1.0},
    F.AD_HOC: {Q.IRREGULAR: 1.0},
    F.GRANDPARENT: {Q.WEEKLY: 0.5, Q.FORTNIGHTLY: 0.25, Q.IRREGULAR: 0.25},
}
MORNINGS = [D.MONDAY_MORNING, D.TUESDAY_MORNING, D.WEDNESDAY_MORNING, D.THURSDAY_MORNING, D.FRIDAY_MORNING]
AFTERNOONS = [
    D.MONDAY_AFTERNOON,
    D.TUESDAY_AFTERNOON,
    D.WEDNESDAY_AFTERNOON,
    D.THURSDAY_AFTERNOON,
    D.FRIDAY_AFTERNOON,
]
WEEKEND = [D.SATURDAY_MORNING, D.SATURDAY_AFTERNOON, D.SUNDAY_MORNING, D.SUNDAY_AFTERNOON]
NIGHTS = [D.FRIDAY_NIGHT, D.SATURDAY_NIGHT]
DAY_PARTS: dict[SupportForm, Sequence[DayPart]] = {
    F.WEEKLY_HALF_DAY: [*MORNINGS, *AFTERNOONS],
    F.FORTNIGHTLY_DAY: [D.WEDNESDAY_AFTERNOON, D.FRIDAY_AFTERNOON, *WEEKEND],
    F.WEEKEND_DAY: WEEKEND,
    F.OVERNIGHT: NIGHTS,
    F.ACTIVITIES: [*AFTERNOONS, D.SATURDAY_MORNING],
    F.HOMEWORK: AFTERNOONS,
    F.AD_HOC: [*AFTERNOONS, *WEEKEND],
    F.GRANDPARENT: [D.WEDNESDAY_AFTERNOON, *WEEKEND],
}
SOURCES = {
    ReferralSource.SELF: 31,
    ReferralSource.SOCIAL_TEAM: 33,
    ReferralSource.SCHOOL: 12,
    ReferralSource.WELL_BABY_CLINIC: 8,
    ReferralSource.GP: 5,
    ReferralSource.WELFARE: 5,
    ReferralSource.YOUTH_CARE: 4,
    ReferralSource.OTHER: 2,
}
CHANNELS = {
    RecruitmentChannel.PRESS: 24,
    RecruitmentChannel.SOCIAL_MEDIA: 26,
    RecruitmentChannel.FRIENDS: 22,
    RecruitmentChannel.MUNICIPALITY: 10,
    RecruitmentChannel.ASSOCIATION: 9,
    RecruitmentChannel.WEBSITE: 9,
}
HOUSEHOLDS = {
    HouseholdKind.SINGLE_PARENT: 52,
    HouseholdKind.TWO_PARENTS: 38,
    HouseholdKind.CO_PARENTING: 7,
    HouseholdKind.OTHER: 3,
}
SUPPORT_HOUSEHOLDS = {
    "couple_children": 61,
    "couple_grown": 21,
    "single_parent": 7,
    "couple": 6,
    "single": 5,
}
CHILDREN_PER_PAIRING = {1: 62, 2: 27, 3: 9, 4: 2}
AGES = {(0, 3): 22, (4, 7): 34, (8, 11): 28, (12, 15): 12, (16, 17): 4}
CAPACITIES = {1: 55, 2: 35, 3: 10}
WISHES = (
    Wish.CHILDREN_AT_HOME,
    Wish.QUIET,
    Wish.OUTDOORS,
    Wish.GRANDPARENT_ROLE,
    Wish.AUTISM_ADHD,
    Wish.DISABILITY,
    Wish.OTHER_LANGUAGE,
)
UNBORN = 0.04
OLDEST = 17 * 365 + 200


def draw_births(chance: Stream, around: date, count: int) -> list[date]:
    """Draw when ``count`` children of one family were born, or are expected, for a coupling around a day."""
    low, high = chance.pick(AGES)
    first = around - timedelta(days=chance.randint(low * 365 + 20, high * 365 + 300))
    if low == 0 and chance.chance(UNBORN):
        first = around + timedelta(days=chance.randint(10, 60))
    births = [first]
    while len(births) < count:
        step = timedelta(days=chance.choice((-1, 1)) * chance.randint(400, 1800))
        born = first + step
        if around - timedelta(days=OLDEST) < born < around - timedelta(days=30):
            births.append(born)
        else:
            births.append(first if first < around else around - timedelta(days=chance.randint(400, 2000)))
    return births


def draw_form(chance: Stream, allowed: Sequence[str] = ()) -> tuple[SupportForm, Frequency, list[str]]:
    """Draw a form of support with how often and when."""
    weights = {form: weight for form, weight in FORMS.items() if not allowed or form in allowed}
    form = chance.pick(weights)
    parts: list[str] = [*chance.some(DAY_PARTS[form], 1, 2)]
    return form, chance.pick(FREQUENCIES[form]), parts


def draw_wanted(chance: Stream, form: SupportForm, frequency: Frequency, parts: Sequence[str]) -> Wanted:
    """Draw what an asking family asks besides the form that it needs most."""
    extra = chance.pick(FORMS)
    forms = sorted({form, extra}) if chance.chance(0.3) else [form]
    return Wanted(
        forms=[str(one) for one in forms],
        frequency=str(frequency),
        day_parts=in_order({*parts, *chance.some(DAY_PARTS[form], 1, 2)}),
        vetoes=[str(veto) for veto, share in _VETOES if chance.chance(share)],
        traits=[str(trait) for trait, share in _ASKING_TRAITS if chance.chance(share)],
        wishes=[str(wish) for wish in chance.some(WISHES, 0, 2)],
    )


def draw_offered(chance: Stream, form: SupportForm, frequency: Frequency, parts: Sequence[str]) -> Wanted:
    """Draw what a support family offers: usually more than one form."""
    forms = {form, *(chance.pick(FORMS) for _ in range(chance.randint(0, 2)))}
    more = [part for one in sorted(forms) for part in chance.some(DAY_PARTS[one], 1, 3)]
    return Wanted(
        forms=sorted(str(one) for one in forms),
        frequency=str(frequency),
        day_parts=in_order({*parts, *more}),
        vetoes=[str(Veto.SMOKING)] if chance.chance(0.1) else [],
        traits=[str(trait) for trait, share in _SUPPORT_TRAITS if chance.chance(share)],
        wishes=[str(wish) for wish in chance.some(WISHES, 1, 4)],
    )


def make_fit(asking: Asking, supporting: Supporting, form: str, parts: Sequence[str]) -> None:
    """Make the two sides fit where the pairing says that they did: form, day-parts and no veto against each other."""
    wanted, offered = asking.wanted, supporting.offered
    for side in (wanted, offered):
        side.forms = sorted({*side.forms, form})
        side.day_parts = in_order({*side.day_parts, *parts})
    if F.OVERNIGHT in wanted.forms:  # a child that must be able to stay goes only where there is a bed
        offered.forms = sorted({*offered.forms, str(F.OVERNIGHT)})
    wanted.vetoes = [veto for veto in wanted.vetoes if veto not in offered.traits]
    offered.vetoes = [veto for veto in offered.vetoes if veto not in wanted.traits]


def fits(wanted: Wanted, offered: Wanted) -> bool:
    """Return whether two sides share a form and a day-part, and no veto stands between them."""
    return bool(
        set(wanted.forms) & set(offered.forms)
        and set(wanted.day_parts) & set(offered.day_parts)
        and not set(wanted.vetoes) & set(offered.traits)
        and not set(offered.vetoes) & set(wanted.traits)
        and (F.OVERNIGHT not in wanted.forms or F.OVERNIGHT in offered.forms)
    )


def in_order(parts: set[str]) -> list[str]:
    """Return day-parts in the order of the week."""
    return [str(part) for part in DayPart.values if part in parts]


def area_points(area: Profile) -> list[tuple[str, float, float]]:
    """Return the made-up postcode areas with a middle: one in the centre, the others within five kilometres."""
    chance = Stream("postcodes", area.slug)
    spread = 0.8 if area.inhabitants < 60 else 1.2  # noqa: PLR2004 (thousand inhabitants: a town)
    found = []
    for place, code in enumerate(area.postcodes):
        far = 0.0 if place == 0 else spread * chance.uniform(1.0, 4.2)
        angle = radians(360 / (AREAS_EACH - 1) * place + chance.uniform(-20, 20))
        latitude = area.latitude + far * cos(angle) / 111.2
        longitude = area.longitude + far * sin(angle) / (111.2 * cos(radians(area.latitude)))
        found.append((code, round(latitude, 5), round(longitude, 5)))
    return found


_VETOES = ((Veto.DOG, 0.08), (Veto.CAT, 0.05), (Veto.SMOKING, 0.12), (Veto.STAIRS, 0.02))
_ASKING_TRAITS = (
    (HouseTrait.DOG, 0.15),
    (HouseTrait.CAT, 0.22),
    (HouseTrait.SMOKING, 0.12),
    (HouseTrait.STAIRS, 0.4),
)
_SUPPORT_TRAITS = (
    (HouseTrait.DOG, 0.27),
    (HouseTrait.CAT, 0.26),
    (HouseTrait.SMOKING, 0.02),
    (HouseTrait.STAIRS, 0.6),
)
