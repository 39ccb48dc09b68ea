"""Dates of a certificate of conduct. Pure."""

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def review_due(issued_on: date, term_months: int) -> date:
    """Return the day on which the certificate no longer counts."""
    return months_later(issued_on, term_months)
