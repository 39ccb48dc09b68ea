"""Keeping support families without a coupling warm: the small deed that fits the silence and was not done yet. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from core.home.deeds import DEEDS, Deed

QUIET_WEEKS: Final = 8
# As many are enough to know that there are more than anybody can call; nobody counts on.
MANY: Final = 100
SOON_BACK: Final = timedelta(days=30)


def deed_for(
    *,
    weeks: int,
    never_proposed: bool,
    paused_until: date | None,
    today: date,
    done: Sequence[str] = (),
) -> Deed:
    """Return the small deed to do now; ``done`` are those of before, the latest last.

    When all were done it is the one of the longest ago.
    """
    back_soon = paused_until is not None and paused_until <= today + SOON_BACK

    def fits(deed: Deed) -> bool:
        return (
            deed.from_weeks <= weeks < deed.until_weeks
            and (never_proposed or not deed.never_proposed)
            and (back_soon or not deed.back_soon)
        )

    possible = [deed for deed in DEEDS if fits(deed)]
    possible += [deed for deed in DEEDS if not deed.only and deed not in possible]
    last = {code: place for place, code in enumerate(done)}
    return min(possible, key=lambda deed: last.get(deed.code, -1))
