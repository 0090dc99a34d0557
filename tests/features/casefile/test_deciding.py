"""What now, when nobody answers: each choice is owed by a day, on both databases; page and API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.casefile.service import deciding
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.deciding import (
    DECIDES,
    DecidedByChoice,
    Decision,
    NextDayNeeded,
    NextDayTooLate,
    NothingToChoose,
    RelativeNeeded,
    RelativeObjected,
    RelativeUnsafe,
    UnknownChoice,
    WhoAnsweredNeeded,
)
from bindeledd.features.cases.domain.telling import ReasonNeeded
from bindeledd.features.cases.service import work
from bindeledd.features.cases.service.adding import Wanted
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import CHOSEN
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import RelativeNotFound
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task, TaskNotOpen, TaskState
from builders import MONDAY, Followed, a_book

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = MONDAY + 3 * HOUR
WORDS = "Ringte to ganger, ingen svarte."


class Silent(Followed):
    """Two calls that nobody answered: a clinician decides."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        for hour in (1, 2):
            at = MONDAY + hour * HOUR
            self.record(EventKind.CONTACT_ATTEMPTED, at=at, channel="phone")
        [self.task] = self.open(DECIDES)

    def decide(
        self,
        choice: str,
        *,
        words: str = WORDS,
        who: str = "",
        relative_id: UUID | None = None,
        on: date | None = None,
        task: UUID | None = None,
        at: datetime = AT,
        by: Actor | None = None,
    ) -> Recorded:
        said = Decision(choice=choice, words=words, who=who, relative_id=relative_id, on=on)
        return deciding.decide(
            self.session,
            self.case_id,
            task or self.task.id,
            said,
            by=by or self.site.anna,
            at=at,
            book=a_book(),
        )

    def relative(self, *, unsafe: bool = False) -> UUID:
        made = relatives.add_relative(
            self.session,
            self.patient_id,
            name="Ola Prøve",
            relation="bror",
            unsafe_to_contact=unsafe,
            by=self.site.anna,
            at=MONDAY,
        )
        return made.id

    def note(self, task: Task) -> dict[str, object]:
        return dict(queries.task_notes(self.session, self.case(), [task.id])[task.id])

    def decided(self) -> Task:
        return next(task for task in self.tasks() if task.id == self.task.id)


@pytest.fixture
def silent(session: Session) -> Silent:
    return Silent(session)


@pytest.mark.parametrize(
    ("choice", "kind", "day", "asked"),
    [
        ("home_visit", "visit_patient", date(2027, 3, 2), {}),
        ("acute_team", "follow_up_handed_on", date(2027, 3, 2), {"who": "Lege Hansen"}),
        ("emergency_services", "follow_up_handed_on", date(2027, 3, 1), {"who": "113, Moen"}),
        ("keep_trying", "call_patient", date(2027, 3, 4), {"on": date(2027, 3, 4)}),
        ("another_way", "free", date(2027, 3, 3), {"on": date(2027, 3, 3)}),
    ],
)
def test_each_choice_is_owed_by_a_day_of_its_own(
    silent: Silent, choice: str, kind: str, day: date, asked: dict[str, str]
) -> None:
    done = silent.decide(choice, **asked)  # type: ignore[arg-type]

    [owed] = [task for task in done.new if task.kind == kind and task.due_reason["rule"] == DECIDES]
    assert owed.due_at.date() == day
    assert owed.owner_team_id == silent.site.team
    assert silent.decided().state is TaskState.DONE
    assert silent.case().next_task_id in {task.id for task in silent.tasks() if task.is_open}
    note = silent.note(owed)
    assert (note["choice"], note["words"]) == (choice, WORDS)
    assert note.get("who", "") == asked.get("who", "")
    said = queries.notes_of(silent.session, silent.case())
    assert {"choice": choice, "words": WORDS}.items() <= said[done.events[-1].id].items()


def test_what_was_chosen_stands_in_no_plain_word_of_the_events(silent: Silent) -> None:
    done = silent.decide("acute_team", who="Lege Hansen")

    told = " ".join(str(event.facts) for event in done.events)
    assert "acute_team" not in told
    assert "Hansen" not in told


def test_every_choice_of_the_book_makes_a_task_with_an_owner_and_a_day(silent: Silent) -> None:
    offered = deciding.choices(
        silent.session, silent.case_id, silent.task.id, by=silent.site.anna, book=a_book()
    )
    assert {one.key for one in offered} == {
        "home_visit",
        "relative",
        "acute_team",
        "emergency_services",
        "keep_trying",
        "another_way",
    }
    for number, one in enumerate(offered):
        with silent.session.begin_nested() as held:
            done = silent.decide(
                one.key,
                who="Vakthavende",
                relative_id=silent.relative(),
                on=date(2027, 3, 3),
            )
            owed = [task for task in done.new if task.due_reason.get("rule") == DECIDES]
            assert [task.kind for task in owed] == [one.task], number
            held.rollback()


def test_a_relative_is_called_only_where_it_is_safe(silent: Silent) -> None:
    with pytest.raises(RelativeNeeded):
        silent.decide("relative")
    with pytest.raises(RelativeUnsafe):
        silent.decide("relative", relative_id=silent.relative(unsafe=True))
    other = Followed(silent.session)
    with pytest.raises(RelativeNotFound):
        silent.decide("relative", relative_id=other.case_id)
    assert silent.decided().is_open

    brother = silent.relative()
    done = silent.decide("relative", relative_id=brother)
    [owed] = [task for task in done.new if task.kind == "call_relative"]
    assert owed.due_at.date() == MONDAY.date()
    assert silent.note(owed)["relative_id"] == str(brother)


