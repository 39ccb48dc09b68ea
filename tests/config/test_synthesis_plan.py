"""The plan of the invented years: the public story exactly, the shares of the domain roughly, and nobody real."""

from collections import Counter
from datetime import date, timedelta
from statistics import median, quantiles

import pytest

from common.vocabulary import EndingReason, SupportForm
from config.synthesis.codes import Codes
from config.synthesis.dossiers import asking_file, support_file
from config.synthesis.filling import Order, horizon_of, plan_order
from config.synthesis.homes import area_points
from config.synthesis.lives import covered
from config.synthesis.municipalities import FIFTY, UNUSED_POSTCODES, profiles
from config.synthesis.people import MAIL_DOMAIN
from config.synthesis.plan import Pairing, Script
from config.synthesis.planner import plan_area
from config.synthesis.randomness import Stream
from config.synthesis.staff import foundation_staff, team_of
from config.synthesis.volumes import MILESTONE_MONTHS, Volumes, plan_volumes, thousandth

SEED = 2026
UNTIL = date(2026, 11, 22)
COUNCIL_EVENING = date(2019, 10, 8)


@pytest.fixture(scope="module")
def volumes() -> Volumes:
    return plan_order(Order(municipalities=50, scale=1.0, seed=SEED, until=UNTIL, password=""))[1]


@pytest.fixture(scope="module")
def scripts(volumes: Volumes) -> list[Script]:
    """Every second municipality is enough for shares, and keeps this quick."""
    return [
        plan_area(area, seed=SEED, days=volumes.days[area.slug], horizon=horizon_of(UNTIL))
        for area in FIFTY[::2]
    ]


@pytest.fixture(scope="module")
def coupled(scripts: list[Script]) -> list[Pairing]:
    return [
        one for script in scripts for one in script.couplings() if one.coupled_on and one.coupled_on <= UNTIL
    ]


# ---------------------------------------------------------------------------------------------------- the public story


@pytest.mark.parametrize(
    ("day", "count"), [(date(2017, 7, 1), 15), (date(2018, 9, 30), 25), (COUNCIL_EVENING, 50)]
)
def test_municipalities_begin_as_in_the_public_story(day: date, count: int) -> None:
    begun = [area for area in FIFTY if area.started_on <= day and not (area.ended_on and area.ended_on < day)]
    assert len(begun) == count


def test_purmerend_en_beemster_begins_in_september_2018_with_two_codes_until_they_merge() -> None:
    area = FIFTY[0]
    assert (area.name, area.started_on.year, area.started_on.month) == ("Purmerend en Beemster", 2018, 9)
    codes = Codes.of(area.codes)
    assert codes.on(date(2021, 12, 31)) == ["GM0439", "GM0370"]
    assert codes.on(date(2022, 1, 1)) == ["GM0439"]
    assert codes.in_month("GM0370", date(2022, 1, 1)) == "GM0439"


@pytest.mark.parametrize("seed", [2026, 1, 7, 99])
def test_the_story_of_couplings_holds_exactly_whatever_the_seed(seed: int) -> None:
    found = plan_volumes(FIFTY, seed=seed, horizon=horizon_of(UNTIL))
    assert 440 <= found.between(date(2015, 1, 1), date(2017, 12, 31)) <= 460
    assert found.between(date(2018, 1, 1), date(2018, 12, 31)) == 300
    milestone = thousandth(found)
    assert milestone
    assert date(2019, 1, 1) < milestone < COUNCIL_EVENING
    assert milestone.replace(day=1) == found.milestone_month
    assert found.milestone_month in MILESTONE_MONTHS


def test_volumes_after_the_story_are_those_of_the_domain_with_corona_and_season(volumes: Volumes) -> None:
    years = Counter(day.year for days in volumes.days.values() for day in days)
    assert all(560 <= years[year] <= 760 for year in range(2022, 2026))
    spring = {year: volumes.between(date(year, 3, 1), date(year, 6, 30)) for year in (2020, 2021)}
    assert spring[2020] < 0.7 * spring[2021]
    months = Counter(day.month for days in volumes.days.values() for day in days if 2021 <= day.year <= 2025)
    assert max(months[7], months[8]) < months[5]


def test_a_smaller_scale_gives_fewer_couplings() -> None:
    half = plan_volumes(FIFTY, seed=SEED, horizon=UNTIL, scale=0.5)
    assert half.between(date(2018, 1, 1), date(2018, 12, 31)) == 150


