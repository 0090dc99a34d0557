"""Nobody falls out of a list: each refused row is owed, dated and counted until it is decided."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service import saying
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.takeover import service
from bindeledd.features.takeover.domain import Decision, Why, WhyNot
from bindeledd.features.takeover.domain.refusals import (
    LeadSigns,
    NotFollowed,
    RowDecided,
    RowNotOwed,
    StillRefused,
    TakeoverNotFound,
    WasUndone,
    WordsNeeded,
)
from bindeledd.features.takeover.tables import RowDecisionRow
from bindeledd.features.tasks.tables import TaskRow
from builders import MONDAY, a_book, a_member
from features.takeover.builders import (
    ANE,
    BO,
    CATO,
    DAY,
    HOUR,
    a_row,
    a_test_site,
    csv_of,
    taken_over,
)
from features.takeover.test_service import alerts_of, open_tasks, statement, sweep

LATER = MONDAY + HOUR
WORDS = {"words": "Samtale"}
BODIL = a_row(number=BO, given="Bodil", owner="Ukjent")
CATOS = a_row(number=CATO, given="Cato", reached="i går")


@pytest.fixture
def site(session):
    return a_test_site(session)


def signed(session, site, *rows, at=MONDAY):
    """Signed by Berit; row 2 is Ane and taken, the others stand in the order given."""
    done = taken_over(session, site, csv_of(a_row(), *rows))
    service.sign(session, done.takeover.id, by=site.berit, at=at, book=a_book())
    return done.takeover.id


def waiting(session, takeover_id):
    asked = sa.select(TaskRow).where(
        TaskRow.kind == "decide_refused",
        TaskRow.subject_id == takeover_id,
        TaskRow.state == "open",
    )
    return session.scalars(asked.execution_options(populate_existing=True)).all()


def undecided(session, site, at=MONDAY):
    said = rollcall.derive(session, site.tenant, silences=silences_of(a_book()), at=at)
    return said.beside.takeover_rows_undecided


def elsewhere(session, site, takeover_id, number=3, **more):
    said = {"reason": WhyNot.ELSEWHERE, "words": "DPS Stjørdal, ringt", "by": site.berit}
    service.refuse_row(session, takeover_id, number, **{**said, "at": LATER, **more})


def corrected(session, site, takeover_id, line=3, **cells):
    fixed = {**BODIL, "owner": "Anna", **cells}
    known = {"by": site.berit, "at": LATER, "book": a_book()}
    service.take_in(session, takeover_id, line, cells=fixed, **known)


# --- what is owed for a refused row -----------------------------------------------------------------


def test_refused_rows_are_owed_by_whoever_signed_and_counted_until_each_is_decided(session, site):
    takeover_id = signed(session, site, BODIL, CATOS)

    (task,) = waiting(session, takeover_id)
    assert (task.owner_team_id, task.held_by) == (site.team, site.berit.id)
    assert MONDAY < task.due_at <= MONDAY + 4 * DAY
    assert task.case_id is None
    assert undecided(session, site) == 2
    elsewhere(session, site, takeover_id, 3)
    assert (len(waiting(session, takeover_id)), undecided(session, site)) == (1, 1)
    elsewhere(session, site, takeover_id, 4)
    assert (waiting(session, takeover_id), undecided(session, site)) == ([], 0)
    assert statement(session, site, MONDAY).complete


def test_they_are_counted_before_the_signature_too_and_the_signature_answers_for_them(
    session, site
):
    taken_over(session, site, csv_of(a_row(), BODIL))

    said = statement(session, site, MONDAY)

    assert (said.beside.takeovers_unsigned, said.beside.takeover_rows_undecided) == (1, 1)


def test_nobody_who_waits_on_a_refused_row_is_forgotten(session, site):
    takeover_id = signed(session, site, BODIL)
    (task,) = waiting(session, takeover_id)

    sweep(session, MONDAY + 30 * DAY)

    raised = sa.text("SELECT COUNT(*) FROM alerts WHERE task_id = :id").bindparams(
        sa.bindparam("id", task.id, sa.Uuid())
    )
    assert session.scalar(raised) > 0


def test_where_nothing_was_refused_nothing_is_owed(session, site):
    takeover_id = signed(session, site)

    assert waiting(session, takeover_id) == []


def test_whoever_is_followed_already_needs_no_answer(session, site):
    taken_over(session, site, csv_of(a_row(number=BO, given="Bodil")))
    takeover_id = signed(session, site, a_row(family="Dobbel"), {**BODIL, "owner": "Anna"})

    assert waiting(session, takeover_id) == []
    with pytest.raises(RowNotOwed):
        elsewhere(session, site, takeover_id, 3)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tasks SET state = 'done', ended_at = made_at WHERE kind = 'decide_refused'",
        "UPDATE takeover_decisions SET decision = 'taken_in'",
        "DELETE FROM takeover_decisions",
    ],
)
def test_the_database_keeps_what_waits_and_what_was_said(session, site, sql):
    takeover_id = signed(session, site, BODIL, CATOS)
    elsewhere(session, site, takeover_id, 3)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(sa.text(sql))


# --- the three answers ------------------------------------------------------------------------------


def test_a_corrected_row_becomes_a_follow_up_that_is_raised_as_every_other(session, site):
    takeover_id = signed(session, site, BODIL)

    corrected(session, site, takeover_id)

    said = session.scalars(sa.select(RowDecisionRow)).one()
    assert (said.decision, said.decided_by) == (Decision.TAKEN_IN, site.berit.id)
    assert {task.held_by for task in open_tasks(session, said.case_id)} == {site.anna.id}
    assert waiting(session, takeover_id) == []
    sweep(session, MONDAY + 30 * DAY)
    assert alerts_of(session, said.case_id) > 0


def test_a_row_that_is_still_wrong_says_where_and_stays_owed(session, site):
    takeover_id = signed(session, site, BODIL)

    with pytest.raises(StillRefused) as refused:
        corrected(session, site, takeover_id, owner="Ingen", index="ulykke")

    assert {(one.column, one.why) for one in refused.value.reasons} == {
        ("owner", Why.STAFF_UNKNOWN),
        ("index", Why.NOT_A_CHOICE),
    }
    assert "Ingen" not in str(refused.value)
    assert undecided(session, site) == 1


def test_whoever_turns_out_to_be_followed_is_said_to_be_and_not_doubled(session, site):
    takeover_id = signed(session, site, BODIL)

    corrected(session, site, takeover_id, number=ANE)

    said = session.scalars(sa.select(RowDecisionRow)).one()
    assert said.decision == Decision.FOLLOWED
    assert case_queries.get_case(session, said.case_id, tenant_id=site.tenant).is_open


def test_a_list_taken_over_anew_lets_the_old_row_be_recognised(session, site):
    takeover_id = signed(session, site, BODIL)
    again = taken_over(session, site, csv_of({**BODIL, "owner": "Anna"}))

    shown = service.show_refused(session, takeover_id, 3, by=site.berit, at=LATER)
    service.say_followed(session, takeover_id, 3, by=site.berit, at=LATER)

    assert shown.followed is not None
    assert (shown.followed.case_id, shown.followed_name) == (again.rows[0].case_id, "Bodil Prøve")
    assert undecided(session, site) == 0


def test_somebody_of_the_same_name_and_another_number_is_somebody_else(session, site):
    takeover_id = signed(session, site, BODIL)
    taken_over(session, site, csv_of(a_row(number=CATO, given="Bodil")))

    with pytest.raises(NotFollowed):
        service.say_followed(session, takeover_id, 3, by=site.berit, at=LATER)


def test_that_a_row_becomes_no_follow_up_is_said_in_words_and_kept(session, site):
    takeover_id = signed(session, site, BODIL)

    for said in ({"reason": None}, {"words": " "}):
        with pytest.raises(WordsNeeded):
            elsewhere(session, site, takeover_id, **said)
    elsewhere(session, site, takeover_id)

    shown = service.show_refused(session, takeover_id, 3, by=site.berit, at=LATER).row
    assert (shown.decided.reason, shown.decided.words) == (WhyNot.ELSEWHERE, "DPS Stjørdal, ringt")
    with pytest.raises(RowDecided):
        elsewhere(session, site, takeover_id)


def test_a_row_is_decided_before_the_signature_too_and_then_nothing_is_left_to_owe(session, site):
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    elsewhere(session, site, unsigned)

    assert undecided(session, site) == 0
    service.sign(session, unsigned, by=site.berit, at=LATER, book=a_book())
    assert waiting(session, unsigned) == []


def test_what_is_taken_in_before_the_signature_raises_nothing_until_it(session, site):
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    corrected(session, site, unsigned)
    decision = session.scalars(sa.select(RowDecisionRow)).one()
    sweep(session, MONDAY + 30 * DAY)
    assert alerts_of(session, decision.case_id) == 0
    said = statement(session, site, MONDAY + 30 * DAY)
    assert said.complete, said.remainder

    service.sign(session, unsigned, by=site.berit, at=MONDAY + 30 * DAY, book=a_book())
    sweep(session, MONDAY + 30 * DAY + HOUR)
    assert alerts_of(session, decision.case_id) > 0


def test_a_row_put_right_before_the_signature_stands_in_what_is_signed(session, site):
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    corrected(session, site, unsigned)
    decision = session.scalars(sa.select(RowDecisionRow)).one()
    for signed in (False, True):
        if signed:
            service.sign(session, unsigned, by=site.berit, at=LATER, book=a_book())
        shown = service.show_takeover(session, unsigned, by=site.berit, at=LATER)
        taken, right = shown.taken.rows
        assert (taken.decided, right.decided.by) == (None, decision.decided_by)
        assert (right.case_id, right.patient_id) == (decision.case_id, decision.patient_id)
        assert right.cells["owner"] == "Anna", "as it was put right"
        assert right.reasons, "and why it was refused first"
        assert right.case_state == "open"
        assert right.first is not None
        (refused,) = shown.refused.rows
        assert (refused.number, refused.cells["owner"]) == (right.number, BODIL["owner"])


def test_a_row_put_right_after_the_signature_was_not_signed(session, site):
    signed = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    service.sign(session, signed, by=site.berit, at=MONDAY, book=a_book())
    corrected(session, site, signed)
    shown = service.show_takeover(session, signed, by=site.berit, at=LATER)
    assert [row.decided for row in shown.taken.rows] == [None]


def test_what_was_taken_in_before_the_signature_is_undone_with_the_others(session, site):
    second = a_member(session, site.tenant, site.team, "eli", "lead", MONDAY)
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    corrected(session, site, unsigned)
    decision = session.scalars(sa.select(RowDecisionRow)).one()
    ask = {"by": site.berit, "at": LATER, "book": a_book()}
    service.ask_undo(session, unsigned, words="Feil", **ask)
    service.undo(session, unsigned, by=second, at=LATER, book=a_book())

    case = case_queries.get_case(session, decision.case_id, tenant_id=site.tenant)
    assert not case.is_open
    with pytest.raises(WasUndone):
        elsewhere(session, site, unsigned)


def test_only_a_lead_of_the_team_decides(session, site):
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL)).takeover.id
    service.sign(session, unsigned, by=site.berit, at=MONDAY, book=a_book())
    for by, kind in (
        (site.anna, LeadSigns),
        (site.system, LeadSigns),
        (site.dina, TakeoverNotFound),
    ):
        with pytest.raises(kind):
            elsewhere(session, site, unsigned, by=by)
    assert undecided(session, site) == 1


def test_what_was_undone_owes_nothing_for_its_refused_rows(session, site):
    second = a_member(session, site.tenant, site.team, "eli", "lead", MONDAY)
    done = taken_over(session, site, csv_of(a_row(), BODIL))
    service.ask_undo(
        session, done.takeover.id, words="Feil", by=site.berit, at=LATER, book=a_book()
    )
    service.undo(session, done.takeover.id, by=second, at=LATER, book=a_book())

    assert undecided(session, site, LATER) == 0


# --- whoever was followed by a take-over that was undone --------------------------------------------


def undo(session, site, takeover_id, at=LATER, name="eli"):
    second = a_member(session, site.tenant, site.team, name, "lead", MONDAY)
    how = {"at": at, "book": a_book()}
    service.ask_undo(session, takeover_id, words="Feil liste", by=site.berit, **how)
    service.undo(session, takeover_id, by=second, **how)


def followed_then(session, site):
    """Bodil's follow-up, of a take-over that nobody has signed, and a list that names her too."""
    return taken_over(session, site, csv_of(a_row(number=BO, given="Bodil")))


