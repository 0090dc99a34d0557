"""Local routines beside those of the unit: what a team brings that takes over, and what two ends agreed.

Each counts from what is recorded since it joined: from the acceptance, or from when the receiver was
named. What was owed before was owed by the routine of then: nothing of the past becomes late by it.
Which routines a case follows today is said here, once, for opening again and for an upgrade.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Case, Event, EventKind, NewEvent
from bindeledd.features.pathways.domain import Book, End, Layer
from bindeledd.features.pathways.domain.layer_values import an_end

# Facts: the layers (`id@version`) that the new team brings, and those of the agreement of two ends.
BROUGHT, AGREED = "layers_joined", "agreements_joined"
# Facts of who is to take over: the key of an organisation (outside: its number), its kind, and the
# team that names it.
RECEIVER, RECEIVER_KIND, SENDER = "receiver_organisation", "receiver_organisation_kind", "from_team"
# A receiver outside that has no number: whatever was agreed with the one before is not with this one.
NOBODY_WE_KNOW = "other"

_NAMES = (EventKind.RECEIVER_NAMED, EventKind.HANDOVER_SENT)
_LATER = (EventKind.ROUTINE_CHANGED, EventKind.REOPENED, EventKind.MARKED_IN_ERROR)
_BEGINS = {BROUGHT: (EventKind.HANDOVER_ACCEPTED,), AGREED: _NAMES}
# The kinds of events that say which layers joined.
SAYING = (*_NAMES, EventKind.HANDOVER_ACCEPTED, *_LATER)

Unit = tuple[str | None, str | None, str | None]
Team = tuple[str, frozenset[str]]


def of_layer(key: str) -> str:
    """The id of a layer without its version."""
    return key.partition("@")[0]


# --- what the history says --------------------------------------------------------------------------


def joined(history: Iterable[Event]) -> dict[str, datetime]:
    """Since when each layer (by its id) is followed that is not the unit's own.

    A layer that goes on with the next team, or the next receiver, goes on from its own beginning;
    others end. One that came by an upgrade counts from the acceptance, or the naming, all the same.
    """
    told = tuple(history)
    return {**_since(told, BROUGHT), **_since(told, AGREED)}


def _since(history: Iterable[Event], fact: str) -> dict[str, datetime]:
    since: dict[str, datetime] = {}
    began: datetime | None = None
    for event in sorted(history, key=lambda event: event.recorded_at):
        if event.kind not in (*_BEGINS[fact], *_LATER) or not _says(event, fact):
            continue
        if began is None or event.kind in _BEGINS[fact]:
            began = event.recorded_at
        ids = [of_layer(str(key)) for key in event.facts[fact]]
        since = {layer: since.get(layer, began) for layer in ids}
    return since


def _says(event: Event, fact: str) -> bool:
    return isinstance(event.facts.get(fact), list) and not event.in_error


def taken_over(history: Iterable[Event]) -> Event | None:
    """The last acceptance by another team, which began what that team brings."""
    found = [
        event
        for event in history
        if event.kind is EventKind.HANDOVER_ACCEPTED and _says(event, BROUGHT)
    ]
    return max(found, key=lambda event: event.recorded_at, default=None)


def named(history: Iterable[Event]) -> Event | None:
    """The last naming of a receiver of another organisation, which began what the two agreed."""
    found = [event for event in history if event.kind in _NAMES and _says(event, AGREED)]
    return max(found, key=lambda event: event.recorded_at, default=None)


def names_of(event: Event | NewEvent) -> frozenset[str]:
    """What the receiver that it names is called: key (or number) and kind."""
    said = {str(event.facts[name]) for name in (RECEIVER, RECEIVER_KIND) if event.facts.get(name)}
    return frozenset(said - {NOBODY_WE_KNOW})


def receiver_of(history: Iterable[Event]) -> frozenset[str]:
    """What the receiver of another organisation is called that was named last; nothing where none was."""
    naming = named(history)
    return frozenset() if naming is None else names_of(naming)


def is_naming(event: Event | NewEvent) -> bool:
    """Does it say which organisation is to take over?"""
    return event.kind in _NAMES and bool(event.facts.get(RECEIVER))


# --- joining ----------------------------------------------------------------------------------------


def with_brought(
    layers: Sequence[str], history: Iterable[Event], brought: Sequence[str]
) -> tuple[str, ...]:
    """The layers of a case once another team has taken over, with what that one brings.

    Those that an earlier team brought end; one that is there already keeps its version.
    """
    return _exchanged(layers, _since(history, BROUGHT), brought)


def with_agreed(
    layers: Sequence[str], history: Iterable[Event], agreed: Sequence[str]
) -> tuple[str, ...]:
    """The layers of a case once a receiver is named, with what was agreed with that one.

    What was agreed with the one before ends; one that is there already keeps its version.
    """
    return _exchanged(layers, _since(history, AGREED), agreed)


def as_before(history: Iterable[Event], wrong: Collection[UUID]) -> list[Event]:
    """The history as it was before these were marked as entered in error."""
    return [replace(event, in_error=False) if event.id in wrong else event for event in history]


def said_by(history: Iterable[Event], wrong: Collection[UUID]) -> set[str]:
    """Which of `BROUGHT` and `AGREED` some of these events began: to be settled anew without them."""
    marked = [event for event in history if event.id in wrong]
    return {
        fact
        for fact, kinds in _BEGINS.items()
        for event in marked
        if event.kind in kinds and isinstance(event.facts.get(fact), list)
    }


def _exchanged(
    layers: Sequence[str], before: Collection[str], now: Sequence[str]
) -> tuple[str, ...]:
    stays = {of_layer(key) for key in now}
    kept = [key for key in layers if of_layer(key) not in before or of_layer(key) in stays]
    there = {of_layer(key) for key in kept}
    return (*kept, *(key for key in now if of_layer(key) not in there))


def not_followed(
    brought: Iterable[str], layers: Iterable[str], history: Iterable[Event]
) -> list[str]:
    """Of what a team brings, what it brings: the unit's own is followed already, and stays its own."""
    mine = {of_layer(key) for key in layers} - _since(history, BROUGHT).keys()
    return [key for key in brought if of_layer(key) not in mine]


