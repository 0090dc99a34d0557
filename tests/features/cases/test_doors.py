"""No ending is reached by any other door than a person who asks and a lead who signs.

One test for each door: time, messages, two that may be one, acknowledgements, words that a person
may say, commands, roles and people that change.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import bindeledd
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, IndexKind, NewEvent, telling
from bindeledd.features.cases.domain.closing import Ending, NothingToSign
from bindeledd.features.cases.service import endings, saying
from bindeledd.features.cases.tables import CaseRow, ClosureRow
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.patients import service as patients
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.service import duplicates
from bindeledd.features.patients.tables import DuplicateHintRow
from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import acknowledge
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import LeadOnly, Role
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, a_book, a_cover, an_open_case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOSINGS = frozenset({EventKind.CLOSED, EventKind.CLOSING_REQUESTED, EventKind.CLOSING_REFUSED})


@pytest.fixture
def follow(session: Session) -> Followed:
    return Followed(session)


def stays_open(follow: Followed) -> bool:
    closures = follow.session.scalar(sa.select(sa.func.count()).select_from(ClosureRow))
    return (
        follow.case().is_open and closures == 0 and bool([t for t in follow.tasks() if t.is_open])
    )


def test_s238_time_closes_nothing(database: Database) -> None:
    """Two years of sweeps, nobody at work, and a request that nobody answers."""
    with database.session() as session:
        follow = Followed(session)
        endings.request_closing(
            session,
            follow.case_id,
            ending=Ending.COMPLETED,
            words={"words": "Ferdig"},
            override=True,
            by=follow.site.anna,
            at=MONDAY + HOUR,
            book=a_book(),
        )
        session.commit()
        for month in (1, 3, 12, 24):
            at = MONDAY + month * 30 * DAY
            jobs.sweep(database, a_book(), rules=Rules(), clock=lambda at=at: at)
        session.expire_all()

        assert stays_open(follow)
        assert follow.open("sign_closing")


def test_messages_and_imports_close_nothing(follow: Followed) -> None:
    """Whatever a message may tell, all of it at once, and what follows from it."""
    at = MONDAY + HOUR
    for kind in EventKind:
        if kind in CLOSINGS | {EventKind.REOPENED, EventKind.MARKED_IN_ERROR}:
            continue
        event = NewEvent(kind=kind, at=at, source="message")
        cases.record(
            follow.session, follow.case_id, [event], by=follow.site.system, at=at, book=a_book()
        )
    assert stays_open(follow)


@pytest.mark.parametrize("ending", Ending)
def test_neither_a_message_nor_a_command_asks_or_signs(follow: Followed, ending: Ending) -> None:
    with pytest.raises(LeadOnly):
        endings.request_closing(
            follow.session,
            follow.case_id,
            ending=ending,
            words={"words": "Av seg selv"},
            override=True,
            by=follow.site.system,
            at=MONDAY + HOUR,
            book=a_book(),
        )
    assert stays_open(follow)


def test_an_event_that_says_closed_closes_nothing(follow: Followed) -> None:
    """Not even where it is written without its door: the state follows signatures only."""
    for kind in CLOSINGS - {EventKind.CLOSED}:
        event = NewEvent(kind=kind, at=MONDAY + HOUR, facts={"ending": "completed"})
        by = follow.site.system
        cases.record(
            follow.session, follow.case_id, [event], by=by, at=MONDAY + HOUR, book=a_book()
        )
    assert stays_open(follow)
    with pytest.raises(NothingToSign):
        endings.sign_closing(
            follow.session,
            follow.case_id,
            words={},
            by=follow.site.berit,
            at=MONDAY + 2 * HOUR,
            book=a_book(),
        )


def test_two_who_may_be_one_stay_two_follow_ups(follow: Followed) -> None:
    other = an_open_case(follow.session, follow.site, at=MONDAY)
    pair = sorted((follow.patient_id, other.case.patient_id))
    follow.session.execute(
        sa.insert(DuplicateHintRow).values(
            tenant_id=follow.site.tenant, patient_id=pair[0], other_id=pair[1], seen_at=MONDAY
        )
    )
    duplicates.answer_duplicate_hint(
        follow.session, pair[0], pair[1], same=True, by=follow.site.anna, at=MONDAY + HOUR
    )
    assert stays_open(follow)
    states = set(follow.session.scalars(sa.select(CaseRow.state)))
    assert states == {"open"}


def test_what_was_seen_and_seen_again_is_owed_as_before(database: Database) -> None:
    with database.session() as session:
        follow = Followed(session)
        owed = {task.id for task in follow.tasks() if task.is_open}
        for day in range(5, 20):
            for task in follow.open("call_patient"):
                at = MONDAY + day * DAY
                acknowledge(session, task.id, by=follow.site.berit, at=at, book=a_book())

        assert stays_open(follow)
        assert owed == {task.id for task in follow.tasks() if task.is_open}


_ASKED = CaseField(
    key="asked",
    label={},
    options=(Option(value="yes", label={}),),
    asked_with=("answered",),
    used_by=(),
)
_ANSWERED = {
    EventKind.ANSWERED: {"asked": "yes"},
    EventKind.CONTACT_CONSENT_ASKED: {"contact_consent": "yes"},
    EventKind.INTERPRETER_ASKED: {"interpreter": "no"},
    EventKind.RELATIVES_ASKED: {"relatives_later": "yes"},
    EventKind.RECEIVER_NAMED: {"receiver_kind": "gp"},
    EventKind.GAP_COVERED: {"cover": "accepted", "number_answered": "yes"},
}
_AFTER_A_REPORT = {
    EventKind.DEATH_CONFIRMED,
    EventKind.DEATH_REFUTED,
    EventKind.BEREAVED_OFFERED,
    EventKind.BEREAVED_CHILDREN_OFFERED,
}


def test_no_word_that_a_person_may_say_closes(follow: Followed) -> None:
    assert not telling.TELLABLE & CLOSINGS
    book = replace(a_book(), fields=(_ASKED,))
    own = [ContactWay(value="91234567")]
    patients.change_contact_ways(
        follow.session, follow.patient_id, own, by=follow.site.anna, at=MONDAY
    )
    for number, kind in enumerate(sorted(telling.TELLABLE - _AFTER_A_REPORT)):
        at = MONDAY + number * HOUR
        facts = _ANSWERED.get(kind, {})
        words = {"phone": "91234567", "how": "rung", "words": "Sagt"}
        said = {"facts": facts, "words": words, "by": follow.site.anna, "at": at, "book": book}
        if kind is EventKind.GAP_COVERED:
            said["covers"] = a_cover(at)
        saying.tell(follow.session, follow.case_id, kind, **said)  # type: ignore[arg-type]
    assert stays_open(follow)


def test_people_who_leave_and_roles_that_change_close_nothing(follow: Followed) -> None:
    site, session = follow.site, follow.session
    assert site.anna.id is not None
    assert site.berit.id is not None
    common = {"by": site.system, "at": MONDAY + HOUR}
    staff.join_team(session, site.berit.id, site.team, Role.MEMBER, **common)  # type: ignore[arg-type]
    staff.leave_team(session, site.anna.id, site.team, **common)  # type: ignore[arg-type]
    staff.deactivate_member(session, site.anna.id, **common)  # type: ignore[arg-type]
    staff.deactivate_member(session, site.berit.id, **common)  # type: ignore[arg-type]

    assert stays_open(follow)


def test_a_second_registration_joins_and_closes_nothing(follow: Followed) -> None:
    cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SELF_HARM,
        index_at=MONDAY + HOUR,
        team_id=follow.site.other_team,
        by=follow.site.carl,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    assert stays_open(follow)


def test_one_place_in_the_whole_program_closes() -> None:
    """No archive, no import, no job, no command writes that a follow-up is closed, or a closure."""
    root = Path(bindeledd.__file__).parent
    writes = re.compile(r'state(?:, row\.closure_id.*?)? = "closed"|insert\(table\(ClosureRow\)\)')
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if writes.search(path.read_text(encoding="utf-8"))
        or re.search(r"(?i)\b(update|insert into) cases\b|insert into closures", path.read_text())
    }
    assert found == {"features/cases/service/endings.py"}
