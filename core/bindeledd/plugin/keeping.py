"""A version that open follow-ups follow says what it said when it was first seen here.

A file may be edited in its place, and a pack built anew, without a new version: then what somebody
is owed would be another thing from one start to the next, and nobody would have decided it.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.contents import Changed
from bindeledd.features.pathways.service import core_folder
from bindeledd.features.pathways.service.seeing import see_versions
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.plugin.leaving import versions_followed

# As many signs of a hash as tell two texts apart for a person.
_SHORT = 12


def insist_versions_kept(
    session: Session, book: Book, *, at: datetime, strict: bool
) -> list[Misconfigured]:
    """Raise `Misconfigured` where a version that is followed was edited; give what may only be told.

    `strict`: where patients are. The product's own routines stop no start there either: a site can
    do nothing about them, and alerts have to go out.
    """
    changed = see_versions(session, book, versions_followed(session), at=at)
    if strict:
        insist_none([*_faults(changed, own=False)])
        return [*_faults(changed, own=True)]
    return [*_faults(changed, own=False), *_faults(changed, own=True)]


def _faults(changed: list[Changed], *, own: bool) -> Iterator[Misconfigured]:
    """`own`: those of the product itself."""
    for one in changed:
        if (one.now.origin.distribution == core_folder().distribution) == own:
            yield Misconfigured(
                "plugin.own_version_changed" if own else "plugin.version_changed",
                where=one.now.origin,
                known=one.now.key,
                on=one.since.date().isoformat(),
                was=one.was[:_SHORT],
                now=one.now.content[:_SHORT],
            )
