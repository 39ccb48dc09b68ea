"""Every table of states over all pairs: what is listed here may happen, everything else is refused.

The lists are written out a second time on purpose: whoever changes a table has to say so here as well.
"""

from itertools import product

import pytest
from django.db.models import TextChoices

from common.errors import ForbiddenTransition
from common.workflow import WorkflowTable, check
from core.border import workflow as border
from core.couplings import workflow as couplings
from core.families import workflow as families
from core.files import workflow as files
from core.guidance import workflow as guidance
from core.letters import workflow as letters
from core.matching import workflow as matching
from core.safeguarding import workflow as safeguarding
from core.tasks import workflow as tasks
from core.vog import workflow as vog

Table = tuple[type[TextChoices], WorkflowTable, str]

TABLES: dict[str, Table] = {
    "asking families": (
        families.RequestingStatus,
        families.REQUESTING_ALLOWED,
        """
        registered > contacted closed merged
        contacted > intake closed merged
        intake > waiting closed merged
        waiting > supported closed
        supported > waiting closed
        closed > waiting merged
        merged > registered contacted intake closed
        """,
    ),
    "support families": (
        families.SupportStatus,
        families.SUPPORT_ALLOWED,
        """
        registered > contacted left merged
        contacted > screening left merged
        screening > available left merged
        available > paused left
        paused > available left
        left > contacted merged
        merged > registered contacted screening left
        """,
    ),
    "exchanges over the border": (
        border.BorderStatus,
        border.ALLOWED,
        """
        open > agreed withdrawn expired stopped
        agreed > family_agreed declined withdrawn expired stopped
        family_agreed > contact_given declined withdrawn expired stopped
        contact_given > finished declined withdrawn expired stopped
        """,
    ),
    "files": (
        files.FileStatus,
        files.ALLOWED,
        """
        received > unchecked clean blocked removed
        unchecked > clean blocked removed
        clean > blocked removed
        blocked > removed
        """,
    ),
    "mails": (
        letters.DeliveryStatus,
        letters.ALLOWED,
        """
        waiting > sent failed bounced
        sent > bounced
        """,
    ),
    "vog": (
        vog.VogStatus,
        vog.ALLOWED,
        """
        requested > received seen not_presented
        received > seen not_presented
        seen > expired
        """,
    ),
    "proposals": (
        matching.ProposalStatus,
        matching.ALLOWED,
        """
        draft > support_asked withdrawn
        support_asked > parents_asked declined_by_support withdrawn
        parents_asked > accepted declined_by_parents withdrawn
        accepted > introduced withdrawn
        """,
    ),
    "couplings": (
        couplings.CouplingStatus,
        couplings.ALLOWED,
        """
        introduction > trial not_continued
        trial > coupled not_continued
        coupled > ended
        ended > coupled
        """,
    ),
    "moments": (guidance.MomentStatus, guidance.ALLOWED, "planned > held dropped\ndropped > planned"),
    "concerns": (safeguarding.ConcernStatus, safeguarding.ALLOWED, "open > closed\nclosed > open"),
    "tasks": (tasks.TaskStatus, tasks.ALLOWED, "open > done dropped\ndone > open\ndropped > open"),
}
PAIRS = [
    pytest.param(name, old, new, id=f"{name}: {old} > {new}")
    for name, (states, _table, _listed) in TABLES.items()
    for old, new in product(states.values, states.values)
]


def listed(text: str) -> set[tuple[str, str]]:
    lines = [line.split(" > ") for line in text.strip().splitlines()]
    return {(old.strip(), new) for old, targets in lines for new in targets.split()}


@pytest.mark.parametrize(("name", "old", "new"), PAIRS)
def test_only_the_listed_changes_of_state_are_possible(name: str, old: str, new: str) -> None:
    _states, table, text = TABLES[name]
    if (old, new) in listed(text):
        check(table, old, new)
        return
    with pytest.raises(ForbiddenTransition):
        check(table, old, new)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_a_row_in_its_table(name: str) -> None:
    states, table, _text = TABLES[name]
    assert set(table) == set(states.values)
    assert {new for targets in table.values() for new in targets} <= set(states.values)


@pytest.mark.parametrize("name", TABLES)
def test_every_state_but_the_first_can_be_reached(name: str) -> None:
    states, table, _text = TABLES[name]
    first = states.values[0]
    reached, to_visit = {first}, [first]
    while to_visit:
        fresh = set(table[to_visit.pop()]) - reached
        reached |= fresh
        to_visit += fresh
    assert reached == set(states.values)
