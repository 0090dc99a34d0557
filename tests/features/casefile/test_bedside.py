"""What was asked before somebody goes home is written in one go, on both databases; and put back."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import OutOfSight, RelationKind
from bindeledd.features.access.service import relate
from bindeledd.features.casefile import service as casefile
from bindeledd.features.casefile.domain import NotRevealed
from bindeledd.features.casefile.domain.bedside import (
    Bedside,
    BornAhead,
    Consent,
    PlanAgainWithoutLater,
    PlanAnswer,
    Tried,
)
from bindeledd.features.casefile.domain.package import Sender, content
from bindeledd.features.casefile.service.bedside import leave_before_assessment, write_bedside
from bindeledd.features.casefile.service.moving import move_to_right_person
from bindeledd.features.cases import queries
from bindeledd.features.cases.domain import EventKind, offering
from bindeledd.features.cases.domain.correcting import NotTheirNumber
from bindeledd.features.cases.domain.may_tell import AnswerInWords
from bindeledd.features.cases.domain.planning import facts_of
from bindeledd.features.cases.domain.telling import NumberNeeded
from bindeledd.features.cases.service import mark_in_error, saying
from bindeledd.features.handovers.domain.outside import Outside
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients import service as patient_service
from bindeledd.features.patients.domain import (
    BornHow,
    ContactWay,
    Identity,
    NoSuchNumber,
    Patient,
    PatientChanged,
    VerifiedHow,
)
from bindeledd.features.relatives import queries as near
from bindeledd.features.relatives import service as relatives
from bindeledd.features.relatives.domain import Answer, Carer, Family, Young
from bindeledd.features.relatives.domain.again import AskAgainAhead
from bindeledd.features.tasks.tables import TaskRow
from builders import MONDAY, Followed, a_book, an_open_case

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = MONDAY + HOUR
OWN, JOB = "+4741234567", "+4722334455"
WHY = {"words": "Feil person ble spurt"}


class AtTheBedside(Followed):
    """Somebody with a phone of their own, who is about to go home."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.write(ways=(ContactWay(value=OWN),), at=MONDAY)

    def write(self, at: Any = AT, by: Any = None, version: int | None = None, **said: Any) -> None:
        write_bedside(
            self.session,
            self.case_id,
            Bedside(**said),
            version=version,
            by=by or self.site.anna,
            at=at,
            book=a_book(),
        )

    def mark(self, *events: UUID, at: Any = AT + DAY) -> Any:
        how = {"words": WHY, "by": self.site.anna, "at": at, "book": a_book()}
        return mark_in_error(self.session, self.case_id, events, **how)

    def last(self, kind: EventKind) -> UUID:
        found = [e for e in queries.events_of(self.session, self.case_id) if e.kind is kind]
        return found[-1].id

    @property
    def patient(self) -> Patient:
        return patients.get_patient(self.session, self.patient_id)

    @property
    def ways(self) -> tuple[ContactWay, ...]:
        return self.patient.contact_ways or ()


@pytest.fixture
def who(session: Session) -> AtTheBedside:
    return AtTheBedside(session)


def rung(value: str = OWN) -> tuple[Tried, ...]:
    return (Tried(value=value, how=VerifiedHow.RUNG),)


# --- of age? ----------------------------------------------------------------------------------------


def test_a_birth_date_that_is_asked_for_stands_on_the_person_and_is_planned_by(
    who: AtTheBedside,
) -> None:
    who.write(born_on=date(2012, 6, 1), born_how=BornHow.ESTIMATED)

    assert who.patient.identity is not None
    told = (who.patient.identity.born_on, who.patient.identity.born_how)
    assert told == (date(2012, 6, 1), BornHow.ESTIMATED)
    assert facts_of(queries.events_of(who.session, who.case_id))["minor"] == "yes"


def test_nobody_is_born_tomorrow(who: AtTheBedside) -> None:
    with pytest.raises(BornAhead):
        who.write(born_on=AT.date() + DAY)
    assert who.patient.identity is not None
    assert who.patient.identity.born_on is None


# --- all in one go --------------------------------------------------------------------------------


