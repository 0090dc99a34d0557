"""What is put right after a follow-up was closed, on both databases: nothing is excepted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.casefile.service.bedside import leave_before_assessment
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import CaseClosed, Event, EventKind, IndexKind
from bindeledd.features.cases.domain.closing import Ending, MustStillOwed
from bindeledd.features.cases.domain.correcting import Outgoing
from bindeledd.features.cases.domain.telling import CannotMark, ReasonNeeded
from bindeledd.features.cases.domain.whereabouts import DischargeNotAsked, Where, Whereabouts
from bindeledd.features.cases.service import endings, saying, work
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.cases.service.writing import How, Recorded
from bindeledd.features.cases.tables import ClosureRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import TaskState
from builders import MONDAY, Followed, a_book, an_open_case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REACHED, CLOSED = MONDAY + 2 * HOUR, MONDAY + 2 * DAY
FOUND = MONDAY + 40 * DAY
WHY = {"words": "Det var en annen som svarte"}


class Follow(Followed):
    def said(self, **other: Any) -> dict[str, Any]:
        return {"by": self.site.anna, "at": FOUND, "book": a_book(), **other}

    def close(self, ending: Ending = Ending.COMPLETED, at: datetime = CLOSED) -> None:
        asked = self.said(at=at, ending=ending, override=True, words=WHY)
        endings.request_closing(self.session, self.case_id, **asked)
        self.sign(at=at)

    def sign(self, *, at: datetime = CLOSED) -> None:
        signed = self.said(by=self.site.berit, at=at, words=WHY)
        endings.sign_closing(self.session, self.case_id, **signed)

    def event(self, kind: EventKind) -> Event:
        return next(e for e in self.history() if e.kind is kind)

    def history(self) -> tuple[Event, ...]:
        return queries.events_of(self.session, self.case_id)

    def mark(self, *kinds: EventKind, by: Actor | None = None, **other: Any) -> Recorded:
        wrong = [self.event(kind).id for kind in kinds]
        said = self.said(words=WHY, **({"by": by} if by else {}))
        return cases.mark_in_error(self.session, self.case_id, wrong, **{**said, **other})

    def again(self, at: datetime) -> UUID:
        """A new index event of the same person, long after or after an error: a new follow-up."""
        done = cases.open_case(
            self.session,
            patient_id=self.patient_id,
            index_kind=IndexKind.SELF_HARM,
            index_at=at,
            team_id=self.site.other_team,
            by=self.site.carl,
            at=at,
            book=a_book(),
        )
        assert done.case.id != self.case_id
        return done.case.id

    def owed(self, case_id: UUID, kind: str) -> list[Any]:
        found = queries.tasks_of(self.session, case_id)
        return [task for task in found if task.is_open and task.kind == kind]


@pytest.fixture
def follow(session: Session) -> Follow:
    return Follow(session)


def test_whoever_was_not_reached_after_all_is_owed_the_call_again_and_a_lead_looks(
    follow: Follow,
) -> None:
    [first, *_] = follow.open("call_patient")
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close()

    done = follow.mark(EventKind.REACHED)

    assert done.how is How.REOPENED
    assert follow.case().is_open
    assert (first.id, first.due_at) in [(t.id, t.due_at) for t in follow.open("call_patient")]
    [look] = follow.open("review_correction")
    assert (look.owner_team_id, look.held_by) == (follow.site.team, follow.site.berit.id)
    assert FOUND < look.due_at <= FOUND + 4 * DAY
    due = {task.id: task.due_at for task in follow.tasks() if task.is_open}
    assert due[follow.case().next_task_id or first.id] == min(due.values())


def test_what_was_in_place_before_it_could_be_owed_is_owed_when_it_was_wrong(
    session: Session,
) -> None:
    """Sent before the discharge: no task was ever made for it."""
    follow = Follow(session)
    follow.record(EventKind.ADMITTED, EventKind.SUMMARY_SENT, at=MONDAY + HOUR)
    follow.record(EventKind.DISCHARGED, at=MONDAY + 3 * HOUR)
    second = follow.history()[-1].id
    assert second not in [task.anchor_event_id for task in follow.open("send_summary")]
    follow.close()

    follow.mark(EventKind.SUMMARY_SENT)

    assert second in [task.anchor_event_id for task in follow.open("send_summary")]


def test_what_was_signed_although_it_was_not_done_is_owed_again(follow: Follow) -> None:
    owed = {t.id: t.due_at for t in follow.tasks() if t.is_open}
    follow.record(EventKind.PLAN_OFFERED, at=REACHED)
    follow.close()

    follow.mark(EventKind.PLAN_OFFERED)

    now = {task.id: task.due_at for task in follow.tasks() if task.is_open}
    assert owed.items() <= now.items(), "each by its own time, the plan too"
    assert {t.kind for t in follow.tasks() if t.id in now.keys() - owed.keys()} == {
        "review_correction"
    }
    asked = follow.said(ending=Ending.COMPLETED, words=WHY)
    with pytest.raises(MustStillOwed):
        endings.request_closing(follow.session, follow.case_id, **asked)


def test_what_was_signed_away_before_a_new_event_is_not_owed_by_a_correction_after_it(
    follow: Follow,
) -> None:
    given_up = {task.id for task in follow.tasks() if task.is_open}
    follow.close()
    cases.open_case(
        follow.session,
        patient_id=follow.patient_id,
        index_kind=IndexKind.SELF_HARM,
        index_at=CLOSED + DAY,
        team_id=follow.site.team,
        **follow.said(at=CLOSED + DAY),
    )
    follow.record(EventKind.PLAN_OFFERED, at=CLOSED + DAY + HOUR)
    follow.close(at=CLOSED + 3 * DAY)

    follow.mark(EventKind.PLAN_OFFERED)

    assert follow.case().is_open
    assert not given_up & {task.id for task in follow.tasks() if task.is_open}


def test_a_second_correction_asks_for_one_look_not_two(follow: Follow) -> None:
    follow.record(EventKind.REACHED, EventKind.PLAN_OFFERED, at=REACHED)
    follow.close()
    follow.mark(EventKind.REACHED)
    follow.close(at=FOUND + DAY)

    follow.mark(EventKind.PLAN_OFFERED, at=FOUND + 2 * DAY)

    assert len(follow.open("review_correction")) == 1
    assert follow.open("sign_closing") == []


def test_nothing_disappears_and_the_first_signatures_stand_beside_the_next(
    follow: Follow,
) -> None:
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close()
    before = {event.id for event in follow.history()}

    follow.mark(EventKind.REACHED)
    [look] = follow.open("review_correction")
    follow.close(at=FOUND + DAY)

    assert before <= {event.id for event in follow.history()}
    assert follow.event(EventKind.REACHED).in_error
    assert follow.event(EventKind.REOPENED).facts == {"because": "corrected"}
    numbers = follow.session.scalars(sa.select(ClosureRow.number).order_by(ClosureRow.number))
    assert list(numbers) == [1, 2]
    assert not follow.case().is_open
    ended = next(task for task in follow.tasks() if task.id == look.id)
    assert ended.state is TaskState.CANCELLED, "whoever signs anew has looked"


def test_a_lead_may_say_in_words_what_the_correction_means(follow: Follow) -> None:
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close()
    follow.mark(EventKind.REACHED)
    [look] = follow.open("review_correction")

    said = follow.said(by=follow.site.berit, words=WHY)
    work.complete_task(follow.session, follow.case_id, look.id, **said)

    assert follow.open("review_correction") == []
    assert follow.case().is_open


def test_that_it_was_closed_may_be_the_mistake_and_everything_is_owed_by_its_own_time(
    follow: Follow,
) -> None:
    owed = {task.id: task.due_at for task in follow.tasks() if task.is_open}
    follow.close()

    follow.mark(EventKind.CLOSED)

    assert follow.case().is_open
    now = {task.id: task.due_at for task in follow.tasks() if task.is_open}
    assert owed.items() <= now.items()
    assert follow.open("sign_closing") == [], "nobody has asked for it anew"
    assert follow.open("review_correction")


def test_a_follow_up_that_was_registered_in_error_stays_closed_whatever_else_was_wrong(
    follow: Follow,
) -> None:
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close(Ending.REGISTERED_IN_ERROR)

    done = follow.mark(EventKind.REACHED)

    assert done.how is How.JOINED
    assert not follow.case().is_open
    assert follow.event(EventKind.REACHED).in_error
    assert follow.kinds()[-1] is EventKind.MARKED_IN_ERROR
    assert not any(task.is_open for task in follow.tasks())


def test_that_it_was_an_error_may_be_an_error(follow: Follow) -> None:
    follow.close(Ending.REGISTERED_IN_ERROR)

    follow.mark(EventKind.CLOSED)

    assert follow.case().is_open
    assert follow.open("call_patient")


def test_whoever_has_another_follow_up_by_now_is_looked_at_there(follow: Follow) -> None:
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close()
    later = CLOSED + 400 * DAY
    new = follow.again(later)

    follow.mark(EventKind.REACHED, at=later + DAY)

    assert not follow.case().is_open, "one open follow-up of a person"
    assert follow.event(EventKind.REACHED).in_error
    [look] = follow.owed(new, "review_correction")
    assert (look.owner_team_id, look.held_by) == (follow.site.other_team, follow.site.dina.id)
    told = [e for e in queries.events_of(follow.session, new) if e.kind == "corrected_earlier"]
    assert [event.facts["case"] for event in told] == [str(follow.case_id)]
    with pytest.raises(CannotMark):
        follow.mark(EventKind.CLOSED, at=later + DAY)


def test_whoever_moved_on_or_declined_ends_the_same_way_after_a_small_correction(
    follow: Follow,
) -> None:
    handover = {"handover_id": str(follow.case_id), "to_outside": str(follow.case_id)}
    follow.record(EventKind.PLAN_OFFERED, at=REACHED)
    follow.record(EventKind.HANDOVER_SENT, at=REACHED, **handover)
    follow.record(EventKind.HANDOVER_ACCEPTED, at=REACHED + HOUR, **handover)
    follow.close(Ending.MOVED_ON)

    follow.mark(EventKind.PLAN_OFFERED)
    follow.close(Ending.MOVED_ON, at=FOUND + DAY)

    assert not follow.case().is_open


def test_somebody_who_is_alive_after_all_is_followed_up_again(follow: Follow) -> None:
    calls = {task.id: task.due_at for task in follow.open("call_patient")}
    told = (
        (EventKind.DEATH_REPORTED, follow.site.anna),
        (EventKind.DEATH_CONFIRMED, follow.site.berit),
    )
    for hours, (kind, by) in enumerate(told, 1):
        said = follow.said(by=by, at=MONDAY + hours * HOUR, words={"words": "Fra legevakten"})
        saying.tell(follow.session, follow.case_id, kind, **said)
    letter = {"whom": "Kari", "words": "Innkalling"}
    held = {**follow.said(at=MONDAY + 2 * HOUR), "words": letter}
    assert not may_go_out(follow.session, follow.case_id, Outgoing.LETTER, **held)
    follow.close(Ending.DIED)

    done = saying.tell(
        follow.session,
        follow.case_id,
        EventKind.DEATH_REFUTED,
        words={"words": "Han ringte"},
        **follow.said(),
    )

    assert done.how is How.REOPENED
    assert {task.id: task.due_at for task in follow.open("call_patient")} == calls
    assert follow.open("review_held")
    assert follow.open("review_correction")
    assert follow.event(EventKind.CLOSED).in_error


def test_a_reason_and_the_sight_of_the_case_are_needed_after_closing_too(follow: Follow) -> None:
    follow.record(EventKind.REACHED, at=REACHED)
    follow.close()

    with pytest.raises(ReasonNeeded):
        follow.mark(EventKind.REACHED, words={"words": " "})
    with pytest.raises(OutOfSight):
        follow.mark(EventKind.REACHED, by=follow.site.carl)
    with pytest.raises(CannotMark):
        follow.mark(EventKind.CLOSING_REQUESTED)
    assert not follow.case().is_open


def test_what_happens_anew_still_opens_nothing_by_itself(follow: Follow) -> None:
    follow.close()

    with pytest.raises(CaseClosed):
        follow.record(EventKind.REACHED, at=FOUND)
    offered = follow.said(words={"words": "I jakka"})
    with pytest.raises(CaseClosed):
        saying.tell(follow.session, follow.case_id, EventKind.PLAN_OFFERED, **offered)


def test_another_persons_error_opens_nothing_here(session: Session) -> None:
    follow = Follow(session)
    follow.close()
    other = an_open_case(session, follow.site, at=MONDAY)

    with pytest.raises(CannotMark):
        cases.mark_in_error(session, follow.case_id, [other.events[0].id], **follow.said(words=WHY))

    assert not follow.case().is_open


# --- a discharge that was wrong ------------------------------------------------------------------


def test_a_discharge_that_was_wrong_leaves_everything_owed_and_somebody_finds_out(
    follow: Follow,
) -> None:
    before = {(t.kind, t.due_at) for t in follow.tasks() if t.is_open}

    follow.mark(EventKind.DISCHARGED, at=MONDAY + HOUR)

    now = {(t.kind, t.due_at) for t in follow.tasks() if t.is_open}
    assert before <= now
    assert follow.open("find_discharge")


def test_it_is_a_persons_word_that_the_person_is_still_in_hospital(follow: Follow) -> None:
    follow.mark(EventKind.DISCHARGED, right=Whereabouts(where=Where.STILL_IN))

    said = follow.event(EventKind.MARKED_IN_ERROR).facts
    assert (said["whereabouts"], said["how_known"]) == ("still_in", "person")
    assert said["asked_of"] == str(follow.event(EventKind.DISCHARGED).id)
    assert follow.event(EventKind.ADMITTED).facts["how_known"] == "person"
    assert follow.open("find_discharge") == []


def test_what_is_right_is_not_told_where_nothing_is_left_open(follow: Follow) -> None:
    follow.record(EventKind.CHILDREN_ASKED, at=REACHED)

    with pytest.raises(DischargeNotAsked):
        follow.mark(EventKind.CHILDREN_ASKED, right=Whereabouts(where=Where.STILL_IN))


def test_that_it_is_not_known_is_not_told_either_where_nothing_is_left_open(follow: Follow) -> None:
    follow.record(EventKind.DISCHARGE_WITHDRAWN, at=REACHED)

    with pytest.raises(DischargeNotAsked):
        follow.mark(EventKind.DISCHARGED, right=Whereabouts())


@pytest.mark.parametrize("kind", [EventKind.ADMITTED, EventKind.DISCHARGE_WITHDRAWN])
def test_what_was_told_since_a_wrong_discharge_and_was_wrong_too_loses_nobody(
    follow: Follow, kind: EventKind
) -> None:
    follow.record(kind, at=REACHED)
    follow.mark(EventKind.DISCHARGED)

    follow.mark(kind)

    assert {"find_discharge", "call_patient", "send_summary"} <= {
        task.kind for task in follow.tasks() if task.is_open
    }


def test_a_closed_follow_up_whose_discharge_was_wrong_opens_and_owes_everything(
    follow: Follow,
) -> None:
    follow.close()

    done = follow.mark(EventKind.DISCHARGED)

    assert done.how is How.REOPENED
    assert {"call_patient", "send_summary", "find_discharge"} <= {
        task.kind for task in follow.tasks() if task.is_open
    }


def test_a_follow_up_that_was_registered_in_error_assumes_nothing(follow: Follow) -> None:
    follow.close(Ending.REGISTERED_IN_ERROR)

    follow.mark(EventKind.DISCHARGED)

    assert not any(event.is_assumed for event in follow.history())


def test_leaving_unassessed_that_was_wrong_takes_its_discharge_with_it_and_loses_nothing(
    session: Session,
) -> None:
    follow = Follow(session)
    follow.case_id = an_open_case(session, follow.site, at=MONDAY).case.id
    said = {"by": follow.site.anna, "at": MONDAY + HOUR, "book": a_book()}
    leave_before_assessment(session, follow.case_id, **said)
    owed = {task.kind for task in follow.tasks() if task.is_open} - {"correct_epj"}

    follow.mark(EventKind.DISCHARGED)

    wrong = {event.kind for event in follow.history() if event.in_error}
    assert wrong >= {EventKind.LEFT_BEFORE_ASSESSMENT, EventKind.DISCHARGED}
    assert owed <= {task.kind for task in follow.tasks() if task.is_open}
