"""Reading what a mail server sends back (RFC 3464). Pure: bytes in, a few words out, and no person's words kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Final

from core.letters.addresses import Token, token_of

# More than this no server sends back; the rest is the mail itself, which we know.
LARGEST: Final = 2 * 1024 * 1024
_CODE: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS: Final = re.compile(r"[^\s<>,;\"]+@[^\s<>,;\"]+")
# Where servers write to whom they delivered what came back; "To" comes last, because a sender chooses it.
_TO_HEADERS: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_MOST_ADDRESSES: Final = 20


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back: for which mail, whether it is final, and the server's code."""

    tokens: tuple[Token, ...]
    final: bool
    code: str


def read(raw: bytes, *, recipient: str = "") -> Returned:
    """Read one message; ``recipient`` is the address that the mail server got it for. Never raises."""
    message = message_from_bytes(raw[:LARGEST], policy=policy.compat32)
    addresses = [recipient, *_addresses(message)] if recipient else list(_addresses(message))
    tokens = dict.fromkeys(token for address in addresses if (token := token_of(address)))
    reports = list(_reports(message))
    failed = next((code for action, code in reports if action == "failed" or _is_final(action, code)), None)
    return Returned(tuple(tokens), failed is not None, failed or "")


def _is_final(action: str, code: str) -> bool:
    """Some servers forget the action; what begins with a five will not be tried again."""
    return not action and code.startswith("5")


def _addresses(message: Message) -> Iterator[str]:
    found = 0
    for name in _TO_HEADERS:
        for value in message.get_all(name, ()):
            for address in _ADDRESS.findall(str(value)[:2000]):
                found += 1
                if found > _MOST_ADDRESSES:
                    return
                yield address


def _reports(message: Message) -> Iterator[tuple[str, str]]:
    """Return action and code per receiver, of a report and of nothing else: an answer from a holiday is no bounce."""
    if message.get_content_type() != "multipart/report":
        return
    kind = message.get_param("report-type", "delivery-status")
    if not isinstance(kind, str) or kind.lower() != "delivery-status" or not message.is_multipart():
        return
    for part in message.get_payload():
        if isinstance(part, Message) and part.get_content_type() == "message/delivery-status":
            yield from _groups(part)


def _groups(part: Message) -> Iterator[tuple[str, str]]:
    payload = part.get_payload()
    # A sound report is a list of groups of fields; a damaged one is text.
    groups = payload if isinstance(payload, list) else []
    for group in groups:
        if isinstance(group, Message) and (group["Final-Recipient"] or group["Action"] or group["Status"]):
            code = _CODE.search(str(group["Status"] or "")) or _CODE.search(
                str(group["Diagnostic-Code"] or "")
            )
            action = str(group["Action"] or "").split("(")[0].strip().lower()
            yield action, code[1] if code else ""
