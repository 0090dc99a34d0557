"""What planning needs to know beside the case itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.joining import of_layer
from bindeledd.features.cases.domain.staying import (
    Routines,
    Stay,
    first_found,
    layers_there,
    others,
    stay_of,
)
from bindeledd.features.pathways.domain import Book, Gate, Pathway, Step
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.calendars import Calendar

# Owners that the event itself names, and the fact in which it does.
_NAMED = {"receiving_team": "to_team", "sending_team": "from_team"}
_STAY = (EventKind.ADMITTED, EventKind.INDEX_EVENT, EventKind.DISCHARGED)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What planning needs to know beside the case: pathway, book, teams, holders and calendars.

    `teams` maps an owner (`responsible_team`, `discharging_unit`, `lead`, `team:<key>`…) to a
    team; one that does not resolve falls to the responsible team. `holders` maps an owner to the
    member who holds its tasks (the lead). `layers` are those of the case, `joined` since when each
    is followed that a team has brought with it, `stays` where the person has been.
    """

    pathway: Pathway
    book: Book
    teams: Mapping[str, UUID]
    holders: Mapping[str, UUID]
    calendars: Mapping[UUID, Calendar]
    units: Mapping[UUID, UUID] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    joined: Mapping[str, datetime] = field(default_factory=dict)
    stays: tuple[Stay, ...] = ()

    def routine(self, event: Event) -> Pathway:
        """The routine that counts for this event: of the unit where the person was, and of what had
        joined when it was recorded."""
        stay = stay_of(self.stays, event)
        return self._then(event, None if stay is None else stay.layers)

    def before(self, event: Event) -> Iterator[Pathway]:
        """Every routine that had counted by then: of the first unit, and of each stay before."""
        yield self._then(event, None)
        for layers in others([stay for stay in self.stays if stay.at <= event.at]):
            yield self._then(event, layers)

    def _then(self, event: Event, there: tuple[str, ...] | None) -> Pathway:
        late = {layer for layer, since in self.joined.items() if event.recorded_at < since}
        if there is None and not late:
            return self.pathway
        return self._with([key for key in self._of(there) if of_layer(key) not in late])

    @cached_property
    def routines(self) -> Routines:
        """Its own, and those of the units of its stays, with what has joined."""
        elsewhere = (self._with(self._of(layers)) for layers in others(self.stays))
        return Routines(own=self.pathway, elsewhere=tuple(elsewhere))

    def find(self, key: str) -> Step | Gate | None:
        """A rule by its key, in whichever of its routines it stands."""
        return self.routines.find(key)

    def rule_of(self, task: Task, events: Mapping[UUID, Event]) -> Step | Gate | None:
        """The rule that owes a task: as it counts for the one of `events` that the task is counted
        from, else wherever it stands. A chain of answers goes on wherever it began."""
        key = task.step_key.removeprefix("gate.")
        anchor = None if task.anchor_event_id is None else events.get(task.anchor_event_id)
        if anchor is None:
            return self.find(key)
        chains = self.before(anchor) if anchor.kind is EventKind.ANSWERED else ()
        return first_found(key, (self.routine(anchor), *chains, *self.routines.every))

    def _of(self, there: tuple[str, ...] | None) -> tuple[str, ...]:
        return layers_there(self.layers, self.joined, there)

    def _with(self, layers: Sequence[str]) -> Pathway:
        return self.book.followed(self.pathway.id, self.pathway.version, layers)

    def team(self, owner: str, anchor: Event | None = None, history: Sequence[Event] = ()) -> UUID:
        """The team of an owner.

        `receiving_team` and `sending_team` are named by the event that began it;
        `discharging_unit` by that event too, else by the latest stay before it, else by the case.
        """
        if owner == "discharging_unit":
            found = self._unit_team(anchor, history)
            if found is not None:
                return found
        named = _NAMED.get(owner)
        if named is not None and anchor is not None and anchor.facts.get(named):
            return UUID(str(anchor.facts[named]))
        return self.teams.get(owner, self.teams["responsible_team"])

    def _unit_team(self, anchor: Event | None, history: Sequence[Event]) -> UUID | None:
        stays = [
            event
            for event in history
            if event.kind in _STAY and (anchor is None or event.at <= anchor.at)
        ]
        for event in (*([anchor] if anchor else []), *reversed(stays)):
            unit = event.facts.get("unit_id")
            if unit is not None and not event.in_error:
                return self.units.get(UUID(str(unit)))
        return None

    def calendar(self, team: UUID) -> Calendar:
        """When the team is at work; ordinary hours for a team that works no more."""
        return self.calendars.get(team) or Calendar()
