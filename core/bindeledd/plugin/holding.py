"""Layers that hold for nobody at this site: told at setup, at start and by doctor, and stopping nothing.

A pack may be switched on before its units are set up; that nothing of it is owed is said, lest
somebody believe it is.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book, Layer
from bindeledd.features.pathways.domain.idle import Idle, idle, organisations_of, units_of
from bindeledd.features.pathways.domain.meeting import Places
from bindeledd.features.pathways.service import SITE
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Said, said


def places_of(session: Session, tenant: UUID) -> Places:
    """Where cases begin at this site, who takes them over, and what its organisations are."""
    return Places(
        units=list(staff.unit_places(session, tenant).values()),
        teams=list(staff.team_places(session, tenant).values()),
        kinds=staff.organisation_kinds(session, tenant),
    )


def held_by_nobody(session: Session, book: Book, tenants: Iterable[UUID]) -> list[Misconfigured]:
    """What to tell of each layer that holds for no unit and no organisation of any tenant.

    Says what it names, what the site has, and the key that may have been meant.
    """
    every = [places_of(session, tenant) for tenant in tenants]
    places = Places(
        units=[unit for one in every for unit in one.units],
        teams=[team for one in every for team in one.teams],
        kinds={key: kind for one in every for key, kind in one.kinds.items()},
    )
    return [_told(one, places) for one in idle(book, places, own={SITE})]


def _told(one: Idle, places: Places) -> Misconfigured:
    near: Said | str = said("pathways.lint.near_one", near=one.nearest) if one.nearest else ""
    return Misconfigured(
        "plugin.layer_of_nobody",
        where=one.layer.stands.get("applies_to", one.layer.origin),
        layer=one.layer.id,
        names=", ".join(_names(one.layer)),
        organisations=", ".join(organisations_of(places)) or said("plugin.words.nothing"),
        units=", ".join(units_of(places)) or said("plugin.words.nothing"),
        nearest=near,
    )


def _names(layer: Layer) -> Iterator[str]:
    yield from sorted(layer.organisations)
    yield from sorted(layer.units)
    yield from (f"to {name}" for name in sorted(layer.to))