def test_a_relative_who_is_objected_to_is_not_called_before_somebody_decides_otherwise(
    silent: Silent,
) -> None:
    brother, how = silent.relative(), {"at": MONDAY, "book": a_book()}
    relatives.object_to(silent.session, brother, words="er redd", by=silent.site.anna, **how)
    with pytest.raises(RelativeObjected):
        silent.decide("relative", relative_id=brother)

    for respected in (True, False):
        relatives.decide_objection(
            silent.session, brother, respected=respected, words="Legen", by=silent.site.berit, **how
        )
        if respected:
            with pytest.raises(RelativeObjected):
                silent.decide("relative", relative_id=brother)
    done = silent.decide("relative", relative_id=brother)
    assert "call_relative" in [task.kind for task in done.new]


def test_what_a_choice_asks_for_is_insisted_on(silent: Silent) -> None:
    with pytest.raises(ReasonNeeded):
        silent.decide("home_visit", words="  ")
    with pytest.raises(UnknownChoice):
        silent.decide("wait_and_see")
    for choice in ("acute_team", "emergency_services"):
        with pytest.raises(WhoAnsweredNeeded):
            silent.decide(choice, who=" ")
    for on in (None, MONDAY.date() - DAY):
        with pytest.raises(NextDayNeeded):
            silent.decide("keep_trying", on=on)
    with pytest.raises(NextDayTooLate):
        silent.decide("keep_trying", on=MONDAY.date() + 8 * DAY)
    assert silent.decided().is_open


def test_the_next_try_on_a_closed_day_is_on_the_next_open_one(silent: Silent) -> None:
    done = silent.decide("keep_trying", on=date(2027, 3, 6))  # a Saturday

    [owed] = [task for task in done.new if task.due_reason["rule"] == DECIDES]
    assert owed.due_at.date() == date(2027, 3, 8)
    assert owed.due_reason["moved"] == "later"
    assert deciding.became(done) == "decided_closed"


def test_the_next_try_on_an_open_day_is_on_that_day(silent: Silent) -> None:
    done = silent.decide("keep_trying", on=date(2027, 3, 4))

    assert deciding.became(done) == "decided"


def test_words_alone_do_not_end_it_and_a_choice_ends_it_once(silent: Silent) -> None:
    with pytest.raises(DecidedByChoice):
        work.complete_task(
            silent.session,
            silent.case_id,
            silent.task.id,
            words={"words": "Vi venter"},
            by=silent.site.anna,
            at=AT,
            book=a_book(),
        )
    silent.decide("home_visit")
    with pytest.raises(TaskNotOpen):
        silent.decide("home_visit", at=AT + HOUR)
    [other] = silent.open("visit_patient")
    with pytest.raises(NothingToChoose):
        silent.decide("home_visit", task=other.id)


def test_only_a_task_in_which_somebody_decides_is_ended_by_a_choice(silent: Silent) -> None:
    call = silent.open("call_patient")[0]
    then = Wanted(due_at=AT + DAY, words={"words": WORDS}, reason=CHOSEN)
    how = {"by": silent.site.anna, "at": AT, "book": a_book()}
    with pytest.raises(NothingToChoose):
        work.decide_task(
            silent.session, silent.case_id, call.id, words={"words": WORDS}, then=then, **how
        )
    assert call in silent.open("call_patient")


def test_whoever_does_not_see_the_case_decides_nothing(silent: Silent) -> None:
    with pytest.raises(OutOfSight):
        silent.decide("home_visit", by=silent.site.carl)


def test_a_conversation_does_what_was_decided_and_a_death_ends_it(silent: Silent) -> None:
    silent.decide("home_visit")
    silent.record(EventKind.DEATH_REPORTED, at=AT + HOUR)
    assert silent.open("visit_patient") == []
    silent.record(EventKind.DEATH_REFUTED, at=AT + 2 * HOUR, by=silent.site.berit)
    assert len(silent.open("visit_patient")) == 1

    silent.record(EventKind.REACHED, at=AT + 3 * HOUR)
    assert silent.open("visit_patient") == []


@pytest.mark.parametrize(
    ("choice", "kind", "asked"),
    [
        ("another_way", "free", {"on": date(2027, 3, 3)}),
        ("acute_team", "follow_up_handed_on", {"who": "Lege Hansen"}),
        ("emergency_services", "follow_up_handed_on", {"who": "113, Moen"}),
    ],
)
def test_whatever_reaches_out_is_held_when_a_death_is_reported(
    silent: Silent, choice: str, kind: str, asked: dict[str, str]
) -> None:
    done = silent.decide(choice, **asked)  # type: ignore[arg-type]
    [owed] = [task for task in done.new if task.due_reason.get("rule") == DECIDES]
    assert owed.id in {task.id for task in silent.open(kind)}

    silent.record(EventKind.DEATH_REPORTED, at=AT + HOUR)
    assert owed.id not in {task.id for task in silent.open(kind)}
    silent.record(EventKind.DEATH_REFUTED, at=AT + 2 * HOUR, by=silent.site.berit)
    assert owed.id in {task.id for task in silent.open(kind)}
