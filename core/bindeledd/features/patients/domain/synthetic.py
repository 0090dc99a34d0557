"""Synthetic numbers for tests and the demo: month + 80 or + 40, so that they are nobody's."""

from datetime import date, timedelta
from random import Random

from bindeledd.features.patients.domain.identifiers import (
    K1_WEIGHTS,
    K2_WEIGHTS,
    Identifier,
    IdentifierKind,
)

_FIRST, _DAYS = date(1925, 1, 1), 36500


def synthetic_number(
    rng: Random, *, d_number: bool = False, series: int = 80, rest: int = 0
) -> Identifier:
    """A number that passes every check and can belong to nobody.

    `series` is 80 (Tenor) or 40 (NAV); `rest` 0 to 3 is the rest of the first check digit,
    1 to 3 being those that come with 2032.
    """
    while True:
        born = _FIRST + timedelta(days=rng.randrange(_DAYS))
        day, month = born.day + 40 * d_number, born.month + series
        head = f"{day:02}{month:02}{born.year % 100:02}{rng.randrange(1000):03}"
        value = complete(head, rest=rest)
        if value is not None:
            kind = IdentifierKind.D_NUMBER if d_number else IdentifierKind.FNR
            return Identifier(kind=kind, value=value, synthetic=True)


def complete(head: str, *, rest: int = 0) -> str | None:
    """Nine digits with their two check digits; `None` where a check digit would be 10."""
    k1 = (rest - _sum(head, K1_WEIGHTS)) % 11
    if k1 == 10:
        return None
    k2 = -_sum(f"{head}{k1}", K2_WEIGHTS) % 11
    return None if k2 == 10 else f"{head}{k1}{k2}"


def _sum(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True))