def test_everything_that_was_answered_stands_where_it_belongs(who: AtTheBedside) -> None:
    own = replace(who.ways[0], safe_to_call=True, safe_to_leave_message=False, best_time="etter 16")
    job = ContactWay(value=JOB, label="jobb", safe_to_call=False)
    who.write(
        consent=Consent.YES,
        ways=(own, job),
        tried=rung(),
        interpreter=True,
        language="nordsamisk",
        plan=PlanAnswer.MADE,
        relatives=Answer.LATER,
        children=Family(children=(Young(born_year=2015),)),
    )

    first, second = who.ways
    assert (first.safe_to_call, first.safe_to_leave_message, first.best_time) == (
        True,
        False,
        "etter 16",
    )
    assert (second.value, second.label, second.safe_to_call) == (JOB, "jobb", False)
    assert second.safe_to_leave_message is None
    tried = first.verified
    assert tried is not None
    assert (tried.on, tried.how, tried.by) == (AT.date(), VerifiedHow.RUNG, who.site.anna.id)
    assert tried.event == who.last(EventKind.NUMBER_VERIFIED)
    assert who.patient.identity is not None
    assert (who.patient.identity.interpreter, who.patient.identity.language) == (True, "nordsamisk")
    for kind in ("verify_number", "ask_contact_consent", "ask_children"):
        assert who.open(kind) == [], kind
    (asked_again,) = who.open("ask_relatives")
    assert asked_again.due_at > AT
    assert not [task for task in who.open("offer_plan") if task.step_key.startswith("gate.")]


def test_where_one_answer_is_refused_none_is_written(who: AtTheBedside) -> None:
    before = who.kinds()
    with pytest.raises(NoSuchNumber), who.session.begin_nested():
        who.write(consent=Consent.YES, tried=rung("+4799999999"))

    assert who.kinds() == before
    assert who.open("ask_contact_consent")


def test_numbers_that_somebody_else_changed_meanwhile_are_not_written_over(
    who: AtTheBedside,
) -> None:
    seen = who.patient.version
    who.write(ways=(*who.ways, ContactWay(value=JOB)))

    with pytest.raises(PatientChanged):
        who.write(ways=(ContactWay(value=OWN, best_time="kveld"),), version=seen)


def test_only_who_sees_the_case_may_write_and_a_hidden_number_is_the_responsible_teams(
    who: AtTheBedside,
) -> None:
    with pytest.raises(OutOfSight):
        who.write(consent=Consent.YES, by=who.site.carl)
    hidden = Identity(full="Kari", protected_address=True)
    patient_service.change_identity(who.session, who.patient_id, hidden, by=who.site.anna, at=AT)
    relate(
        who.session,
        case_id=who.case_id,
        patient_id=who.patient_id,
        team_id=who.site.other_team,
        kind=RelationKind.PARTICIPANT,
        by=who.site.anna,
        at=AT,
    )
    with pytest.raises(NotRevealed):
        who.write(tried=rung(), by=who.site.carl)
    who.write(consent=Consent.YES, by=who.site.carl)
    assert who.open("ask_contact_consent") == []


# --- a plan that waits ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "due"), [(date(2027, 3, 11), date(2027, 3, 11)), (None, date(2027, 3, 8))]
)
def test_a_plan_that_waits_comes_back_on_the_day_that_was_chosen_else_on_the_routines_own(
    who: AtTheBedside, chosen: date | None, due: date
) -> None:
    who.write(plan=PlanAnswer.LATER, plan_again_on=chosen)

    again = [task for task in who.open("offer_plan") if task.step_key == "core.offer_plan"]
    assert [task.due_at.date() for task in again] == [due]


@pytest.mark.parametrize(
    ("on", "refusal"),
    [
        (AT.date(), offering.OfferAgainTooSoon),
        (AT.date() + 93 * DAY, offering.OfferAgainTooLate),
    ],
)
def test_the_day_of_a_plan_that_waits_lies_ahead_and_within_the_routine(
    who: AtTheBedside, on: date, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        who.write(plan=PlanAnswer.LATER, plan_again_on=on)


@pytest.mark.parametrize("answer", [PlanAnswer.MADE, PlanAnswer.DECLINED, None])
def test_no_other_answer_about_the_plan_has_such_a_day(
    who: AtTheBedside, answer: PlanAnswer | None
) -> None:
    with pytest.raises(PlanAgainWithoutLater):
        who.write(consent=Consent.YES, plan=answer, plan_again_on=date(2027, 3, 11))


def test_a_plan_that_was_declined_is_offered_again_when_it_would_have_been_gone_through(
    who: AtTheBedside,
) -> None:
    who.write(plan=PlanAnswer.DECLINED)

    [again] = [task for task in who.open("offer_plan") if task.step_key != "gate.plan_offered"]
    assert (again.step_key, again.due_at.date()) == ("core.offer_plan", AT.date() + 30 * DAY)


def test_relatives_are_asked_about_again_on_the_day_that_was_chosen(who: AtTheBedside) -> None:
    who.write(relatives=Answer.LATER, relatives_again_on=date(2027, 3, 11))

    assert date(2027, 3, 11) in {task.due_at.date() for task in who.open("ask_relatives")}


@pytest.mark.parametrize(
    ("answer", "on"),
    [(Answer.AGREED, date(2027, 3, 11)), (None, date(2027, 3, 11)), (Answer.LATER, AT.date())],
)
def test_a_day_for_asking_about_relatives_again_lies_ahead_and_belongs_to_the_wait(
    who: AtTheBedside, answer: Answer | None, on: date
) -> None:
    with pytest.raises(AskAgainAhead):
        who.write(consent=Consent.YES, relatives=answer, relatives_again_on=on)


# --- contact consent ------------------------------------------------------------------------------


def test_not_now_comes_back_on_its_day_and_never_by_itself_goes_away(who: AtTheBedside) -> None:
    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 10))

    (again,) = who.open("ask_contact_consent")
    assert again.due_at.date() == date(2027, 3, 10)
    assert again.step_key == "core.ask_contact_consent"
    assert again.satisfied_by == ("contact_consent_asked",)

    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 17), at=AT + DAY)
    (once_more,) = who.open("ask_contact_consent")
    assert once_more.due_at.date() == date(2027, 3, 17)

    who.write(consent=Consent.YES, at=AT + 2 * DAY)
    assert who.open("ask_contact_consent") == []


