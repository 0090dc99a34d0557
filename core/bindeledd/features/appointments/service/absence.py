"""Somebody is away: the appointments that they were to keep are work for those who are here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.appointments import queries
from bindeledd.features.appointments.domain import Appointment, CoverIsAway, check_standing
from bindeledd.features.appointments.service.writing import write_audit
from bindeledd.features.appointments.tables import AppointmentRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.queries.rows import rows_among
from bindeledd.features.cases.service.adding import Wanted, add_tasks
from bindeledd.features.cases.service.work import complete_task
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book, core_clock
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, system
from bindeledd.features.staff.service import may_say_away
from bindeledd.foundation.calendars import Calendar
from bindeledd.foundation.texts import site_language, speaking, t

COVER = "cover_appointment"
# What ends it, beside a person's word that somebody else keeps it and the patient knows.
COVERED = (
    "appointment_moved",
    "appointment_cancelled",
    "appointment_kept",
    "appointment_handed_on",
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The follow-ups that owe an answer now; and the teams of those that owe nothing any more."""

    cases: Sequence[UUID]
    closed: Sequence[UUID] = ()


def cover_absence(
    session: Session,
    member_id: UUID,
    *,
    since: datetime,
    until: datetime,
    by: Actor,
    at: datetime,
    book: Book,
) -> Seen:
    """Somebody is away: each appointment that they were to keep then is owed an answer.

    Cover it, move it, or cancel it; the patient is told while they are still at home: due so long
    before it begins as the book says, heard of at once by whoever is on duty. Those
    that stand already with such a task, of an earlier word, get no second one. Those of teams that
    `by` does not see are owed it too: it is the product that says so there, and tells `by` nothing.
    """
    kept = queries.of_member(session, by.tenant_id, member_id, max(since, at), until)
    theirs = {row.case_id for row in kept}
    seen = queries.seen_among(session, by, theirs)
    answered = queries.answered_for(session, theirs, COVER)
    left: dict[UUID, list[queries.Kept]] = {}
    closed: set[UUID] = set()
    for row in kept:
        if str(row.id) in answered:
            continue
        if row.is_followed:
            left.setdefault(row.case_id, []).append(row)
        else:
            closed.add(row.team_id)
    calendars = staff.calendars(session, by.tenant_id) if left else {}
    for case_id, rows in left.items():
        who = by if case_id in seen else system(by.tenant_id, by.request_id)
        wanted = [
            wanted_for(row.id, row.starts_at, calendars[row.team_id], at=at, book=book)
            for row in rows
        ]
        add_tasks(session, case_id, wanted, by=who, at=at, book=book)
    return Seen(
        cases=[row.case_id for rows in left.values() for row in rows], closed=sorted(closed)
    )


def keep_after_all(
    session: Session, member_id: UUID, *, by: Actor, at: datetime, book: Book
) -> int:
    """The member keeps the appointments that were asked about for an absence which no longer stands.

    Said by themselves or a lead of theirs, once for all of them that `by` sees: how many. Raises
    `NotYours`.
    """
    member = staff.get_member(session, by.tenant_id, member_id)
    may_say_away(session, by, member_id, at)
    with speaking(site_language()):  # it is kept
        said = t("appointments.words.kept_after_all", name=member.name)
    locked = {one.case_id for one in queries.left_over(session, by, [member_id], COVER, at)}
    cases.lock_cases(session, locked)
    found = queries.left_over(session, by, [member_id], COVER, at)
    left = [one for one in found if one.case_id in locked]
    words = {"whom": member.name, "words": said}
    for case_id, task_id in ((one.case_id, task) for one in left for task in one.task_ids):
        complete_task(session, case_id, task_id, words=words, by=by, at=at, book=book)
    return len(left)


def see_to(
    session: Session,
    case_id: UUID,
    appointments: Sequence[UUID],
    *,
    by: Actor,
    at: datetime,
    book: Book,
) -> None:
    """Owe an answer to each of these: what becomes of another one does not end it."""
    if not appointments:
        return
    team = cases.get_case(session, case_id, tenant_id=by.tenant_id).responsible_team_id
    calendar = staff.team_calendar(session, team)
    wanted = [
        wanted_for(row.id, row.starts_at, calendar, at=at, book=book)
        for row in rows_among(session, AppointmentRow, case_id, appointments, order="starts_at")
    ]
    if wanted:
        add_tasks(session, case_id, wanted, by=by, at=at, book=book)


def cover(
    session: Session,
    appointment_id: UUID,
    task_id: UUID,
    *,
    member_id: UUID,
    words: Mapping[str, Any],
    by: Actor,
    at: datetime,
    book: Book,
) -> Recorded:
    """Somebody else of ours keeps it, and the patient knows: what was owed for it is done.

    `words` (sealed) say what the patient was told. Raises `CoverIsAway`, `AppointmentRefused` for
    one that has ended, `ReasonNeeded`, `NotFound`.
    """
    member = staff.get_member(session, by.tenant_id, member_id)
    row, patient_id = queries.get_row(session, by, appointment_id, for_update=True)
    before = queries.opened(session, row, patient_id)
    check_standing(before)
    if not member.active or staff.is_away(session, member_id, before.starts_at):
        raise CoverIsAway(member=member_id)
    row.member_id = member_id
    session.flush()
    write_audit(session, "appointment.covered", before, patient_id, by=by, at=at)
    said = {**words, "whom": member.name}
    return complete_task(session, row.case_id, task_id, words=said, by=by, at=at, book=book)


def wanted_for(
    appointment_id: UUID, starts_at: datetime, calendar: Calendar, *, at: datetime, book: Book
) -> Wanted:
    """The task for one appointment that nobody keeps; at once where too little time is left."""
    facts = {"appointment_at": starts_at.isoformat()}
    clock = core_clock(book, COVER, at, calendar, facts=facts)
    return Wanted(
        kind=COVER,
        due_at=max(clock.due_at, at),
        reason=clock.reason,
        words={"because": "away", "appointment_id": str(appointment_id)},
        satisfied_by=COVERED,
        about={"about": appointment_id, "appointment_id": appointment_id},
    )


def telling_for(
    ended: Appointment,
    instead: Appointment | None,
    calendar: Calendar,
    *,
    at: datetime,
    book: Book,
) -> Wanted:
    """The task to tell the person that one which they knew of was cancelled, or moved to `instead`;
    or, where it was cancelled by mistake, that it stands.

    Due when what an absence leaves is: before it would have begun, and before the new one does.
    Giving the new one does it.
    """
    first = min(one.starts_at for one in (ended, instead) if one is not None)
    facts = {"appointment_at": first.isoformat()}
    clock = core_clock(book, COVER, at, calendar, facts=facts)
    about = instead or ended
    what = "stands" if ended.is_ahead else "cancelled" if instead is None else "moved"
    with speaking(site_language()):  # it is kept
        said = t(f"appointments.words.tell_{what}")
    return Wanted(
        due_at=max(clock.due_at, at),
        reason={**clock.reason, "contact": True},
        words={"because": "not_told", "words": said},
        satisfied_by=() if instead is None else ("appointment_given",),
        about={"about": about.id, "appointment_id": about.id},
    )
