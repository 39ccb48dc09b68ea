"""A place that is taken on Monday is free on Wednesday: in the rules, in the service and in the database."""

import pytest
from django.db import IntegrityError

from common.errors import Conflict
from core.families.models import SupportFamily
from core.matching import services
from core.matching.candidates import look_at
from core.matching.errors import GateClosed
from core.matching.gather import offered_by_each
from core.matching.models import MatchProposal, ProposalChild
from tenants import context
from tenants.municipalities.models import Municipality
from tests.factories import chain

BOTH_DAYS = {"day_parts": ["wo-ochtend", "za-ochtend"], "capacity": 1}


def test_what_was_agreed_takes_only_its_own_part_of_the_week(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer=BOTH_DAYS)
    chain.in_trial(chain.waiting_family("Een"), support)  # agreed on Wednesday morning
    (offered,) = offered_by_each(SupportFamily.objects.all(), chain.day()).values()
    assert (offered.free_places, offered.booked) == (1, {"wo-ochtend": 1})
    with pytest.raises(GateClosed) as refused:
        chain.proposal(chain.waiting_family("Twee", need={"day_parts": ["wo-ochtend"]}), support, days_ago=0)
    assert "Er is geen plek vrij op woensdagochtend" in str(refused.value.message)
    assert refused.value.gates[0].remedy == "Past als de plek op woensdagochtend vrijkomt."
    made = chain.proposal(
        chain.waiting_family("Drie", need={"day_parts": ["za-ochtend"]}), support, days_ago=0
    )
    assert made.score


def test_what_says_no_day_takes_a_place_on_every_day(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer=BOTH_DAYS)
    chain.proposal(chain.waiting_family("Een", need={"day_parts": ["wo-ochtend"]}), support, days_ago=0)
    with pytest.raises(GateClosed, match="gate_closed"):
        chain.proposal(chain.waiting_family("Twee", need={"day_parts": ["za-ochtend"]}), support, days_ago=0)


def test_a_full_part_of_the_week_gives_no_points_and_says_so(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer=BOTH_DAYS)
    chain.in_trial(chain.waiting_family("Een"), support)
    family = chain.waiting_family("Twee")  # asks for both mornings
    found = look_at(family, support, list(family.children.all()), on=chain.day())
    assert found is not None
    assert found.assessment.proposable
    assert "Al bezet op woensdagochtend" in found.assessment.reasons_against


def test_the_bed_may_be_taken_while_the_house_is_free(in_purmerend: Municipality) -> None:
    nights = {"day_parts": ["za-nacht", "za-ochtend"], "forms": ["overnight"], "overnight": True}
    support = chain.available_support(offer={**nights, "capacity": 1})
    chain.in_trial(
        chain.waiting_family("Een", need=nights), support, support_form="overnight", day_parts=["za-nacht"]
    )
    with pytest.raises(GateClosed) as refused:
        chain.proposal(chain.waiting_family("Twee", need=nights), support, days_ago=0)
    assert [gate.remedy for gate in refused.value.gates] == ["Past als de logeerplek vrijkomt."]


def past_the_service(support: SupportFamily, *parts: str) -> None:
    family = chain.waiting_family("Langs", need={"day_parts": list(parts)})
    proposal = MatchProposal(family=family, support_family=support, proposed_on=chain.day(), score=1)
    proposal.save()
    ProposalChild.objects.create(proposal=proposal, child=family.children.get())


def test_the_database_counts_per_part_of_the_week_as_well(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        support = chain.available_support(offer=BOTH_DAYS)
        chain.in_trial(chain.waiting_family("Een"), support)
        with pytest.raises(IntegrityError, match="room"), context.atomic():
            past_the_service(support, "wo-ochtend")
        past_the_service(support, "za-ochtend")
        with pytest.raises(IntegrityError, match="room"), context.atomic():
            past_the_service(support, "za-ochtend")


def test_a_coupling_taken_up_again_needs_a_place_in_the_week(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer=BOTH_DAYS)
    coupling = chain.finish(chain.coupled(chain.waiting_family("Een"), support))
    chain.proposal(chain.waiting_family("Twee"), support, days_ago=0)
    with pytest.raises(Conflict) as refused:
        services.proposal_take_places(proposal=coupling.proposal, actor=chain.TESTS)
    assert refused.value.code == "no_room"
