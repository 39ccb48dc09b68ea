"""Who may call which address, as data: url name -> host, and what each role may do there.

One row per address; `test_permission_matrix.py` fails on an address without a row and on a row without an address, and
calls every address as every role. A new address means a new row here, which is what a reviewer reads.

Letters: G may GET, P may POST, GP both, "" neither. Order of the columns is that of ``ROLES``.
"""

from dataclasses import dataclass

ANONYMOUS = "anonymous"
COORDINATOR = "coordinator"
DEPUTY = "deputy"
OFFICER = "safeguarding_officer"
FOUNDATION = "foundation_staff"


@dataclass(frozen=True)
class Row:
    """What each role may do at one address. ``public`` is for people who have not signed in (and for everybody else)."""

    edit: str = ""  # coordinator and deputy
    view: str = ""  # safeguarding officer
    national: str = ""  # foundation staff, on their own host
    public: str = ""


EDIT = Row(edit="GP")
EDIT_POST = Row(edit="P")
VIEW = Row(edit="G", view="G")
NATIONAL = Row(national="G")
PUBLIC = Row(public="G")
PUBLIC_FORM = Row(public="GP")

MUNICIPALITY: dict[str, Row] = {
    # families
    "families:register_choice": PUBLIC,
    "families:register_requesting": PUBLIC_FORM,
    "families:register_support": PUBLIC_FORM,
    "families:register_thanks": PUBLIC,
    "families:registrations": VIEW,
    "families:requesting_list": VIEW,
    "families:requesting_new": EDIT,
    "families:requesting_detail": VIEW,
    "families:requesting_contacted": EDIT,
    "families:requesting_note": EDIT,
    "families:requesting_consent": EDIT,
    "families:requesting_change": EDIT,
    "families:requesting_close": EDIT,
    "families:parent_new": EDIT,
    "families:parent_edit": EDIT,
    "families:child_new": EDIT,
    "families:child_edit": EDIT,
    "families:support_list": VIEW,
    "families:support_new": EDIT,
    "families:support_detail": VIEW,
    "families:support_contacted": EDIT,
    "families:support_note": EDIT,
    "families:support_consent": EDIT,
    "families:support_change": EDIT,
    "families:support_pause": EDIT,
    "families:support_resume": EDIT_POST,
    "families:support_return": EDIT,
    "families:support_close": EDIT,
    "families:adult_new": EDIT,
    "families:adult_edit": EDIT,
    "families:consent_note": EDIT,
    "families:consent_end": EDIT,
    # intake
    "intake:requesting_plan": EDIT,
    "intake:requesting": EDIT,
    "intake:reopen": EDIT,
    "intake:support_plan": EDIT,
    "intake:support": EDIT,
    "intake:reference_new": EDIT,
    "intake:reference_edit": EDIT,
    "intake:approve": EDIT,
    # vog
    "vog:request": EDIT,
    "vog:received": EDIT,
    "vog:seen": EDIT,
    "vog:not_presented": EDIT,
    # tasks
    "tasks:done": EDIT_POST,
    "tasks:dropped": EDIT_POST,
}
