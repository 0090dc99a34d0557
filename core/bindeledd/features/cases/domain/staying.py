"""Where somebody stays decides which local routine counts for what happens there.

A follow-up begins in one unit and may go on through others. What another unit asks for is asked of
the stay there, and of nothing before it; what the first unit asks for is not asked of a stay in
another. The stay itself says which layers these were, so that an open follow-up keeps its versions;
an upgrade says which they are from then on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bindeledd.features.cases.domain import Case, Event, EventKind, NewEvent
from bindeledd.features.cases.domain.joining import joined, of_layer
from bindeledd.features.pathways.domain import Book, Gate, Pathway, Step

# The fact of a stay in another unit than the one in which the case began: the layers
# (`id@version`) that are for it.
STAYED = "layers_of_stay"
# The fact of a pack that was taken out: what stays elsewhere no longer follow.
LET_GO = "stays_let_go"
# The fact of an upgrade, or of opening again: of each unit in which stays follow something else from then on, its id and
# then the layers.
FOLLOWING = "stays_following"
_STAYS = frozenset(
    {
        EventKind.INDEX_EVENT,
        EventKind.ADMITTED,
        EventKind.READY_FOR_DISCHARGE,
        EventKind.LEFT_BEFORE_ASSESSMENT,
        EventKind.DISCHARGED,
    }
)
# The kinds of events that say what stays follow.
SAYING = (*sorted(_STAYS), EventKind.ROUTINE_CHANGED, EventKind.REOPENED)


class Followed(Protocol):
    """Which routine a case follows, and the layers that it remembers."""

    @property
    def pathway_id(self) -> str:
        """Which pathway."""

    @property
    def pathway_version(self) -> str:
        """Which version of it."""

    @property
    def layers(self) -> tuple[str, ...]:
        """As `id@version`."""


@dataclass(frozen=True, kw_only=True)
class Stay:
    """From when somebody was in a unit, as this event said it.

    `layers` is None in the unit where the case began.
    """

    event_id: UUID
    unit_id: UUID
    at: datetime
    known_at: datetime
    layers: tuple[str, ...] | None


def elsewhere(case: Case, new: Iterable[NewEvent]) -> frozenset[UUID]:
    """The units of these events that are not the one in which the case began."""
    named = {UUID(str(e.facts["unit_id"])) for e in new if _names_a_unit(e)}
    return frozenset(named - {case.unit_id})


def with_layers(new: Sequence[NewEvent], layers: Mapping[UUID, Sequence[str]]) -> list[NewEvent]:
    """The events, those of a stay elsewhere with the layers that are for its unit."""
    return [_with_layers(event, layers) for event in new]


def _with_layers(event: NewEvent, layers: Mapping[UUID, Sequence[str]]) -> NewEvent:
    if not _names_a_unit(event):
        return event
    found = layers.get(UUID(str(event.facts["unit_id"])))
    if found is None:
        return event
    return replace(event, facts={**event.facts, STAYED: list(found)})


def _names_a_unit(event: Event | NewEvent) -> bool:
    return event.kind in _STAYS and bool(event.facts.get("unit_id"))


def stays(history: Iterable[Event]) -> tuple[Stay, ...]:
    """Where somebody has been, in the order of time, by what stands."""
    told = [event for event in history if not event.in_error]
    since = _following(told)
    found = [_stay(event, since) for event in told if _names_a_unit(event)]
    return tuple(sorted(found, key=lambda stay: (stay.at, stay.known_at)))


def _stay(event: Event, since: Mapping[UUID, tuple[datetime, tuple[str, ...]]]) -> Stay:
    unit = UUID(str(event.facts["unit_id"]))
    said = event.facts.get(STAYED)
    layers = tuple(str(key) for key in said) if isinstance(said, list) else None
    if layers is not None and unit in since and since[unit][0] >= event.recorded_at:
        layers = since[unit][1]
    return Stay(
        event_id=event.id,
        unit_id=unit,
        at=event.at,
        known_at=event.recorded_at,
        layers=layers,
    )


def _following(told: Iterable[Event]) -> dict[UUID, tuple[datetime, tuple[str, ...]]]:
    """What the stays in a unit have followed since the last upgrade that said so, and since when."""
    return {
        UUID(unit): (event.recorded_at, tuple(keys))
        for event in sorted(told, key=lambda event: event.recorded_at)
        for unit, *keys in event.facts.get(FOLLOWING) or ()
    }


def stay_of(known: Sequence[Stay], event: Event) -> Stay | None:
    """The stay that an event belongs to: its own, else the last that began before it."""
    if _names_a_unit(event):
        own = (stay for stay in known if stay.event_id == event.id)
        return next(own, None) or _stay(event, {})
    return next((stay for stay in reversed(known) if stay.at <= event.at), None)


def still_followed(facts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The layers (`id@version`) of stays elsewhere that a case rests on.

    `facts` are those of its events that stand, in the order in which they were written.
    """
    found: list[tuple[str, list[str]]] = []
    for said in facts:
        if said.get(STAYED):
            found.append((str(said.get("unit_id")), [str(key) for key in said[STAYED]]))
        for unit, *keys in said.get(FOLLOWING) or ():
            found = [(where, keys if where == unit else followed) for where, followed in found]
        gone = said.get(LET_GO) or ()
        found = [(where, [key for key in keys if key not in gone]) for where, keys in found]
    return tuple(dict.fromkeys(key for _, keys in found for key in keys))


