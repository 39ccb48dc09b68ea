"""Which CBS code counts when and where, as the ledger's own selector answers it, without a query per event."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from config.synthesis.municipalities import AREAS_EACH

Span = tuple[str, date, date | None]


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one programme area with the day from which each counts and the day from which it no longer does."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> "Codes":
        """Return the codes in the order in which the ledger prefers them: the newest first."""
        return cls(tuple(sorted(spans, key=lambda span: (-span[1].toordinal(), span[0]))))

    def on(self, day: date) -> list[str]:
        """Return the codes that count on a day; the newest when none does."""
        valid = [code for code, since, until in self.spans if since <= day and (until is None or day < until)]
        return valid or [self.spans[0][0]]

    def at(self, day: date, district: int) -> str:
        """Return the code of a district; where two count side by side the last district has the second."""
        valid = self.on(day)
        return valid[1 if len(valid) > 1 and district == AREAS_EACH - 1 else 0]

    def in_month(self, code: str, month: date) -> str:
        """Return ``code`` if it counts in the month, else the one that took its place."""
        valid = self.on(month)
        return code if code in valid else valid[0]
