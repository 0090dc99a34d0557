"""People who do not exist: names from ordinary lists, numbers of the synthetic series.

A synthetic number has 80 added to its month and right check digits; production refuses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_GIVEN = (
    "Aino", "Anders", "Áilu", "Amina", "Astrid", "Bjarne", "Biret Elle", "Camilla", "Dag",
    "Elin", "Emil", "Fatima", "Frøydis", "Geir", "Gunhild", "Håkon", "Ida", "Inga", "Iŋgá",
    "Ivar", "Jáhkot", "Jonas", "Kari", "Kjersti", "Lars", "Liv", "Magnus", "Máret", "Marit",
    "Mikkel", "Nils Ánte", "Nora", "Ola", "Øyvind", "Per", "Ragnhild", "Rune", "Sára", "Sigrid",
    "Sindre", "Siv", "Sofie", "Stian", "Synnøve", "Tiril", "Tor", "Tuva", "Vegard", "Yngve", "Åse",
)  # fmt: skip
_FAMILY = (
    "Aasen", "Andersen", "Bakke", "Berg", "Bjørnstad", "Boine", "Bråten", "Čálliid", "Dahl",
    "Eide", "Eira", "Fjeld", "Gaup", "Guttorm", "Hætta", "Haugen", "Holmøy", "Iversen", "Johansen",
    "Karlsen", "Kråkenes", "Lien", "Lund", "Marakatt", "Mæland", "Moen", "Nguyen", "Nygård",
    "Oskal", "Pedersen", "Rønning", "Sætre", "Sara", "Skog", "Solberg", "Sørlie", "Strand",
    "Tveit", "Utsi", "Vik", "Øien", "Ødegård", "Åsheim", "Boŋgu",
)  # fmt: skip
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, kw_only=True)
class SyntheticPerson:
    """Somebody who does not exist."""

    family_name: str
    given_name: str
    born_on: date
    number: str
    phone: str


def check_digits(nine: str) -> str | None:
    """The two check digits of nine digits, or None where the series has no number there."""
    first = -sum(w * int(d) for w, d in zip(_FIRST, nine, strict=True)) % 11
    second = -sum(w * int(d) for w, d in zip(_SECOND, f"{nine}{first % 10}", strict=True)) % 11
    return None if 10 in (first, second) else f"{first}{second}"


def number(random: Random, born_on: date) -> str:
    """A synthetic number for somebody born on `born_on`: month + 80, right check digits."""
    low, high = (500, 999) if born_on.year >= 2000 else (0, 499)
    while True:
        nine = f"{born_on.day:02}{born_on.month + 80:02}{born_on:%y}{random.randint(low, high):03}"
        digits = check_digits(nine)
        if digits:
            return nine + digits


def somebody(random: Random, *, year: int = 2026) -> SyntheticPerson:
    """A person between 16 and 85 years in `year`, with a telephone number that nobody has."""
    born = date(year - 16, 1, 1) - timedelta(days=random.randint(1, 69 * 365))
    return SyntheticPerson(
        family_name=_one(random, _FAMILY),
        given_name=_one(random, _GIVEN),
        born_on=born,
        number=number(random, born),
        phone=f"+47999{random.randint(10_000, 99_999)}",
    )


def _one(random: Random, of: Sequence[str]) -> str:
    return of[random.randrange(len(of))]
