"""No more children promised than there is room for: the service looks, and the database looks once more."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections

from core.intake.models import SupportOffer
from core.matching.models import MatchProposal, ProposalChild
from tenants import context
from tenants.municipalities.models import Municipality
from tests.factories import chain


def past_the_service(support: Any, family: Any) -> None:
    """Promise a place as somebody would who forgot to look."""
    proposal = MatchProposal(family=family, support_family=support, proposed_on=chain.day(), score=500)
    proposal.save()
    ProposalChild.objects.create(proposal=proposal, child=family.children.get())


def test_the_database_refuses_one_child_too_many(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        support = chain.available_support(offer={"capacity": 1})
        chain.proposal(chain.waiting_family("Een"), support)
        with pytest.raises(IntegrityError, match="room"), context.atomic():
            past_the_service(support, chain.waiting_family("Twee"))


def test_a_place_that_was_freed_cannot_be_taken_back_when_somebody_else_has_it(
    purmerend: Municipality,
) -> None:
    with context.municipality(purmerend):
        support = chain.available_support(offer={"capacity": 1})
        coupling = chain.finish(chain.coupled(chain.waiting_family("Een"), support))
        chain.proposal(chain.waiting_family("Twee"), support, days_ago=0)
        with pytest.raises(IntegrityError, match="room"), context.atomic():
            MatchProposal.objects.filter(pk=coupling.proposal_id).update(places_freed_on=None)


def test_a_family_that_lowers_its_number_keeps_what_it_has(in_purmerend: Municipality) -> None:
    support = chain.available_support(offer={"capacity": 2})
    coupling = chain.introduced(chain.waiting_family(children=2), support)
    SupportOffer.objects.update(capacity=1)
    MatchProposal.objects.filter(pk=coupling.proposal_id).update(status="introduced")


def test_of_two_promises_at_the_same_moment_one_is_refused(purmerend: Municipality) -> None:
    with context.municipality(purmerend):
        support = chain.available_support(offer={"capacity": 1})
        families = [chain.waiting_family(name).pk for name in ("Een", "Twee")]
        pk = support.pk
    both, outcomes = threading.Barrier(2), []

    def promise(family: Any) -> None:
        try:
            with context.municipality(purmerend):
                proposal = MatchProposal(
                    family_id=family, support_family_id=pk, proposed_on=chain.day(), score=1
                )
                proposal.save()
                both.wait(timeout=20)
                child = proposal.family.children.get()
                ProposalChild.objects.create(proposal=proposal, child=child)
            outcomes.append("done")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=promise, args=(family,)) for family in families]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