# --------------------------------------------------------------------------------------------------- the same each time


def test_the_same_seed_plans_the_same_and_another_seed_does_not(volumes: Volumes) -> None:
    area = FIFTY[2]
    one, again = (
        plan_area(area, seed=SEED, days=volumes.days[area.slug], horizon=horizon_of(UNTIL)) for _ in range(2)
    )
    other = plan_area(area, seed=3, days=volumes.days[area.slug], horizon=horizon_of(UNTIL))
    assert shape(one, UNTIL) == shape(again, UNTIL)
    assert shape(one, UNTIL) != shape(other, UNTIL)


def test_a_later_day_of_generation_only_adds_to_the_story() -> None:
    earlier, later = date(2024, 2, 29), UNTIL
    area = FIFTY[0]
    plans = []
    for until in (earlier, later):
        days = plan_volumes(FIFTY, seed=SEED, horizon=horizon_of(until)).days[area.slug]
        plans.append(plan_area(area, seed=SEED, days=days, horizon=horizon_of(until)))
    couplings = [
        [one.coupled_on for one in plan.couplings() if one.coupled_on and one.coupled_on <= earlier]
        for plan in plans
    ]
    assert couplings[0] == couplings[1]


def shape(script: Script, until: date) -> list[tuple[object, ...]]:
    return [
        (one.number, one.registered_on, one.closed_on, [pairing.number for pairing in one.pairings])
        for one in script.askings
        if one.registered_on <= until
    ]


# ----------------------------------------------------------------------------------------------------------- the shares


def test_the_funnel_of_asking_families_is_that_of_the_domain(scripts: list[Script]) -> None:
    askings = [one for script in scripts for one in script.askings if one.registered_on < date(2025, 6, 1)]
    paired = [one for one in askings if any(pairing.coupled_on for pairing in one.pairings)]
    assert sum(one.intake_on is not None for one in askings) / len(askings) == pytest.approx(0.81, abs=0.03)
    assert len(paired) / len(askings) == pytest.approx(0.63, abs=0.03)
    each = sum(bool(pairing.coupled_on) for one in paired for pairing in one.pairings) / len(paired)
    assert each == pytest.approx(1.25, abs=0.06)


def test_the_funnel_of_support_families_is_that_of_the_domain(scripts: list[Script]) -> None:
    families = [
        one for script in scripts for one in script.supportings if one.registered_on < date(2025, 6, 1)
    ]
    approved = sum(one.approved_on is not None for one in families) / len(families)
    within_a_year = sum(
        any(
            pairing.coupled_on and pairing.coupled_on - one.registered_on < timedelta(days=365)
            for pairing in one.pairings
        )
        for one in families
    )
    assert approved == pytest.approx(0.61, abs=0.03)
    assert within_a_year / len(families) == pytest.approx(0.36, abs=0.04)


def test_times_from_registration_to_coupling_are_those_of_the_domain(coupled: list[Pairing]) -> None:
    first = {one.asking.number: one for one in reversed(coupled)}.values()
    days = [(one.coupled_on - one.asking.registered_on).days for one in first if one.coupled_on]
    assert median(days) == pytest.approx(85, abs=22)
    assert quantiles(days, n=10)[7] == pytest.approx(145, abs=20)


def test_children_forms_and_frequencies_are_those_of_the_domain(coupled: list[Pairing]) -> None:
    children = Counter(len(one.children) for one in coupled)
    forms = Counter(one.form for one in coupled)
    frequencies = Counter(one.frequency for one in coupled)
    total = len(coupled)
    assert children[1] / total == pytest.approx(0.64, abs=0.05)
    assert children[2] / total == pytest.approx(0.27, abs=0.05)
    assert forms[SupportForm.WEEKLY_HALF_DAY] / total == pytest.approx(0.34, abs=0.06)
    assert forms[SupportForm.FORTNIGHTLY_DAY] / total == pytest.approx(0.22, abs=0.04)
    assert frequencies["weekly"] / total == pytest.approx(0.52, abs=0.04)


