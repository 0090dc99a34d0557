"""How long follow-ups and the log are kept: terms of years. Nothing ends, moves or goes by them."""

from datetime import datetime


def years_before(at: datetime, years: int) -> datetime:
    """So many years before `at`; of 29 February the day before it, so that nothing passes early."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)
