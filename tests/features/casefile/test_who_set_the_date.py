"""Every task says who or what set its date: the rule and its source, or the person by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain.explaining import due_because, whom_it_names
from bindeledd.features.casefile.service import case_file
from bindeledd.features.casefile.service.reasons import explain_case
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.service import adding, owing, work
from bindeledd.features.contacts.domain import NewContact, Outcome
from bindeledd.features.contacts.service import register_contact
from bindeledd.features.pathways.domain.words import TASKS
from bindeledd.features.staff.domain import command
from builders import MONDAY, Followed, a_book
from features.casefile.test_domain import a_task

HOUR = timedelta(hours=1)
# What the product itself may owe after an event, with the facts that bring it into play.
AFTER: dict[str, tuple[EventKind, dict[str, Any]]] = {
    "confirm_death": (EventKind.DEATH_REPORTED, {}),
    "sign_closing": (EventKind.CLOSING_REQUESTED, {}),
    "answer_call": (EventKind.CALLED_IN, {}),
    "acute_concern": (EventKind.ACUTE_CONCERN, {}),
    "follow_up_handover": (EventKind.HANDOVER_SENT, {"to_outside": True}),
    "ask_whether_met": (EventKind.HANDOVER_ACCEPTED, {"to_outside": True}),
    "correct_epj": (EventKind.CLOSING_REQUESTED, {"in_epj": ["note"]}),
}


def sentences(follow: Followed, kind: str, *, nth: int = -1) -> dict[str, str]:
    """What the tasks of that kind say of their date: the newest one, by code."""
    found = explain_case(
        follow.session, follow.case_id, by=command(follow.site.tenant), at=MONDAY + 9 * HOUR,
        book=a_book(),
    )  # fmt: skip
    of = [one for one in found.tasks if one.task.kind == kind]
    newest = sorted(of, key=lambda one: (one.task.made_at, one.task.origin == "person"))[nth]
    return {said.code: said.text for said in newest.owed.due_because}


@pytest.mark.parametrize("kind", sorted(TASKS))
def test_no_task_that_a_rule_makes_says_that_a_person_set_its_date(
    session: Session, kind: str
) -> None:
    follow = Followed(session)
    done = follow.record(EventKind.SUMMARY_WRITTEN, at=MONDAY + HOUR)
    made = owing.see_that_it_is_owed(
        session,
        done,
        kind,
        words={"because": "this"},
        about={"appointment_id": follow.case_id},
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    assert kind in {task.kind for task in (*made.new, *follow.tasks())}
    for nth in range(sum(task.kind == kind for task in follow.tasks())):
        said = sentences(follow, kind, nth=nth)
        assert said
        assert not {"person_chose", "named_chose"} & said.keys(), said
        assert {"default", "source", "longest_silence"} & said.keys(), said
        assert not any("{" in text for text in said.values())


@pytest.mark.parametrize("kind", sorted(AFTER))
def test_what_the_product_owes_after_an_event_says_its_rule(session: Session, kind: str) -> None:
    follow = Followed(session)
    event, facts = AFTER[kind]
    follow.record(event, at=MONDAY + HOUR, **facts)
    said = sentences(follow, kind)
    assert any(code.startswith("counted_") for code in said)
    assert not {"person_chose", "named_chose"} & said.keys()


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.NUMBER_NOT_IN_SERVICE, "verify_number"),
        (Outcome.EMERGENCY_SERVICES_CALLED, "clinician_decides"),
        (Outcome.ABROAD, "review_case"),
        (Outcome.INTERPRETER_NOT_AVAILABLE, "free"),
    ],
)
def test_what_a_call_leaves_owed_says_that_the_day_does(
    session: Session, outcome: Outcome, kind: str
) -> None:
    follow = Followed(session)
    new = NewContact(outcome=outcome)
    register_contact(
        session, follow.case_id, new, by=follow.site.anna, at=MONDAY + HOUR, book=a_book()
    )
    said = sentences(follow, kind)
    assert {"same_day", "counted_end_of_day", "counted_within"} & said.keys()
    assert "default" in said
    assert not {"person_chose", "named_chose"} & said.keys()


def test_a_date_that_a_person_chose_names_that_person(session: Session) -> None:
    follow = Followed(session)
    work.add_task(
        session,
        follow.case_id,
        due_at=MONDAY + 30 * HOUR,
        words={"words": "Ring fastlegen"},
        by=follow.site.anna,
        at=MONDAY + HOUR,
        book=a_book(),
    )
    assert "Anna" in sentences(follow, "free")["named_chose"]


def test_whoever_brought_it_forward_or_chose_the_day_of_a_new_offer_is_named(
    session: Session,
) -> None:
    follow = Followed(session)
    who = {"by": follow.site.berit, "at": MONDAY + HOUR, "book": a_book()}
    no = NewContact(outcome=Outcome.DECLINED_THIS_TIME, offer_again_on=date(2027, 3, 10))
    done = register_contact(session, follow.case_id, no, **who)
    [offer] = [task for task in done.recorded.new if task.step_key == "offer-again"]
    assert "Berit" in sentences(follow, "call_patient")["named_day_by"]

    sooner = {"due_at": MONDAY + 30 * HOUR, "words": {"words": "Haster"}}
    work.bring_forward(session, follow.case_id, offer.id, **sooner, **who)
    calls = sum(task.kind == "call_patient" for task in follow.tasks())
    said = [sentences(follow, "call_patient", nth=nth) for nth in range(calls)]
    assert [one["task_brought_forward_by"] for one in said if "named_day_by" in one] == [
        "Berit har flyttet den frem."
    ]


def test_a_case_opens_though_no_member_made_a_task_or_moved_its_day(session: Session) -> None:
    follow = Followed(session)
    shell = command(follow.site.tenant)
    by_list = adding.Wanted(
        due_at=MONDAY + 30 * HOUR, reason={"rule": "list"}, words={"words": "Ring"}
    )
    how = {"by": shell, "at": MONDAY + HOUR, "book": a_book()}
    done = adding.add_tasks(follow.session, follow.case_id, [by_list], **how)
    sooner = {"due_at": MONDAY + 20 * HOUR, "words": {"words": "Haster"}}
    work.bring_forward(session, follow.case_id, done.new[0].id, **sooner, **how)
    assert {"list", "task_brought_forward"} <= sentences(follow, "free").keys()
    assert case_file(session, follow.case_id, by=follow.site.anna, at=MONDAY + HOUR, book=a_book())


def test_a_reason_that_was_kept_without_a_member_names_nobody() -> None:
    assert whom_it_names({"rule": "list", "by": "None", "moved_by": None}) == frozenset()


def test_the_date_of_a_list_is_not_said_to_be_chosen_by_anybody() -> None:
    found = due_because(a_task(rule="list", moved="takeover"))
    assert [one.code for one in found] == ["list", "counted_from_takeover"]
