"""Which rules name a team that the site does not have."""

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.owning import unowned
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.values import Pathway
from bindeledd.features.staff import queries as staff

# A routine, its version, and the layers (`id@version`) that a follow-up has it with.
Followed = tuple[str, str, tuple[str, ...]]


def team_keys(session: Session, tenant_id: UUID) -> frozenset[str]:
    """The keys of the active teams: those that `owner = "team:KEY"` may name."""
    return frozenset(team.key for team in staff.teams(session, tenant_id))


def unowned_here(
    session: Session, tenant_id: UUID, book: Book, followed: Iterable[Followed] = ()
) -> list[Finding]:
    """Rules of today's routines, as any unit of the tenant has them, whose team is not there.

    `followed`: also those of the versions that open follow-ups began with.
    """
    teams = team_keys(session, tenant_id)
    places = set(staff.unit_places(session, tenant_id).values())
    routines = chain(_routines(book, places), _remembered(book, followed))
    return unowned(routines, teams) if teams else []


def _remembered(book: Book, followed: Iterable[Followed]) -> Iterator[Pathway]:
    """What is not installed any more is told by the start, and by nobody here."""
    for name, version, layers in followed:
        if (name, version) in book.pathways:
            yield book.followed(name, version, layers)


def _routines(book: Book, places: set[tuple[str, str, str]]) -> Iterator[Pathway]:
    for name in sorted({name for name, _ in book.pathways}):
        newest = book.newest(name)
        yield newest
        for place in sorted(places):
            yield book.resolve(*newest.key, *place)
