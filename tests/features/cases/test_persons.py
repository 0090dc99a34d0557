"""What is known of the person is a fact of the case, and what is owed follows it, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Event, EventKind, IndexKind, NewEvent, telling
from bindeledd.features.cases.domain.planning import facts_of
from bindeledd.features.cases.service import moving, persons, saying
from bindeledd.features.cases.service.correcting import mark_in_error
from bindeledd.features.patients.domain import BornHow, Identity
from bindeledd.features.patients.queries import get_patient
from bindeledd.features.patients.service import register_patient
from builders import MONDAY, Site, a_book, a_site

HOUR = timedelta(hours=1)
CHILD, ADULT = date(2012, 6, 1), date(1980, 6, 1)
SAID = BornHow.PERSON_SAID
BORN = {"born_on": CHILD, "born_how": SAID}


class Admitted:
    """Somebody who was admitted after an attempt; nobody has assessed them yet."""

    def __init__(self, session: Session, site: Site | None = None, **who: object) -> None:
        self.session, self.site = session, site or a_site(session)
        identity = Identity(full="Sunna", **who)  # type: ignore[arg-type]
        self.patient_id: UUID = register_patient(
            session, tenant_id=self.site.tenant, identity=identity, by=self.site.anna, at=MONDAY
        ).id
        self.case_id: UUID = self.happens(MONDAY).case.id

    def happens(self, at: datetime) -> cases.Recorded:
        stay = NewEvent(kind=EventKind.ADMITTED, at=at, facts={"inpatient": "yes"})
        return cases.open_case(
            self.session,
            patient_id=self.patient_id,
            index_kind=IndexKind.SUICIDE_ATTEMPT,
            index_at=at,
            team_id=self.site.team,
            more=[stay],
            by=self.site.anna,
            at=at,
            book=a_book(),
        )

    def history(self) -> tuple[Event, ...]:
        return queries.events_of(self.session, self.case_id)

    def minor(self) -> str | None:
        return facts_of(self.history()).get("minor")

    def noted(self) -> list[Event]:
        return [event for event in self.history() if event.kind is EventKind.AGE_NOTED]

    def assessment_is_owed(self) -> bool:
        tasks = queries.tasks_of(self.session, self.case_id)
        return any(task.step_key == "specialist-assessment" and task.is_open for task in tasks)

    def identity(self) -> Identity:
        was = get_patient(self.session, self.patient_id, tenant_id=self.site.tenant).identity
        assert was is not None
        return was

    def is_born(self, day: date | None, how: BornHow | None = SAID, at: datetime = MONDAY) -> None:
        self.is_known(at=at, born_on=day, born_how=how)

    def is_known(self, *, at: datetime, **said: Any) -> None:
        who = replace(self.identity(), **said)
        persons.change_identity(
            self.session, self.patient_id, who, by=self.site.anna, at=at, book=a_book()
        )


@pytest.mark.parametrize(("born_on", "minor", "owed"), [(CHILD, "yes", False), (ADULT, "no", True)])
def test_a_stated_birth_date_is_a_fact_from_the_first_event_on(
    session: Session, born_on: date, minor: str, owed: bool
) -> None:
    who = Admitted(session, born_on=born_on, born_how=SAID)

    assert who.minor() == minor
    assert who.assessment_is_owed() is owed
    assert who.noted() == []


def test_where_nobody_has_stated_it_the_fact_is_not_known_and_the_rule_applies(
    session: Session,
) -> None:
    who = Admitted(session)

    assert who.minor() is None
    assert who.assessment_is_owed()


def test_a_birth_date_that_is_corrected_is_planned_anew(session: Session) -> None:
    who = Admitted(session, **BORN)
    assert not who.assessment_is_owed()

    who.is_born(ADULT, at=MONDAY + HOUR)

    assert who.minor() == "no"
    assert who.assessment_is_owed()
    assert [event.facts for event in who.noted()] == [{"minor": "no"}]


def test_a_birth_date_that_is_taken_away_is_not_known_any_more(session: Session) -> None:
    who = Admitted(session, **BORN)

    who.is_born(None, None, at=MONDAY + HOUR)

    assert who.minor() is None
    assert who.assessment_is_owed()


def test_what_changes_nothing_of_the_age_writes_nothing(session: Session) -> None:
    who = Admitted(session, **BORN)

    who.is_born(date(2013, 1, 1), at=MONDAY + HOUR)

    assert who.noted() == []


def test_an_estimate_near_the_limit_is_not_known(session: Session) -> None:
    who = Admitted(session, born_on=date(2010, 6, 1), born_how=BornHow.ESTIMATED)
    assert (MONDAY.year, who.minor()) == (2027, None)

    who.is_born(date(2016, 6, 1), BornHow.ESTIMATED, at=MONDAY + HOUR)

    assert who.minor() == "yes"


def test_the_age_is_that_of_the_day_in_norway_on_which_it_happened(session: Session) -> None:
    eve = datetime(2027, 3, 21, 22, 30, tzinfo=UTC)
    who = Admitted(session, born_on=date(2009, 3, 22), born_how=SAID)
    who.happens(eve)
    who.happens(eve + HOUR)

    told = {event.at: event.facts["minor"] for event in who.history() if "minor" in event.facts}
    assert (told[eve], told[eve + HOUR]) == ("yes", "no")


def test_a_stay_after_the_eighteenth_birthday_is_an_adult_s(session: Session) -> None:
    who = Admitted(
        session, born_on=MONDAY.date().replace(year=2009) + timedelta(days=3), born_how=SAID
    )
    assert (who.minor(), who.assessment_is_owed()) == ("yes", False)

    who.happens(MONDAY + timedelta(days=5))

    assert (who.minor(), who.assessment_is_owed()) == ("no", True)


def test_whoever_takes_the_event_back_does_not_take_the_age_back(session: Session) -> None:
    who = Admitted(session, **BORN)
    who.happens(MONDAY + HOUR)
    index = [event.id for event in who.history() if event.kind is EventKind.INDEX_EVENT]

    mark_in_error(
        session,
        who.case_id,
        index,
        words={"words": "Feil"},
        by=who.site.anna,
        at=MONDAY + 2 * HOUR,
        book=a_book(),
    )

    assert who.minor() == "yes"


def test_what_is_moved_to_the_right_person_leaves_the_age_of_the_wrong_one(
    session: Session,
) -> None:
    child = Admitted(session, **BORN)
    grown = Admitted(session, child.site, born_on=ADULT, born_how=SAID)
    moved = [event for event in child.history() if event.kind is EventKind.INDEX_EVENT]
    at = MONDAY + HOUR

    done = moving.move(
        session,
        child.case_id,
        moved,
        to_patient_id=grown.patient_id,
        renamed={},
        words={"words": "Feil person"},
        by=child.site.anna,
        at=at,
        book=a_book(),
    )

    assert done.right.case.id == grown.case_id
    assert (grown.minor(), child.minor()) == ("no", "yes")


def test_nobody_says_the_age_but_by_a_birth_date(session: Session) -> None:
    who = Admitted(session)

    with pytest.raises(telling.BadFact):
        saying.tell(
            session,
            who.case_id,
            EventKind.ADMITTED,
            facts={"minor": "yes"},
            by=who.site.anna,
            at=MONDAY,
            book=a_book(),
        )


def test_a_closed_follow_up_learns_nothing_and_refuses_nothing(session: Session) -> None:
    site = a_site(session)
    alone = register_patient(
        session,
        tenant_id=site.tenant,
        identity=Identity(full="Ánne"),
        by=site.system,
        at=MONDAY,
    )

    changed = persons.change_identity(
        session,
        alone.id,
        Identity(full="Ánne", born_on=CHILD, born_how=SAID),
        by=site.system,
        at=MONDAY,
        book=a_book(),
    )

    assert changed.identity is not None
    assert changed.identity.born_on == CHILD


# --- an interpreter -------------------------------------------------------------------------------


def test_an_interpreter_that_is_written_with_the_person_is_a_fact_of_the_follow_up(
    session: Session,
) -> None:
    who = Admitted(session)

    who.is_known(interpreter=True, at=MONDAY + HOUR)
    who.is_known(language="tigrinja", at=MONDAY + 2 * HOUR)

    (asked,) = [e for e in who.history() if e.kind is EventKind.INTERPRETER_ASKED]
    assert asked.facts == {"interpreter": "yes"}


def test_an_interpreter_that_was_an_error_is_known_as_before(session: Session) -> None:
    who = Admitted(session)
    who.is_known(interpreter=True, at=MONDAY + HOUR)
    (asked,) = [e for e in who.history() if e.kind is EventKind.INTERPRETER_ASKED]

    mark_in_error(
        session,
        who.case_id,
        [asked.id],
        words={"words": "Feil"},
        by=who.site.anna,
        at=MONDAY + 2 * HOUR,
        book=a_book(),
    )

    assert facts_of(who.history()).get("interpreter") is None
    assert who.identity().interpreter is None
