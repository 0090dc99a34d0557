"""Numbers of the directory in words: whom one may call, and when somebody answers there."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from bindeledd.features.pathways.domain.directory import Contact, Open
from bindeledd.foundation.texts import said_of, t


def numbers_of(contacts: Iterable[Contact]) -> Iterator[tuple[str, str]]:
    """What each is called, and its number with its hours, whoever answers now: paper is kept."""
    for one in contacts:
        hours = hours_words(one.hours) if one.hours else t("casefile.directory.always")
        yield said_of(one.label), f"{one.phone} · {hours}"


def hours_words(hours: Iterable[Open]) -> str:
    """Hours in words, days of the same hours together: "mandag, tirsdag 08.00-15.30"."""
    ordered = sorted(hours, key=lambda one: (one[1], one[2], one[0]))
    said = []
    for (opens, closes), some in groupby(ordered, key=lambda one: one[1:]):
        days = ", ".join(t(f"web.weekdays.{weekday}") for weekday, *_ in some)
        said.append(f"{days} {opens:%H.%M}-{closes:%H.%M}")
    return "; ".join(said)
