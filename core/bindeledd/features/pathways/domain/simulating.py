"""What a discharge at a given moment would give: each gate and step, when it is due and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bindeledd.features.pathways.domain.bases import unread
from bindeledd.features.pathways.domain.due import due_moment, of_the_moment
from bindeledd.features.pathways.domain.facts import applies
from bindeledd.features.pathways.domain.ladder_values import Ladder
from bindeledd.features.pathways.domain.values import Due, Gate, Pathway, Step
from bindeledd.foundation.calendars import Calendar

DISCHARGED = "discharged"


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """One thing that a discharge would make owed. `reason` holds codes; moments have a zone.

    `default` is True where the deadline rests on no rule of an authority; `unread` is its source,
    where one is named and nobody has read it in its final form.
    """

    step: str
    gate: bool
    task: str
    owner: str
    strength: str
    ladder: str
    due: Due
    opens: datetime | None
    due_at: datetime
    raw_due_at: datetime
    moved: bool
    reason: Mapping[str, str | bool]
    basis: str
    source: str
    default: bool
    unread: str
    said_by: str

    def as_json(self) -> dict[str, object]:
        """Plain values; moments as ISO 8601 text with their zone."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self.__dict__.items()
            if name != "due"
        }


def simulate(
    pathway: Pathway,
    *,
    discharged_at: datetime,
    calendar: Calendar,
    at: datetime,
    facts: Mapping[str, object] | None = None,
    date_only: bool = False,
    ladders: Mapping[str, Ladder] | None = None,
) -> list[Simulated]:
    """Everything anchored on the discharge, the earliest due first, in the calendar's zone.

    `at` is when the discharge becomes known: what was due before is shown with its true time and
    the code `late`. A fact that is not given applies, as it does for a patient.
    """
    known = of_the_moment(discharged_at, date_only, calendar, known_at=discharged_at)
    found = [
        _simulated(owed, discharged_at, calendar, at, date_only, ladders or {})
        for owed in pathway.owed
        if owed.anchor == DISCHARGED and applies(owed.when, {**known, **(facts or {})})
    ]
    return sorted(found, key=lambda each: (each.due_at, not each.gate, each.step))


def _simulated(
    owed: Step | Gate,
    discharged_at: datetime,
    calendar: Calendar,
    at: datetime,
    date_only: bool,
    ladders: Mapping[str, Ladder],
) -> Simulated:
    ladder = ladders.get(owed.ladder)
    due = due_moment(
        owed.due,
        discharged_at,
        date_only,
        calendar,
        ignores_hours=ladder is not None and ladder.ignores_hours,
    )
    basis = owed.deadline_basis
    return Simulated(
        step=owed.key,
        gate=isinstance(owed, Gate),
        task=owed.task,
        owner=owed.owner,
        strength=str(owed.strength),
        ladder=owed.ladder,
        due=owed.due,
        opens=None if due.opens is None else calendar.local(due.opens),
        due_at=calendar.local(due.due_at),
        raw_due_at=calendar.local(due.raw_due_at),
        moved=due.moved,
        reason={**due.reason, "late": due.due_at < at},
        basis=str(owed.basis.kind),
        source=basis.source,
        default=basis.shown_as_default,
        unread=unread(basis),
        said_by=str(owed.said.get("due", owed.origin)),
    )