# --- today ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where a case stands: the unit in which it began (key, kind, organisation), the team that
    answers for it and the one that named the receiver (organisation, its units), the kind of each
    organisation."""

    unit: Unit | None = None
    team: Team = ("", frozenset())
    sender: Team | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def ends(self) -> list[End]:
        """Who hands over: the unit in which it began, and the team that named the receiver."""
        organisation, units = self.sender or self.team
        found = [End(names=self.names(organisation), units=units)]
        if self.unit is not None:
            key, kind, own = self.unit
            found.append(an_end(key, kind, own, self.kinds))
        return found

    def names(self, organisation: str) -> frozenset[str]:
        """An organisation by its key and its kind."""
        return frozenset({organisation, self.kinds.get(organisation, "")} - {""})


@dataclass(frozen=True, kw_only=True)
class Today:
    """The local routines that a case would follow today."""

    layers: tuple[str, ...]
    # What the event says that makes a case follow them: where some joined once, also that none do.
    facts: Mapping[str, list[str]] = field(default_factory=dict)


def followed_today(book: Book, case: Case, history: Sequence[Event], places: Places) -> Today:
    """What is for the unit, what the team of today brings, and what was agreed with the receiver.

    A case of no unit began with what the organisation of its team asks for.
    """
    own = _keys(book.layers_for(case.pathway_id, *(places.unit or ())))
    over, naming = taken_over(history), named(history)
    organisation, units = places.team
    brought: tuple[str, ...] = ()
    if over is not None or case.unit_id is None:
        theirs = units if over is not None else frozenset()
        brought = _keys(book.layers_brought(case.pathway_id, organisation, theirs))
    if over is None:
        own, brought = (*own, *(key for key in brought if key not in own)), ()
    brought = tuple(key for key in brought if key not in own)
    agreed = () if naming is None else agreed_with(book, case, places, naming)
    begun = ((BROUGHT, brought, over), (AGREED, agreed, naming))
    facts = {fact: list(keys) for fact, keys, began in begun if began is not None}
    return Today(layers=(*own, *brought, *agreed), facts=facts)


def agreed_with(
    book: Book, case: Case, places: Places, naming: Event | NewEvent
) -> tuple[str, ...]:
    """The layers (`id@version`) that whoever hands over has agreed with the receiver named there."""
    receiver = naming.facts.get(RECEIVER)
    ends = [end for end in places.ends if receiver not in end.names]
    return _keys(book.layers_agreed(case.pathway_id, ends, names_of(naming)))


def _keys(layers: Iterable[Layer]) -> tuple[str, ...]:
    return tuple(layer.key for layer in layers)