BODIL_TOO = {**BODIL, "owner": "Anna"}


def test_whoever_was_followed_by_what_is_undone_is_owed_by_whoever_signed_the_other_list(
    session, site
):
    first = followed_then(session, site)
    takeover_id = signed(session, site, BODIL_TOO)
    undo(session, site, first.takeover.id)

    (task,) = waiting(session, takeover_id)
    assert (task.owner_team_id, task.held_by) == (site.team, site.berit.id)
    assert task.due_at > LATER
    assert undecided(session, site, LATER) == 1
    assert statement(session, site, LATER).complete


def test_whoever_was_followed_by_what_is_undone_is_no_longer_said_to_be(session, site):
    first = followed_then(session, site)
    takeover_id = signed(session, site, BODIL_TOO)
    undo(session, site, first.takeover.id)

    shown = service.show_takeover(session, takeover_id, by=site.berit, at=LATER)
    assert (shown.takeover.accounted, shown.takeover.undecided) == (0, 1)
    assert [(row.undecided, row.reopened) for row in shown.refused.rows] == [(True, True)]


def test_a_row_that_waits_anew_becomes_a_follow_up_and_ends_the_task(session, site):
    first = followed_then(session, site)
    takeover_id = signed(session, site, BODIL_TOO)
    undo(session, site, first.takeover.id)

    corrected(session, site, takeover_id)

    said = session.scalars(sa.select(RowDecisionRow)).one()
    assert said.decision == Decision.TAKEN_IN
    assert (waiting(session, takeover_id), undecided(session, site)) == ([], 0)


