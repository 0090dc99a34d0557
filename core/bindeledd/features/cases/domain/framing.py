"""What planning needs to know beside the case itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from bindeledd.features.cases.domain import Event, EventKind
from bindeledd.features.cases.domain.joining import of_layer
from bindeledd.features.pathways.domain import Book, Pathway
from bindeledd.foundation.calendars import Calendar

_STAY = (EventKind.ADMITTED, EventKind.INDEX_EVENT, EventKind.DISCHARGED)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What planning needs to know beside the case: pathway, book, teams, holders and calendars.

    `teams` maps an owner (`responsible_team`, `discharging_unit`, `lead`, `team:<key>`…) to a
    team; one that does not resolve falls to the responsible team. `holders` maps an owner to the
    member who holds its tasks (the lead). `layers` are those of the case, `joined` since when each
    is followed that a team has brought with it.
    """

    pathway: Pathway
    book: Book
    teams: Mapping[str, UUID]
    holders: Mapping[str, UUID]
    calendars: Mapping[UUID, Calendar]
    units: Mapping[UUID, UUID] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    joined: Mapping[str, datetime] = field(default_factory=dict)

    def routine(self, event: Event) -> Pathway:
        """The routine that was followed when this event was recorded."""
        late = {layer for layer, since in self.joined.items() if event.recorded_at < since}
        if not late:
            return self.pathway
        then = [key for key in self.layers if of_layer(key) not in late]
        return self.book.followed(self.pathway.id, self.pathway.version, then)

    def team(self, owner: str, anchor: Event | None = None, history: Sequence[Event] = ()) -> UUID:
        """The team of an owner.

        `receiving_team` is named by the event that began it; `discharging_unit` by that event
        too, else by the latest stay before it, else by the case.
        """
        if owner == "discharging_unit":
            found = self._unit_team(anchor, history)
            if found is not None:
                return found
        if owner == "receiving_team" and anchor is not None and anchor.facts.get("to_team"):
            return UUID(str(anchor.facts["to_team"]))
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
