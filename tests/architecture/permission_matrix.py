"""Who may call which address, as data: one row per address, which is what a reviewer reads when an address is added.

`test_permission_matrix.py` fails on an address without a row and on a row without an address, and asks every address
as everybody. Letters: G may GET, P may POST, GP both, "" neither.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What each kind of person may do at one address; ``public`` is for everybody, signed in or not."""

    edit: str = ""  # coordinator and deputy
    view: str = ""  # safeguarding officer
    national: str = ""  # foundation staff, on their own host
    token: str = ""  # a municipality's system, on the host of the API
    public: str = ""


EDIT = Row(edit="GP")
EDIT_POST = Row(edit="P")
VIEW = Row(edit="G", view="G")
NATIONAL = Row(national="G")
TOKEN = Row(token="G")
PUBLIC = Row(public="G")
PUBLIC_FORM = Row(public="GP")
SIGNED_IN = Row(edit="GP", view="GP", national="GP")
PUBLIC_POST = Row(public="P")

EVERY_SITE: dict[str, Row] = {
    "common:security-txt": PUBLIC,
    "common:accessibility": PUBLIC,
    "common:privacy": PUBLIC,
    "accounts:sign-in": PUBLIC_FORM,
    "accounts:sign-out": PUBLIC_POST,
    "accounts:password": SIGNED_IN,
}

MUNICIPALITY: dict[str, Row] = EVERY_SITE | {
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
    "families:requesting_reminder": EDIT,
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
    "families:support_reminder": EDIT,
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
    # matching
    "matching:candidates": VIEW,
    "matching:propose": EDIT,
    "matching:proposal_list": VIEW,
    "matching:proposal_detail": VIEW,
    "matching:ask_support": EDIT_POST,
    "matching:ask_parents": EDIT_POST,
    "matching:accept": EDIT_POST,
    "matching:decline": EDIT,
    "matching:withdraw": EDIT,
    # couplings, agreements, guidance
    "couplings:introduce": EDIT,
    "couplings:coupling_list": VIEW,
    "couplings:coupling_detail": VIEW,
    "agreements:print": VIEW,
    "guidance:trial": EDIT,
    "guidance:extend": EDIT,
    "guidance:definitive": EDIT,
    "guidance:agreement_new": EDIT,
    "guidance:stop": EDIT,
    "guidance:finish": EDIT,
    "guidance:closing_talks": EDIT,
    "guidance:contact": EDIT,
    "guidance:evaluate": EDIT,
    "guidance:hold": EDIT,
    "guidance:reschedule": EDIT,
    "guidance:drop": EDIT,
    # the start page
    "home:today": VIEW,
}

FOUNDATION: dict[str, Row] = EVERY_SITE | {
    "dashboards:national": NATIONAL,
    "dashboards:municipalities": NATIONAL,
}

API: dict[str, Row] = {
    "api:reports": TOKEN,
    "api:report": TOKEN,
    "api:figures": TOKEN,
    "api:municipalities": TOKEN,
    "api:definitions": PUBLIC,
    "api:health": PUBLIC,
    "api:openapi": PUBLIC,
}

ROWS = {"municipality": MUNICIPALITY, "foundation": FOUNDATION, "api": API}
