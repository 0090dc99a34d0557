"""Who answers for a team when: staffed time of its members, less absences, plus stand-ins."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from bindeledd.features.staff.domain.values import Absence, Duty, DutyKind, Membership, OnCall

# How many days ahead it is written down who answers.
DUTY_AHEAD = 60

Span = tuple[datetime, datetime]
_MOMENT = timedelta(microseconds=1)


def minus(span: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of `span` when the spans of `taken` are cut out of it."""
    left, (start, end) = [], span
    for cut_from, cut_to in sorted(taken):
        if cut_to <= start or cut_from >= end:
            continue
        if cut_from > start:
            left.append((start, cut_from))
        start = max(start, cut_to)
    return [*left, (start, end)] if start < end else left


def _common(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def duty_of_team(
    team_id: UUID,
    spans: Sequence[Span],
    memberships: Sequence[Membership],
    absences: Sequence[Absence],
    on_call: Sequence[OnCall] = (),
) -> list[Duty]:
    """Who answers when: staffed time of each membership, less absences, plus stand-ins.

    A stand-in who is away as well takes nothing; who is on call and away is stood in for too. One
    row for each member and start.
    """
    away: dict[UUID, list[Absence]] = {}
    for absence in absences:
        away.setdefault(absence.member_id, []).append(absence)
    made: dict[tuple[UUID, datetime], Duty] = {}

    def add(member: UUID, parts: Iterable[Span], kind: DutyKind) -> None:
        for start, end in parts:
            known = made.get((member, start))
            if known is None or known.ends_at < end:
                made[member, start] = Duty(
                    team_id=team_id, member_id=member, starts_at=start, ends_at=end, kind=kind
                )

    for membership in memberships:
        own = away.get(membership.member_id, [])
        while_member = (membership.since, membership.until or datetime.max.replace(tzinfo=UTC))
        for span in filter(None, (_common(s, while_member) for s in spans)):
            gone = [(a.since, a.until) for a in own]
            add(membership.member_id, minus(span, gone), DutyKind.HOURS)
            for absence in own:
                taken = _common(span, (absence.since, absence.until))
                if taken is None or absence.stand_in_id is None:
                    continue
                theirs = [(a.since, a.until) for a in away.get(absence.stand_in_id, [])]
                add(absence.stand_in_id, minus(taken, theirs), DutyKind.STAND_IN)
    return sorted([*made.values(), *_on_call(team_id, made, on_call, away)])


def _on_call(
    team_id: UUID,
    made: Mapping[tuple[UUID, datetime], Duty],
    on_call: Sequence[OnCall],
    away: Mapping[UUID, Sequence[Absence]],
) -> list[Duty]:
    """The windows of those on call, less absences, plus stand-ins; each start is a row of its own.

    A window that starts with a shift begins a moment after it: the shift keeps its row.
    """
    found: dict[tuple[UUID, datetime], Duty] = {}

    def add(member: UUID, parts: Iterable[Span]) -> None:
        for start, end in parts:
            begins = start
            while (member, begins) in made:
                begins += _MOMENT
            known = found.get((member, begins))
            if begins < end and (known is None or known.ends_at < end):
                found[member, begins] = Duty(
                    team_id=team_id,
                    member_id=member,
                    starts_at=begins,
                    ends_at=end,
                    kind=DutyKind.ON_CALL,
                )

    for window in on_call:
        span = (window.starts_at, window.ends_at)
        own = away.get(window.member_id, [])
        add(window.member_id, minus(span, [(a.since, a.until) for a in own]))
        for absence in own:
            taken = _common(span, (absence.since, absence.until))
            if taken is not None and absence.stand_in_id is not None:
                theirs = [(a.since, a.until) for a in away.get(absence.stand_in_id, [])]
                add(absence.stand_in_id, minus(taken, theirs))
    return list(found.values())


def gaps(spans: Sequence[Span], longer_than: timedelta) -> list[Span]:
    """The unstaffed times between spans that last longer than `longer_than`."""
    found, reach = [], None
    for (_, end), (start, _) in pairwise(sorted(spans)):
        reach = end if reach is None else max(reach, end)
        if start - reach > longer_than:
            found.append((reach, start))
    return found
