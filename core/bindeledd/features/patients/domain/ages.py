"""How old somebody is, by a birth date that was stated; never read from a number."""

from datetime import date

from bindeledd.features.patients.domain import BornHow, Identity


def years_on(born_on: date, on: date) -> int:
    """Completed years. Whoever is born on 29 February is a year older on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def possible_ages(who: Identity | None, on: date, *, margin: int) -> range:
    """The ages in completed years that the person may have on that day; empty where nobody knows.

    An estimated birth date may be wrong by `margin` years to either side. A date without how it
    is known, or one that lies ahead, says nothing.
    """
    if who is None or who.born_on is None or who.born_how is None:
        return range(0)
    years = years_on(who.born_on, on)
    wrong = margin if who.born_how is BornHow.ESTIMATED else 0
    return range(0) if years < 0 else range(years - wrong, years + wrong + 1)