def test_endings_are_those_of_the_domain(coupled: list[Pairing]) -> None:
    ended = [one for one in coupled if one.ended_on and one.ended_on <= UNTIL]
    reasons = Counter(one.reason for one in ended)
    assert reasons[EndingReason.CONTINUES] / len(ended) == pytest.approx(0.33, abs=0.07)
    assert reasons[EndingReason.GOAL_REACHED] / len(ended) == pytest.approx(0.22, abs=0.05)
    started = [one for one in coupled if one.coupled_on and one.coupled_on < date(2024, 10, 1)]
    early = [
        one
        for one in started
        if one.ended_on and one.coupled_on and (one.ended_on - one.coupled_on).days <= 182
    ]
    assert len(early) / len(started) == pytest.approx(0.12, abs=0.03)
    # Guidance ends after two years; the last talk may be some days later.
    assert all(
        (one.ended_on - one.coupled_on).days < 750 for one in started if one.ended_on and one.coupled_on
    )


# ---------------------------------------------------------------------------------------------------- what must not be


def test_nothing_happens_in_the_wrong_order(scripts: list[Script]) -> None:
    for script in scripts:
        for one in script.pairings:
            asking, supporting = one.asking, one.supporting
            known = [
                asking.registered_on,
                asking.contacted_on,
                asking.intake_on,
                one.proposed_on,
                one.support_asked_on,
                one.parents_asked_on,
                one.decided_on,
                one.introduced_on,
                one.trial_started_on,
                one.coupled_on,
                one.ended_on,
            ]
            days = [day for day in known if day]
            assert days == sorted(days), one.number
            assert supporting.approved_on
            assert supporting.approved_on <= one.proposed_on
            assert asking.registered_on >= script.area.started_on


def test_no_trial_is_planned_without_a_vog_of_every_adult(scripts: list[Script]) -> None:
    trials = [one for script in scripts for one in script.pairings if one.trial_started_on]
    assert trials
    for one in trials:
        assert len(one.supporting.cycles) == one.supporting.adults
        for day in filter(None, (one.trial_started_on, one.coupled_on)):
            assert all(covered(cycles, day, day) for cycles in one.supporting.cycles), one.number


def test_nobody_is_real(scripts: list[Script]) -> None:
    script = scripts[0]
    codes = Codes.of(script.area.codes)
    people = [
        person
        for found in (
            *(asking_file(one, SEED, codes).registration.parents for one in script.askings),
            *(support_file(one, SEED, codes).registration.adults for one in script.supportings),
        )
        for person in found
    ]
    assert len(people) > 300
    assert all(person.phone.startswith("+31600000") and len(person.phone) == 12 for person in people)
    assert all(person.email.endswith(f"@{MAIL_DOMAIN}") and person.email.isascii() for person in people)
    staff = [member for area in FIFTY for member in team_of(area, SEED).members] + list(
        foundation_staff(SEED)
    )
    assert all(member.email.endswith(f"@{MAIL_DOMAIN}") for member in staff)
    postcodes = {asking_file(one, SEED, codes).registration.family.postcode[:4] for one in script.askings}
    assert postcodes <= {str(code) for code in UNUSED_POSTCODES}


def test_postcode_areas_are_made_up_and_each_municipality_has_its_own() -> None:
    codes = [code for area in FIFTY for code, _lat, _lon in area_points(area)]
    assert len(codes) == len(set(codes)) == 300
    assert {int(code) for code in codes} <= set(UNUSED_POSTCODES)


def test_thirty_two_coordinators_work_in_fifty_municipalities() -> None:
    teams = [team_of(area, SEED) for area in FIFTY]
    # Where a coordinator serves more municipalities the name and the address are the same.
    assert len({(team.coordinator.full_name, team.coordinator.email) for team in teams}) <= 32
    assert all(len({member.email for member in team.members}) == 3 for team in teams)
    assert len({member.email for member in foundation_staff(SEED)}) == 11
    accounts = [member for area in FIFTY for member in team_of(area, SEED).members]
    assert len({member.id for member in accounts}) == len(accounts)


def test_more_than_fifty_municipalities_are_invented_and_do_not_change_the_fifty() -> None:
    many = profiles(60)
    assert many[:50] == FIFTY
    assert all(area.name.startswith("Oefendorp") and area.started_on > COUNCIL_EVENING for area in many[50:])
    assert len({area.slug for area in many}) == 60


def test_a_stream_of_chance_depends_on_its_whole_name() -> None:
    assert Stream(1, "a").random() == Stream(1, "a").random()
    assert Stream(1, "a").random() != Stream(1, "b").random() != Stream(2, "a").random()