def test_a_reported_death_ends_the_question_and_its_refutation_asks_it_again(
    who: AtTheBedside,
) -> None:
    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 10))
    (asked,) = who.open("ask_contact_consent")
    assert asked.strength == "should"

    who.record(EventKind.DEATH_REPORTED, at=AT + HOUR)
    assert who.open("ask_contact_consent") == []
    who.record(EventKind.DEATH_REFUTED, at=AT + 2 * HOUR, by=who.site.berit)
    assert [task.id for task in who.open("ask_contact_consent")] == [asked.id]


def test_not_now_until_a_closed_day_is_not_asked_before_it_but_first_thing_after(
    who: AtTheBedside,
) -> None:
    calls = {task.id: task.due_at for task in who.open("call_patient")}
    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 14))  # a Sunday

    (again,) = who.open("ask_contact_consent")
    assert again.due_at == datetime(2027, 3, 15, 7, tzinfo=UTC)  # Monday, as the team opens
    assert again.due_reason["moved"] == "later"
    assert {task.id: task.due_at for task in who.open("call_patient")} == calls


def test_nobody_is_reminded_of_the_question_before_the_day_that_the_person_chose(
    who: AtTheBedside,
) -> None:
    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 10))
    (again,) = who.open("ask_contact_consent")

    plan = who.session.scalars(sa.select(TaskRow.rung_plan).where(TaskRow.id == again.id)).one()
    assert plan[0] == ["2027-03-10 07:00:00.000000", "owner"]

    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 14), at=AT + DAY)  # a Sunday
    (again,) = who.open("ask_contact_consent")
    plan = who.session.scalars(sa.select(TaskRow.rung_plan).where(TaskRow.id == again.id)).one()
    assert plan[0] == ["2027-03-15 07:00:00.000000", "owner"]


def test_not_now_without_a_day_is_asked_within_a_week(who: AtTheBedside) -> None:
    saying.tell(
        who.session,
        who.case_id,
        EventKind.CONTACT_CONSENT_ASKED,
        facts={"contact_consent": "later"},
        by=who.site.anna,
        at=AT,
        book=a_book(),
    )

    (again,) = who.open("ask_contact_consent")
    assert AT < again.due_at <= AT + 7 * DAY


def test_a_no_ends_nothing_and_somebody_looks_at_the_case(who: AtTheBedside) -> None:
    calls = {task.id for task in who.open("call_patient")}
    who.write(consent=Consent.NO, consent_words="vil være i fred")

    assert {task.id for task in who.open("call_patient")} == calls
    assert who.open("ask_contact_consent") == []
    assert len(who.open("review_case")) == 1


def test_a_not_now_that_was_a_mistake_takes_its_task_with_it(who: AtTheBedside) -> None:
    who.write(consent=Consent.LATER, ask_again_on=date(2027, 3, 10))
    who.mark(who.last(EventKind.CONTACT_CONSENT_ASKED))

    assert [task.step_key for task in who.open("ask_contact_consent")] == [
        "gate.contact_consent_asked"
    ]


# --- mistakes are put back ------------------------------------------------------------------------


