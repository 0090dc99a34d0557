"""Relatives on both databases: asked, written down, consented, withdrawn, and who may see it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.planning import SatisfiedByEventOnly
from bindeledd.features.cases.domain.telling import CannotMark
from bindeledd.features.cases.service import mark_in_error
from bindeledd.features.cases.service.work import complete_task
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.patients.domain import BornHow, Identity
from bindeledd.features.patients.service import change_identity
from bindeledd.features.relatives import queries, service
from bindeledd.features.relatives.domain import (
    DECIDE_OBJECTION,
    Answer,
    Carer,
    ConsentObjected,
    Family,
    Objection,
    ObjectionOwn,
    ObjectionTooYoung,
    ObjectionUnexplained,
    Relative,
    RelativeChanged,
    RelativeNotFound,
    RelativeUnreadable,
    Share,
    YearMakesNoSense,
    Young,
    may_be_told,
)
from bindeledd.features.relatives.tables import RelativeRow
from bindeledd.features.tasks.domain import Task
from bindeledd.foundation.errors import NotFound
from builders import MONDAY, Site, a_book, a_site, an_open_case

LATER = MONDAY + timedelta(days=2)
TODAY = LATER.date()


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


@pytest.fixture
def case(session: Session, site: Site) -> Recorded:
    return an_open_case(session, site, discharged_at=MONDAY)


@pytest.fixture
def patient(case: Recorded) -> UUID:
    return case.case.patient_id


def add(session: Session, site: Site, patient: UUID, **said: object) -> Relative:
    words = {"name": "Máret", "relation": "søster", "phone": "41234567"} | said
    return service.add_relative(session, patient, **words, by=site.anna, at=LATER)  # type: ignore[arg-type]


def ask(session: Session, site: Site, case: Recorded, answer: Answer) -> Recorded:
    return service.ask_about_relatives(
        session,
        case.case.id,
        answer=answer,
        words="vil tenke på det",
        by=site.anna,
        at=LATER,
        book=a_book(),
    )


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", list(Answer))
def test_whatever_is_answered_is_sealed_and_the_event_says_only_that_somebody_asked(
    session: Session, site: Site, case: Recorded, answer: Answer
) -> None:
    recorded = ask(session, site, case, answer)

    event = recorded.events[0]
    assert event.kind is EventKind.RELATIVES_ASKED
    again = {"relatives_later": True} if answer is Answer.LATER else {}
    assert dict(event.facts) == again, "that somebody asked, and whether it is to be asked again"
    notes = cases.notes_of(session, recorded.case)
    assert notes[event.id] == {"answer": answer.value, "words": "vil tenke på det"}


def test_asking_ends_the_task_that_owed_it(session: Session, site: Site, case: Recorded) -> None:
    assert any(task.kind == "ask_relatives" and task.is_open for task in case.new)

    recorded = ask(session, site, case, Answer.DECLINED)

    assert "ask_relatives" in {task.kind for task in recorded.ended}


def test_children_and_siblings_are_kept_and_the_last_answer_stands(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    first = Family(children=(Young(born_year=2015), Young()), child_contact_told=False)
    last = Family(siblings=(Young(born_year=2008),), words="bor hos far")
    for moment, family in ((LATER, first), (LATER + timedelta(days=1), last)):
        service.ask_about_children(
            session, case.case.id, family=family, by=site.anna, at=moment, book=a_book()
        )

    found = queries.find_family(session, patient, tenant_id=site.tenant)

    assert found == (last, LATER + timedelta(days=1))
    notes = cases.notes_of(session, case.case).values()
    assert [note["children"] for note in notes if "children" in note].count([2015, None]) == 1


def test_an_answer_that_was_a_mistake_gives_back_the_one_before_it(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    first, last = Family(children=(Young(born_year=2015),)), Family(children=())
    said = [
        service.ask_about_children(
            session, case.case.id, family=family, by=site.anna, at=at, book=a_book()
        ).events[0]
        for at, family in ((LATER, first), (LATER + timedelta(days=1), last))
    ]

    take_back(session, site, case, said[1].id)
    assert queries.find_family(session, patient, tenant_id=site.tenant) == (first, LATER)

    back = take_back(session, site, case, said[0].id)
    assert queries.find_family(session, patient, tenant_id=site.tenant) is None
    assert "ask_children" in {task.kind for task in back.changed if task.is_open}
    notes = cases.notes_of(session, case.case).values()
    assert {"words": "Feil person"} in notes


def test_a_mark_that_would_leave_the_family_behind_is_refused(
    session: Session, site: Site, case: Recorded
) -> None:
    said = service.ask_about_children(
        session, case.case.id, family=Family(), by=site.anna, at=LATER, book=a_book()
    ).events[0]
    other = ask(session, site, case, Answer.NONE).events[0]

    with pytest.raises(CannotMark):
        mark_in_error(
            session,
            case.case.id,
            [said.id],
            words={"words": "Feil"},
            by=site.anna,
            at=LATER,
            book=a_book(),
        )
    for wrong in (other.id, uuid4()):
        with pytest.raises(CannotMark):
            take_back(session, site, case, wrong)


def take_back(session: Session, site: Site, case: Recorded, event: UUID) -> Recorded:
    return service.take_back_children(
        session,
        case.case.id,
        [event],
        words={"words": "Feil person"},
        by=site.anna,
        at=LATER + timedelta(days=2),
        book=a_book(),
    )


def test_what_a_person_objects_to_is_decided_and_ended(
    session: Session, site: Site, patient: UUID
) -> None:
    father = add(session, site, patient, carer=Carer.PARENTAL_RESPONSIBILITY)

    book = a_book()
    service.object_to(session, father.id, words="er redd", by=site.anna, at=LATER, book=book)
    with pytest.raises(ObjectionUnexplained):
        service.decide_objection(
            session, father.id, respected=True, words=" ", by=site.berit, at=LATER, book=book
        )
    service.decide_objection(
        session, father.id, respected=True, words="Legen", by=site.berit, at=LATER, book=book
    )
    decided = queries.get_relative(session, father.id, tenant_id=site.tenant)
    ended = service.end_objection(session, father.id, by=site.anna, at=LATER, book=book)

    assert decided.carer is Carer.PARENTAL_RESPONSIBILITY
    assert decided.objection == Objection(
        since=TODAY,
        words="er redd",
        written_by=site.anna.id,
        respected=True,
        decided_on=TODAY,
        decided_by=site.berit.id,
        decision_words="Legen",
    )
    assert ended.objection is not None
    assert ended.objection.ended_on == TODAY


def born(session: Session, site: Site, patient: UUID, on: date) -> None:
    change_identity(
        session,
        patient,
        Identity(full="Kari Prøve", born_on=on, born_how=BornHow.REGISTER),
        by=site.anna,
        at=LATER,
    )


def test_of_a_child_too_young_for_it_an_objection_is_refused_and_nothing_is_written(
    session: Session, site: Site, patient: UUID
) -> None:
    father = add(session, site, patient, carer=Carer.PARENTAL_RESPONSIBILITY)
    born(session, site, patient, date(2016, 1, 1))

    with pytest.raises(ObjectionTooYoung):
        service.object_to(
            session, father.id, words="er redd", by=site.anna, at=LATER, book=a_book()
        )

    assert queries.get_relative(session, father.id, tenant_id=site.tenant).objection is None


def test_reasons_are_not_respected_where_that_would_withhold_nothing(
    session: Session, site: Site, patient: UUID
) -> None:
    father = add(session, site, patient, carer=Carer.PARENTAL_RESPONSIBILITY)
    service.object_to(session, father.id, words="er redd", by=site.anna, at=LATER, book=a_book())
    born(session, site, patient, date(2016, 1, 1))
    decide = partial(
        service.decide_objection,
        session,
        father.id,
        words="Legen",
        by=site.berit,
        at=LATER,
        book=a_book(),
    )

    with pytest.raises(ObjectionTooYoung):
        decide(respected=True)
    assert decide(respected=False).waits_for_a_decision is False


def test_a_consent_waits_for_the_end_of_an_objection(
    session: Session, site: Site, patient: UUID
) -> None:
    father = add(session, site, patient, carer=Carer.PARENTAL_RESPONSIBILITY)
    service.object_to(session, father.id, words="er redd", by=site.anna, at=LATER, book=a_book())
    give = partial(
        service.give_consent, session, father.id, what=(Share.PLAN,), since=TODAY, by=site.anna
    )

    with pytest.raises(ConsentObjected):
        give(at=LATER)
    service.end_objection(session, father.id, by=site.anna, at=LATER, book=a_book())
    assert len(give(at=LATER).consents) == 1


def deciding(session: Session, case: Recorded) -> list[Task]:
    """The open tasks that ask for a decision."""
    tasks = cases.tasks_of(session, case.case.id)
    return [task for task in tasks if task.kind == DECIDE_OBJECTION and task.is_open]


def test_an_objection_is_owed_a_decision_the_same_working_day_for_each_parent(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    book = a_book()
    father, mother = (
        add(session, site, patient, name=name, carer=Carer.PARENTAL_RESPONSIBILITY).id
        for name in ("Ole", "Inga")
    )
    for one in (father, father, mother):
        service.object_to(session, one, words="er redd", by=site.anna, at=LATER, book=book)

    owed = deciding(session, case)
    assert len(owed) == 2
    assert {task.owner_team_id for task in owed} == {case.case.responsible_team_id}
    assert all(LATER < task.due_at < LATER + timedelta(days=1) for task in owed)
    with pytest.raises(SatisfiedByEventOnly):
        complete_task(
            session,
            case.case.id,
            owed[0].id,
            words={"done": "ferdig"},
            by=site.berit,
            at=LATER,
            book=book,
        )

    with pytest.raises(ObjectionOwn):
        service.decide_objection(
            session, father, respected=True, words="Jeg", by=site.anna, at=LATER, book=book
        )
    assert len(deciding(session, case)) == 2

    service.decide_objection(
        session,
        father,
        respected=False,
        words="Legen har snakket med henne.",
        by=site.berit,
        at=LATER,
        book=book,
    )
    assert len(deciding(session, case)) == 1
    notes = cases.notes_of(session, case.case).values()
    told = {
        "objection": "not_respected",
        "relative": "Ole",
        "words": "Legen har snakket med henne.",
    }
    assert told in notes

    again = {**told, "objection": "respected", "words": "Legen vet mer nå."}
    for how in (again, told):
        service.decide_objection(
            session,
            father,
            respected=how["objection"] == "respected",
            words=how["words"],
            by=site.berit,
            at=LATER,
            book=book,
        )
    notes = cases.notes_of(session, case.case)
    decided = [e for e in cases.events_of(session, case.case.id) if e.id in notes]
    said = [(notes[e.id], e.recorded_by) for e in decided if notes[e.id].get("relative") == "Ole"]
    assert sorted(note["objection"] for note, _ in said) == [
        "not_respected",
        "not_respected",
        "respected",
    ]
    assert {who for _, who in said} == {site.berit.id}
    assert again in [note for note, _ in said]

    service.end_objection(session, mother, by=site.anna, at=LATER, book=book)
    assert deciding(session, case) == []


def test_nobody_asked_is_not_the_same_as_has_none(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    assert queries.find_family(session, patient, tenant_id=site.tenant) is None

    service.ask_about_children(
        session, case.case.id, family=Family(), by=site.anna, at=LATER, book=a_book()
    )

    assert queries.find_family(session, patient, tenant_id=site.tenant) == (Family(), LATER)


def test_a_year_that_cannot_be_leaves_nothing_behind(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    family = Family(children=(Young(born_year=2999),))

    with pytest.raises(YearMakesNoSense):
        service.ask_about_children(
            session, case.case.id, family=family, by=site.anna, at=LATER, book=a_book()
        )

    assert queries.find_family(session, patient, tenant_id=site.tenant) is None


def test_a_team_without_the_case_can_neither_ask_nor_see(
    session: Session, site: Site, case: Recorded, patient: UUID
) -> None:
    relative = add(session, site, patient)
    carl = site.carl

    for refused in (
        lambda: service.show_relatives(session, patient, by=carl, at=LATER),
        lambda: service.add_relative(session, patient, name="X", by=carl, at=LATER),
        lambda: service.change_relative(session, relative.id, name="X", by=carl, at=LATER),
        lambda: service.ask_about_relatives(
            session, case.case.id, answer=Answer.NONE, by=carl, at=LATER, book=a_book()
        ),
    ):
        with pytest.raises(NotFound):
            refused()


# --- relatives ------------------------------------------------------------------------------------


def test_a_relative_is_read_back_and_the_nearest_stand_first(
    session: Session, site: Site, patient: UUID
) -> None:
    sister = add(session, site, patient)
    mother = add(session, site, patient, name="Inga", relation="mor", nearest=True)

    assert queries.relatives_of(session, patient, tenant_id=site.tenant) == [mother, sister]
    assert queries.get_relative(session, mother.id, tenant_id=site.tenant) == mother


def test_a_change_leaves_what_is_not_named_and_counts_up(
    session: Session, site: Site, patient: UUID
) -> None:
    relative = add(session, site, patient)

    changed = service.change_relative(
        session, relative.id, unsafe_to_contact=True, version=1, by=site.anna, at=LATER
    )

    assert (changed.name, changed.unsafe_to_contact, changed.version) == ("Máret", True, 2)
    assert queries.get_relative(session, relative.id, tenant_id=site.tenant) == changed
    with pytest.raises(RelativeChanged):
        service.change_relative(session, relative.id, name="X", version=1, by=site.anna, at=LATER)


def test_consent_is_given_and_taken_back(session: Session, site: Site, patient: UUID) -> None:
    relative = add(session, site, patient)
    given = service.give_consent(
        session,
        relative.id,
        what=(Share.PLAN, Share.APPOINTMENTS),
        since=TODAY,
        words="ikke om innleggelsen",
        by=site.anna,
        at=LATER,
    )
    assert may_be_told(given, Share.PLAN, TODAY + timedelta(days=90))

    service.withdraw_consent(
        session, relative.id, given.consents[0].id, by=site.anna, at=LATER + timedelta(days=9)
    )

    now = queries.get_relative(session, relative.id, tenant_id=site.tenant)
    assert now.consents[0].withdrawn_on == TODAY + timedelta(days=9)
    assert now.consents[0].words == "ikke om innleggelsen"
    assert not may_be_told(now, Share.PLAN, TODAY + timedelta(days=9))


def test_another_tenants_relative_is_not_there(session: Session, site: Site, patient: UUID) -> None:
    relative = add(session, site, patient)
    stranger = a_site(session).system

    with pytest.raises(RelativeNotFound):
        queries.get_relative(session, relative.id, tenant_id=stranger.tenant_id)
    with pytest.raises(RelativeNotFound):
        service.change_relative(session, relative.id, name="X", by=stranger, at=LATER)
    with pytest.raises(OutOfSight):
        service.add_relative(session, uuid4(), name="X", by=site.anna, at=LATER)


def test_a_relative_that_cannot_be_read_is_marked_hides_no_other_and_is_not_written_over(
    session: Session, site: Site, patient: UUID
) -> None:
    bad, good = add(session, site, patient), add(session, site, patient, name="Inga")
    broken = sa.update(RelativeRow).where(RelativeRow.id == bad.id)
    session.execute(broken.values(person=b"\xc1\x01\x00\x01" + b"\0" * 60))
    session.expire_all()

    found = {r.id: r for r in queries.relatives_of(session, patient, tenant_id=site.tenant)}

    assert found[bad.id].unreadable
    assert not may_be_told(found[bad.id], Share.CONTACT, TODAY)
    assert found[good.id] == good
    with pytest.raises(RelativeUnreadable):
        service.change_relative(session, bad.id, name="X", by=site.anna, at=LATER)


def test_every_act_and_every_read_is_in_the_log_with_the_patient_and_no_words(
    session: Session, site: Site, patient: UUID
) -> None:
    relative = add(session, site, patient)
    given = service.give_consent(
        session, relative.id, what=(Share.PLAN,), since=TODAY, by=site.anna, at=LATER
    )
    service.withdraw_consent(
        session, relative.id, given.consents[0].id, on=date(2027, 3, 5), by=site.anna, at=LATER
    )
    service.show_relatives(session, patient, by=site.anna, at=LATER)

    rows = session.execute(
        sa.select(AuditEventRow.act, AuditEventRow.facts)
        .join(AuditSubjectRow, AuditSubjectRow.event_id == AuditEventRow.id)
        .where(AuditSubjectRow.subject_id == patient, AuditEventRow.act.startswith("relatives."))
    ).all()

    assert sorted(act for act, _ in rows) == [
        "relatives.added",
        "relatives.consent_given",
        "relatives.consent_withdrawn",
        "relatives.shown",
    ]
    assert "Máret" not in str(rows)


def test_whether_there_are_minors_is_a_plain_fact_and_how_many_is_not(
    session: Session, site: Site, case: Recorded
) -> None:
    two = Family(children=(Young(born_year=2019), Young(born_year=2021)), siblings=())
    said = service.ask_about_children(
        session, case.case.id, family=two, by=site.anna, at=LATER, book=a_book()
    )
    assert said.events[0].facts == {"family": True, "minors": True}
    nobody_knows = Family(children=(), siblings=None)
    said = service.ask_about_children(
        session, case.case.id, family=nobody_knows, by=site.anna, at=LATER, book=a_book()
    )
    assert said.events[0].facts == {"family": True}