def followed_by_stays(history: Iterable[Event]) -> tuple[str, ...]:
    """The same of a whole history."""
    written = sorted(history, key=lambda event: event.recorded_at)
    return still_followed(event.facts for event in written if not event.in_error)


def for_units(
    book: Book,
    pathway_id: str,
    units: Iterable[UUID],
    places: Mapping[UUID, tuple[str, str, str]],
) -> dict[UUID, tuple[str, ...]]:
    """The layers that are for these units today, of those whose key, kind and organisation is known."""
    return {
        unit: tuple(layer.key for layer in book.layers_for(pathway_id, *places[unit]))
        for unit in units
        if unit in places
    }


def behind(
    known: Iterable[Stay], today: Mapping[UUID, tuple[str, ...]]
) -> dict[UUID, tuple[str, ...]]:
    """The units elsewhere in which a stay follows other layers than are for its unit today; these."""
    return {
        stay.unit_id: today[stay.unit_id]
        for stay in known
        if stay.layers is not None and stay.layers != today.get(stay.unit_id, stay.layers)
    }


def following(units: Mapping[UUID, Sequence[str]]) -> dict[str, list[list[str]]]:
    """What an upgrade says of them."""
    said = [[str(unit), *units[unit]] for unit in sorted(units, key=str)]
    return {FOLLOWING: said} if said else {}


def others(known: Collection[Stay]) -> list[tuple[str, ...]]:
    """The layers of each stay elsewhere, each set once, the latest first."""
    found: dict[tuple[str, ...], None] = {}
    for stay in sorted(known, key=lambda one: one.at, reverse=True):
        if stay.layers is not None:
            found.setdefault(stay.layers)
    return list(found)


def layers_there(
    layers: Sequence[str], joined: Collection[str], there: Sequence[str] | None
) -> tuple[str, ...]:
    """The layers of a unit, with those of the case that joined: what joined goes with the person.

    `layers` are those of the case, `joined` the ids of those that joined, `there` those of the unit;
    None is the unit where the case began.
    """
    if there is None:
        return tuple(layers)
    own = {of_layer(key) for key in there}
    came = (key for key in layers if of_layer(key) in joined)
    return (*there, *(key for key in came if of_layer(key) not in own))


def here(book: Book, case: Followed, history: Sequence[Event]) -> Pathway:
    """The routine of where the person was last. Raises `PathwayUnknown` for one that is gone."""
    known = stays(history)
    there = known[-1].layers if known else None
    keys = layers_there(case.layers, joined(history), there)
    return book.followed(case.pathway_id, case.pathway_version, keys)


@dataclass(frozen=True, kw_only=True)
class Routines:
    """Every routine of a follow-up: its own, and those of the units of its stays."""

    own: Pathway
    elsewhere: tuple[Pathway, ...] = ()

    @property
    def every(self) -> tuple[Pathway, ...]:
        return self.own, *self.elsewhere

    def find(self, key: str) -> Step | Gate | None:
        """A rule by its key, in whichever of them it stands."""
        return first_found(key, self.every)


def first_found(key: str, routines: Iterable[Pathway]) -> Step | Gate | None:
    """The rule of this key in the first of these in which it stands."""
    found = (routine.find(key) for routine in routines)
    return next((rule for rule in found if rule is not None), None)


def routines(book: Book, case: Followed, elsewhere: Iterable[Sequence[str]]) -> Routines:
    """The routines of a case, with the layers of its stays elsewhere (`others`).

    Raises `PathwayUnknown` for one that is gone.
    """
    named = case.pathway_id, case.pathway_version
    return Routines(
        own=book.followed(*named, case.layers),
        elsewhere=tuple(book.followed(*named, layers) for layers in elsewhere),
    )