def test_a_number_that_was_not_tried_after_all_is_verified_as_before(who: AtTheBedside) -> None:
    who.write(tried=rung())
    first = who.last(EventKind.NUMBER_VERIFIED)
    who.write(tried=(Tried(value=OWN, how=VerifiedHow.TEXTED),), at=AT + HOUR)
    second = who.last(EventKind.NUMBER_VERIFIED)
    assert who.ways[0].verified_how is VerifiedHow.TEXTED

    who.mark(second)
    assert who.ways[0].verified_how is VerifiedHow.RUNG

    who.mark(first)
    assert who.ways[0].verified is None
    assert who.open("verify_number")


@pytest.mark.parametrize("before", [None, False])
def test_an_interpreter_that_was_not_asked_about_is_as_known_before(
    who: AtTheBedside, before: bool | None
) -> None:
    if before is not None:
        who.write(interpreter=before)
    who.write(interpreter=True, at=AT + HOUR)
    who.mark(who.last(EventKind.INTERPRETER_ASKED))

    assert who.patient.identity is not None
    assert who.patient.identity.interpreter is before


def test_an_older_answer_about_an_interpreter_leaves_the_newer_one(who: AtTheBedside) -> None:
    who.write(interpreter=True)
    older = who.last(EventKind.INTERPRETER_ASKED)
    who.write(interpreter=False, at=AT + HOUR)
    who.mark(older)

    assert who.patient.identity is not None
    assert who.patient.identity.interpreter is False


def test_what_was_asked_of_the_wrong_person_goes_to_the_right_one(who: AtTheBedside) -> None:
    right = an_open_case(who.session, who.site, at=MONDAY).case.patient_id
    two = Family(children=(Young(born_year=2015), Young()))
    who.write(children=two, tried=rung())
    moving = [who.last(EventKind.CHILDREN_ASKED), who.last(EventKind.NUMBER_VERIFIED)]
    how: dict[str, Any] = {"words": WHY, "by": who.site.anna, "at": AT + DAY, "book": a_book()}

    move_to_right_person(who.session, who.case_id, moving, to_patient_id=right, **how)

    assert near.find_family(who.session, who.patient_id, tenant_id=who.site.tenant) is None
    assert near.find_family(who.session, right, tenant_id=who.site.tenant) == (two, AT)
    assert who.ways[0].verified is None
    there = queries.find_open_case(who.session, tenant_id=who.site.tenant, patient_id=right)
    assert there is not None
    told = [event.kind for event in queries.events_of(who.session, there.id)]
    assert EventKind.CHILDREN_ASKED in told
    assert EventKind.NUMBER_VERIFIED not in told, "nobody has tried the number of that person"


def test_a_number_that_was_tried_goes_only_to_whoever_has_it(who: AtTheBedside) -> None:
    right = an_open_case(who.session, who.site, at=MONDAY).case
    who.write(tried=rung())
    how: dict[str, Any] = {"words": WHY, "by": who.site.anna, "at": AT + DAY, "book": a_book()}
    how["to_patient_id"] = right.patient_id
    with pytest.raises(NotTheirNumber):
        move_to_right_person(who.session, who.case_id, [who.last(EventKind.NUMBER_VERIFIED)], **how)

    theirs = (ContactWay(value=OWN),)
    common: Any = {"by": who.site.anna, "at": AT}
    patient_service.add_contact_ways(who.session, right.patient_id, theirs, **common)
    move_to_right_person(who.session, who.case_id, [who.last(EventKind.NUMBER_VERIFIED)], **how)

    [way] = (
        patients.get_patient(who.session, right.patient_id, tenant_id=who.site.tenant).contact_ways
        or ()
    )
    assert way.verified is not None
    assert who.ways[0].verified is None


@pytest.mark.parametrize("said", [{}, {"phone": OWN}, {"how": "rung"}, {"phone": OWN, "how": "?"}])
def test_a_number_that_nobody_names_or_says_how_they_tried_is_not_checked(
    who: AtTheBedside, said: dict[str, str]
) -> None:
    how: dict[str, Any] = {"by": who.site.anna, "at": AT, "book": a_book()}

    with pytest.raises(NumberNeeded):
        saying.tell(who.session, who.case_id, EventKind.NUMBER_VERIFIED, words=said, **how)
    tried = {"phone": JOB, "how": "rung"}
    with pytest.raises(NoSuchNumber):
        saying.tell(who.session, who.case_id, EventKind.NUMBER_VERIFIED, words=tried, **how)


# --- left before assessment -----------------------------------------------------------------------


def leaves(who: Followed) -> None:
    leave_before_assessment(
        who.session,
        who.case_id,
        words="gikk ut for å røyke",
        by=who.site.anna,
        at=AT,
        book=a_book(),
    )


