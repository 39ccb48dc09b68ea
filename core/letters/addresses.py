"""The address to which a mail comes back: a token in it tells which mail of which municipality it was (VERP).

The token holds an id and a seal, no person and no family. It can be recognised without looking anything up, so that a
message for an address that somebody made up costs no query and changes nothing.
"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT: Final = "core.letters.return"
# The first five bytes of the municipality's id, the letter's sixteen, and ten of the seal: 50 of the 64 characters that
# may stand before the @.
_PLACE, _LETTER, _SEAL = 5, 16, 10
_LENGTHS: Final = (8, 26, 16)
_TOKEN_LENGTH: Final = sum(_LENGTHS)
# What is left of those 64 for the name of the mailbox, and the plus.
LONGEST_MAILBOX: Final = 64 - _TOKEN_LENGTH - 1


@dataclass(frozen=True, slots=True)
class Token:
    """What an address says, before anybody looked whether its seal is ours."""

    place: bytes
    letter_id: UUID
    seal: str

    def is_of(self, municipality_id: UUID) -> bool:
        """Tell whether we gave out this address for this municipality; keys that were replaced count too."""
        if municipality_id.bytes[:_PLACE] != self.place:
            return False
        keys: Sequence[str] = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return any(
            constant_time_compare(self.seal, _seal(municipality_id, self.letter_id, key)) for key in keys
        )


def return_address(*, municipality_id: UUID, letter_id: UUID) -> str:
    """Return the address to which a mail server may send this mail back."""
    local, _at, host = settings.MAIL_RETURN_ADDRESS.rpartition("@")
    seal = _seal(municipality_id, letter_id, settings.SECRET_KEY)
    return f"{local}+{_text(municipality_id.bytes[:_PLACE])}{_text(letter_id.bytes)}{seal}@{host}"


def token_of(address: str) -> Token | None:
    """Return the token in an address, or nothing when there is none."""
    local, _at, host = address.strip().strip("<>").lower().rpartition("@")
    known, _at, known_host = settings.MAIL_RETURN_ADDRESS.lower().rpartition("@")
    begin, _plus, token = local.rpartition("+")
    if (begin, host) != (known, known_host) or len(token) != _TOKEN_LENGTH:
        return None
    place, letter, seal = token[: _LENGTHS[0]], token[_LENGTHS[0] : -_LENGTHS[2]], token[-_LENGTHS[2] :]
    try:
        return Token(_bytes(place), UUID(bytes=_bytes(letter)), seal)
    except ValueError:
        return None


def _seal(municipality_id: UUID, letter_id: UUID, key: str) -> str:
    made = salted_hmac(
        _SALT, municipality_id.bytes + letter_id.bytes, secret=key, algorithm="sha256"
    ).digest()
    return _text(made[:_SEAL])


def _text(value: bytes) -> str:
    return b32encode(value).decode("ascii").rstrip("=").lower()


def _bytes(text: str) -> bytes:
    return b32decode(text.upper() + "=" * (-len(text) % 8))