def test_a_row_that_waits_anew_stands_by_the_task_that_others_wait_by(session, site):
    first = followed_then(session, site)
    takeover_id = signed(session, site, BODIL_TOO, CATOS)
    undo(session, site, first.takeover.id)
    elsewhere(session, site, takeover_id, 4)

    assert (len(waiting(session, takeover_id)), undecided(session, site)) == (1, 1)


def test_before_the_signature_a_row_that_waits_anew_is_owed_with_it(session, site):
    first = followed_then(session, site)
    unsigned = taken_over(session, site, csv_of(a_row(), BODIL_TOO)).takeover.id
    undo(session, site, first.takeover.id)
    assert (waiting(session, unsigned), undecided(session, site)) == ([], 1)

    service.sign(session, unsigned, by=site.berit, at=LATER, book=a_book())

    assert len(waiting(session, unsigned)) == 1
    assert statement(session, site, LATER).complete


def test_whoever_stays_followed_when_it_is_undone_waits_for_nobody(session, site):
    first = followed_then(session, site)
    takeover_id = signed(session, site, BODIL_TOO)
    how = {"by": site.anna, "at": LATER, "book": a_book()}
    saying.tell(session, first.rows[0].case_id, EventKind.RISK_ASSESSED, words=WORDS, **how)
    undo(session, site, first.takeover.id, at=LATER + HOUR)

    assert (waiting(session, takeover_id), undecided(session, site)) == ([], 0)