def test_whoever_left_unassessed_is_called_and_assessed_and_never_dropped(session: Session) -> None:
    who = Followed(session)
    leaves(who)

    reach = [task for task in who.open("call_patient") if task.step_key == "left-reached"]
    assert [task.due_at <= AT + DAY for task in reach] == [True]
    assert [task.strength for task in who.open("assess_risk")].count("must") >= 1

    who.record(EventKind.REACHED, at=AT + HOUR, channel="phone", direction="out")
    assert [task for task in who.open("call_patient") if task.step_key == "left-reached"] == []
    assert who.open("assess_risk")

    who.record(EventKind.RISK_ASSESSED, at=AT + 2 * HOUR)
    assert who.open("assess_risk") == []


def test_where_no_discharge_stood_leaving_is_one_and_all_that_it_asks_for_is_owed(
    session: Session,
) -> None:
    who = Followed(session)
    here = an_open_case(session, who.site, at=MONDAY).case.id
    done = leave_before_assessment(session, here, by=who.site.anna, at=AT, book=a_book())

    kinds = [event.kind for event in done.events]
    assert kinds[:2] == [EventKind.LEFT_BEFORE_ASSESSMENT, EventKind.DISCHARGED]
    owed = {task.step_key for task in done.new if task.is_open}
    assert {
        "gate.risk_assessed",
        "gate.receiver_named",
        "gate.summary_sent",
        "left-reached",
    } <= owed
    assert "left-assessed" not in owed  # the gate carries it on


def test_the_case_says_that_somebody_left_unassessed_until_somebody_has_assessed(
    session: Session,
) -> None:
    who = Followed(session)

    def stands() -> bool:
        shown = casefile.case_file(
            session, who.case_id, by=who.site.anna, at=AT + DAY, book=a_book()
        )
        return shown.left_unassessed is not None

    assert not stands()
    leaves(who)
    assert stands()
    who.record(EventKind.RISK_ASSESSED, at=AT + HOUR)
    assert not stands()


def test_the_case_says_what_each_relative_may_be_told_and_so_does_what_goes_outside(
    who: AtTheBedside,
) -> None:
    to_outside: dict[str, Any] = {
        "sender": Sender(organisation="Sykehuset", team="Teamet", person="Anna"),
        "outside": Outside(id=who.case_id, tenant_id=who.site.tenant, organisation="Kommunen"),
        "words": "",
        "at": AT,
    }
    mother = relatives.add_relative(
        who.session, who.patient_id, name="Inga", by=who.site.anna, at=AT
    )

    shown = casefile.case_file(who.session, who.case_id, by=who.site.anna, at=AT, book=a_book())

    assert shown.age.band.value == "unknown"
    assert content(shown, **to_outside)["relatives"] == []
    assert {one.why.value for one in shown.told[mother.id]} == {"general", "age_unknown"}

    born = Identity(full="Sunna", born_on=date(2012, 6, 1), born_how=BornHow.REGISTER)
    patient_service.change_identity(who.session, who.patient_id, born, by=who.site.anna, at=AT)
    relatives.change_relative(
        who.session,
        mother.id,
        carer=Carer.PARENTAL_RESPONSIBILITY,
        phone="99001122",
        by=who.site.anna,
        at=AT,
    )
    grown = casefile.case_file(who.session, who.case_id, by=who.site.anna, at=AT, book=a_book())
    (out,) = content(grown, **to_outside)["relatives"]
    assert out["may_be_told"] == ["responsibility", "contact", "appointments", "plan", "condition"]
    assert (out["carer"], out["phone"]) == ("parental_responsibility", "99001122")


@pytest.mark.parametrize(("words", "refused"), [("", True), ("Vil tenke på det.", False)])
def test_an_answer_that_a_pack_takes_in_words_is_refused_at_the_bedside_without_them(
    who: AtTheBedside, words: str, refused: bool
) -> None:
    asked = CaseField(
        key="x_why",
        label={"nb": "Passer det?"},
        options=(Option(value="no", label={}, in_words=True), Option(value="yes", label={})),
        asked_with=("contact_consent_asked",),
        used_by=("x.step",),
    )
    facts = {EventKind.CONTACT_CONSENT_ASKED: {"x_why": "no"}}
    said = Bedside(consent=Consent.YES, consent_words=words, facts=facts)
    how: dict[str, Any] = {"by": who.site.anna, "at": AT}
    book = replace(a_book(), fields=(asked,))

    with pytest.raises(AnswerInWords) if refused else nullcontext():
        write_bedside(who.session, who.case_id, said, **how, book=book)
