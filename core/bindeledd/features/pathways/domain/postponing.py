"""How far a person may put later what is owed: by its kind, else by the ladder that watches it."""

from bindeledd.features.pathways.domain.book import Book
from bindeledd.foundation.calendars import Period

_STANDARD = "standard"


def later_at_most(book: Book, kind: str, ladder: str) -> Period:
    """How far after its first due time, in calendar days and hours; not at all where that is nothing.

    A ladder that says nothing of it, or is not installed any more, is as the standard one.
    """
    rule = book.core.get(kind)
    if rule is not None and rule.later_at_most is not None and ladder == rule.ladder:
        return rule.later_at_most
    own = book.ladders.get(ladder)
    if own is not None and own.later_at_most is not None:
        return own.later_at_most
    return book.ladder(_STANDARD).later_at_most or Period()