def test_a_row_of_what_was_undone_too_is_said_to_be_followed_by_nobody(session, site):
    first = followed_then(session, site)
    other = taken_over(session, site, csv_of(a_row(), BODIL_TOO)).takeover.id
    undo(session, site, other)
    undo(session, site, first.takeover.id, name="frida")

    shown = service.show_takeover(session, other, by=site.berit, at=LATER)
    assert (shown.takeover.accounted, shown.takeover.undecided) == (0, 0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tasks SET state = 'done', ended_at = made_at WHERE kind = 'decide_refused'",
        "UPDATE takeover_reopened SET task_id = NULL",
        "DELETE FROM takeover_reopened",
    ],
)
def test_the_database_keeps_what_waits_anew(session, site, sql):
    first = followed_then(session, site)
    signed(session, site, BODIL_TOO)
    undo(session, site, first.takeover.id)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(sa.text(sql))


# --- the comparison ---------------------------------------------------------------------------------


def test_each_row_says_what_its_follow_up_owes_first(session, site):
    done = taken_over(session, site, csv_of(a_row(reached=""), BODIL))

    shown = service.show_takeover(session, done.takeover.id, by=site.berit, at=MONDAY)

    (row,) = shown.taken.rows
    owed = open_tasks(session, row.case_id)
    earliest = min(owed, key=lambda task: (task.due_at, task.kind))
    assert (row.first.kind, row.first.due_at) == (earliest.kind, earliest.due_at)
    assert done.rows[0].first == row.first
    assert [one.undecided for one in shown.refused.rows] == [True]


def test_a_long_list_is_shown_in_parts_that_go_on_where_the_last_ended(session, site):
    rows = [BODIL, CATOS, a_row(number=BO, given="Bodil"), a_row(number=CATO, given="Cato")]
    done = taken_over(session, site, csv_of(a_row(), *rows))

    def part(**after):
        return service.show_takeover(
            session, done.takeover.id, by=site.berit, at=MONDAY, limit=2, **after
        )

    assert [row.number for row in part().taken.rows] == [2, 5]
    assert part().taken.next == 5
    assert [row.number for row in part(taken_after=5).taken.rows] == [6]
    assert part(taken_after=5).taken.next is None
    assert [row.number for row in part().refused.rows] == [3, 4]
    assert part().refused.next is None
