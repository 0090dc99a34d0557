"""What a site has confirmed, read for those who answer for it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.confirming import LeadsOnly, Ours, Point, ours, points
from bindeledd.features.pathways.domain.values import Pathway
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor

# Who answers for the whole tenant, beside those who lead a team.
ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """Everything of the site's routines: what waits, what it said itself, what is the product's."""

    units: tuple[str, ...]
    waiting: tuple[Point, ...]
    done: tuple[Point, ...]
    by_others: int
    ours: tuple[Ours, ...]


def confirmed(session: Session, book: Book, *, by: Actor) -> Confirmed:
    """How every rule stands in the active units of the tenant. Raises `LeadsOnly`.

    Without a unit: the routines as they stand for one that no layer is for.
    """
    if not by.sees_all and not by.leads and ADMIN not in by.grants:
        raise LeadsOnly()
    names = staff.unit_names(session, by.tenant_id)
    places = staff.unit_places(session, by.tenant_id)
    of_units = {name: _routines(book, *places[unit]) for unit, name in names.items()}
    found = points(of_units or {"": _routines(book, None, None, None)})
    return Confirmed(
        units=tuple(of_units),
        waiting=tuple(one for one in found if one.to_confirm != "nothing"),
        done=tuple(one for one in found if one.is_confirmed),
        by_others=sum(one.to_confirm == "nothing" and not one.is_confirmed for one in found),
        ours=tuple(ours(book)),
    )


def _routines(
    book: Book, unit: str | None, kind: str | None, organisation: str | None
) -> list[Pathway]:
    """Every routine, in its newest version, with the layers of this unit."""
    known = [book.newest(name) for name in dict.fromkeys(name for name, _ in book.pathways)]
    return [book.resolve(one.id, one.version, unit, kind, organisation) for one in known]
