"""What a site has confirmed, read for those who answer for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain.book import Book
from bindeledd.features.pathways.domain.confirming import (
    LeadsOnly,
    Ours,
    Point,
    Shares,
    Speaks,
    Writes,
    calls,
    grounds,
    letters,
    ours,
    points,
)
from bindeledd.features.pathways.domain.ground_values import Ground
from bindeledd.features.pathways.domain.layer_values import Layer, an_end
from bindeledd.features.pathways.domain.letter_values import Letter
from bindeledd.features.pathways.domain.script_values import Script
from bindeledd.features.pathways.domain.scripting import script_of
from bindeledd.features.pathways.domain.values import Pathway
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor

# A routine, and the layers (`id@version`) that a unit follows it with.
Followed = tuple[Pathway, Sequence[str]]
# Who answers for the whole tenant, beside those who lead a team.
ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """Everything of the site's routines: what waits, what it said itself, what is the product's."""

    units: tuple[str, ...]
    waiting: tuple[Point, ...]
    done: tuple[Point, ...]
    by_others: int
    grounds: tuple[Shares, ...]
    letters: tuple[Writes, ...]
    calls: tuple[Speaks, ...]
    ours: tuple[Ours, ...]


def confirmed(session: Session, book: Book, *, by: Actor) -> Confirmed:
    """How every rule stands in the active units of the tenant. Raises `LeadsOnly`.

    Without a unit: the routines as they stand for one that no layer is for.
    """
    if not by.sees_all and not by.leads and ADMIN not in by.grants:
        raise LeadsOnly()
    names = staff.unit_names(session, by.tenant_id)
    places = staff.unit_places(session, by.tenant_id)
    kinds = staff.organisation_kinds(session, by.tenant_id) if book.agreements else {}
    followed = {name: _followed(book, *places[unit], kinds) for unit, name in names.items()}
    of_units = followed or {"": _followed(book, None, None, None, kinds)}
    found = points({unit: _routines(book, each) for unit, each in of_units.items()})
    return Confirmed(
        units=tuple(followed),
        waiting=tuple(one for one in found if one.to_confirm != "nothing"),
        done=tuple(one for one in found if one.is_confirmed),
        by_others=sum(one.to_confirm == "nothing" and not one.is_confirmed for one in found),
        grounds=tuple(grounds({unit: _grounds(book, each) for unit, each in of_units.items()})),
        letters=tuple(letters({unit: _letters(book, each) for unit, each in of_units.items()})),
        calls=tuple(calls({unit: _scripts(book, each) for unit, each in of_units.items()})),
        ours=tuple(ours(book)),
    )


def _followed(
    book: Book,
    unit: str | None,
    kind: str | None,
    organisation: str | None,
    kinds: Mapping[str, str],
) -> list[Followed]:
    """Every routine, in its newest version, with the layers of this unit; and once more with what
    its organisation has agreed with each receiver."""
    known = [book.newest(name) for name in dict.fromkeys(name for name, _ in book.pathways)]
    end = an_end(unit, kind, organisation, kinds)
    return [
        (one, [layer.key for layer in (*own, *book.layers_agreed(one.id, [end], to))])
        for one in known
        for own in (book.layers_for(one.id, unit, kind, organisation),)
        for to in (frozenset[str](), *book.receivers(one.id, end))
    ]


def _routines(book: Book, followed: Iterable[Followed]) -> list[Pathway]:
    return [book.followed(*one.key, layers) for one, layers in followed]


def _grounds(book: Book, followed: Iterable[Followed]) -> list[Ground]:
    return [ground for _, layers in followed for ground in book.grounds(layers)]


def _scripts(book: Book, followed: Iterable[Followed]) -> list[Script]:
    return [script_of(book, layers) for _, layers in followed]


def _letters(book: Book, followed: Iterable[Followed]) -> list[tuple[Layer, Letter]]:
    return [found for _, layers in followed for found in book.letters(layers)]
