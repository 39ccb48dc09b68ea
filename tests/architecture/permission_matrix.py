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
    # What stands at the address belongs to one person: to others it is not there, whatever their role.
    own: bool = False


EDIT = Row(edit="GP")
EDIT_POST = Row(edit="P")
VIEW = Row(edit="G", view="G")
CONCERN = Row(edit="GP", view="GP")
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
    "common:glossary": Row(edit="G", view="G", national="G"),
    "accounts:sign-in": PUBLIC_FORM,
    "accounts:sign-out": PUBLIC_POST,
    "accounts:language": PUBLIC_POST,
    "accounts:password": SIGNED_IN,
    "drafts:key": Row(edit="G", view="G", national="G"),
}

MUNICIPALITY: dict[str, Row] = EVERY_SITE | {
    # learning; what belongs to practising is not there in a municipality with real people
    "learning:help": VIEW,
    "learning:practice": Row(),
    "learning:reset": Row(),
    "learning:mails": Row(),
    "learning:tour": Row(),
    # reading in a list
    "imports:list": EDIT,
    "imports:detail": EDIT,
    "imports:columns": EDIT,
    "imports:drop": EDIT_POST,
    "imports:undo": EDIT,
    # one person in several municipalities
    "places:list": Row(edit="GP", view="GP"),
    "places:tie": Row(edit="GP", view="GP"),
    "places:tied": Row(edit="GP", view="GP"),
    "places:untie": Row(edit="P", view="P", own=True),
    "places:leave": VIEW,
    "places:arrive": PUBLIC_FORM,
    # the start page and lists
    "home:agenda": VIEW,
    "home:snooze": EDIT,
    "tasks:reopened": EDIT_POST,
    "tasks:back": EDIT_POST,
    "home:waiting": VIEW,
    "home:proposal_log": VIEW,
    "home:vog": VIEW,
    "lists:view_keep": Row(edit="P", view="P"),
    "lists:view_forget": Row(edit="P", view="P", own=True),
    "lists:export": EDIT,
    "families:support_warm": EDIT,
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
    "families:requesting_timeline": VIEW,
    "families:requesting_file": EDIT,
    "families:requesting_letters": Row(edit="G"),
    "families:requesting_letter": EDIT,
    "families:support_letters": Row(edit="G"),
    "families:support_letter": EDIT,
    "families:requesting_alike": EDIT_POST,
    "families:support_alike": EDIT_POST,
    "families:requesting_merge": EDIT,
    "families:support_merge": EDIT,
    "families:requesting_apart": EDIT_POST,
    "families:support_apart": EDIT_POST,
    "families:merge_back": EDIT_POST,
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
    "families:support_timeline": VIEW,
    "families:support_file": EDIT,
    "families:adult_new": EDIT,
    "families:adult_edit": EDIT,
    "families:note_up": EDIT_POST,
    "families:note_down": EDIT_POST,
    "families:consent_note": EDIT,
    "families:consent_end": EDIT,
    # intake
    "intake:requesting_plan": EDIT,
    "intake:requesting": EDIT,
    "intake:requesting_steps": EDIT,
    "intake:requesting_step": EDIT,
    "intake:reopen": EDIT,
    "intake:support_plan": EDIT,
    "intake:support": EDIT,
    "intake:support_steps": EDIT,
    "intake:support_step": EDIT,
    "intake:questions": EDIT,
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
    "board:board": VIEW,
    "board:ask": Row(edit="P", view="P"),
    "board:shortages": VIEW,
    "matching:candidates": VIEW,
    "matching:compare": VIEW,
    "matching:propose": EDIT,
    "matching:weighing": VIEW,
    "matching:weighing_edit": EDIT,
    "matching:proposal_list": VIEW,
    "matching:proposal_detail": VIEW,
    "matching:ask_support": EDIT_POST,
    "matching:ask_parents": EDIT_POST,
    "matching:accept": EDIT_POST,
    "matching:decline": EDIT,
    "matching:withdraw": EDIT,
    # over the border
    "border:list": VIEW,
    "border:neighbours": EDIT,
    "border:publish": EDIT,
    "border:card": VIEW,
    "border:offer": EDIT,
    "border:detail": VIEW,
    "border:not_fitting": EDIT_POST,
    "border:agree": EDIT_POST,
    "border:family_agrees": EDIT,
    "border:family_declines": EDIT_POST,
    "border:contact": EDIT,
    "border:withdraw": EDIT_POST,
    "border:finish": EDIT_POST,
    # couplings, agreements, guidance
    "couplings:introduce": EDIT,
    "couplings:coupling_list": VIEW,
    "couplings:coupling_detail": VIEW,
    "couplings:coupling_timeline": VIEW,
    "couplings:coupling_file": EDIT,
    "couplings:coupling_letters": Row(edit="G"),
    "couplings:coupling_letter": EDIT,
    "letters:detail": VIEW,
    "letters:pdf": VIEW,
    "files:download": VIEW,
    "files:remove": EDIT_POST,
    "agreements:print": VIEW,
    "agreements:pdf": VIEW,
    "agreements:accept": EDIT,
    "agreements:calendars": EDIT,
    "agreements:calendar_end": EDIT_POST,
    "agreements:calendar": PUBLIC,
    "guidance:trial": EDIT,
    "guidance:extend": EDIT,
    "guidance:definitive": EDIT,
    "guidance:agreement_new": EDIT,
    "guidance:stop": EDIT,
    "guidance:finish": EDIT,
    "guidance:closing_talks": EDIT,
    "guidance:reopen": EDIT,
    "guidance:contact": EDIT,
    "guidance:evaluate": EDIT,
    "guidance:hold": EDIT,
    "guidance:reschedule": EDIT,
    "guidance:drop": EDIT,
    "vog:policy": EDIT,
    "vog:rules": EDIT,
    # hand-over
    "handover:list": VIEW,
    "handover:new": EDIT,
    "handover:detail": VIEW,
    "handover:end": EDIT_POST,
    # the registration desk
    "desk:forms": Row(edit="G"),
    "desk:close": EDIT,
    "desk:open": EDIT_POST,
    "families:requesting_refer": EDIT,
    "families:support_refer": EDIT,
    # concerns: of these rows only those that the person may know of (tests/core/safeguarding)
    "safeguarding:concern_list": VIEW,
    "safeguarding:concern_detail": VIEW,
    "safeguarding:step": CONCERN,
    "safeguarding:close": CONCERN,
    "safeguarding:reopen": CONCERN,
    "safeguarding:hand_over": CONCERN,
    "safeguarding:raise_requesting": CONCERN,
    "safeguarding:raise_support": CONCERN,
    "safeguarding:raise_coupling": CONCERN,
    # the start page
    "home:today": VIEW,
}

FOUNDATION: dict[str, Row] = EVERY_SITE | {
    "dashboards:national": NATIONAL,
    "nationwide:counts": NATIONAL,
    "dashboards:municipalities": NATIONAL,
    "dashboards:fairness": NATIONAL,
    "dashboards:definitions": NATIONAL,
    "dashboards:definition": NATIONAL,
    "municipalities:schemas": NATIONAL,
    "proofs:isolation": NATIONAL,
    "standards:list": NATIONAL,
    "standards:detail": NATIONAL,
    "standards:algorithm": NATIONAL,
    "standards:algorithm_json": NATIONAL,
    "standards:algorithm_markdown": NATIONAL,
    "standards:edit": Row(national="GP"),
    "standards:publish": Row(national="P"),
    "standards:drop": Row(national="P"),
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
