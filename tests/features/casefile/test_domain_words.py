"""What a line of the history says of a code: in words, with the rule that it tells of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.pages.words import given, task_of
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.past import Past
from bindeledd.features.tasks.domain import Task, TaskOrigin
from builders import MONDAY, a_book


def a_line(kind: str, /, **facts: Any) -> Happened:
    return Happened(
        id=UUID(int=1),
        kind=kind,
        at=MONDAY,
        date_only=False,
        recorded_at=MONDAY,
        recorded_by=None,
        source="core",
        facts=facts,
    )


def lines(kind: str, **facts: Any) -> list[str]:
    happened = a_line(kind, **facts)
    said: Any = given(a_book())["said"]
    return list(said(happened))


def test_a_breach_says_what_was_not_in_place() -> None:
    assert lines("gate_breached", gate="summary_sent", anchor=str(UUID(int=2))) == [
        "Epikrise sendt"
    ]


def test_an_answer_whose_question_is_gone_is_shown_as_it_was_recorded() -> None:
    [line] = lines("answered", bodo_lamp="lent")

    assert "bodo_lamp: lent" in line
    assert "Tillegget som spurte, er tatt ut av bruk." in line


def test_what_the_product_keeps_of_an_answer_that_was_moved_is_no_answer() -> None:
    moved = {
        "first_recorded_at": MONDAY.isoformat(),
        "first_recorded_by": str(UUID(int=3)),
        "moved_from": str(UUID(int=4)),
        "moved_from_case": str(UUID(int=5)),
        "task_id": str(UUID(int=6)),
    }
    told = lines("answered", bodo_lamp="lent", **moved)

    assert [line for line in told if any(key in line for key in moved)] == []
    assert sum("bodo_lamp" in line for line in told) == 1


def test_an_answer_that_is_no_longer_offered_is_shown_with_its_question() -> None:
    lamp = CaseField(
        key="bodo_lamp",
        label={"nb": "Fikk de låne lampen?"},
        options=(Option(value="no", label={"nb": "Nei"}),),
        asked_with=("answered",),
        used_by=(),
    )
    said: Any = given(replace(a_book(), fields=(lamp,)))["said"]
    [line] = said(a_line("answered", bodo_lamp="lent"))

    assert line.startswith("Fikk de låne lampen? ")
    assert "Tillegget" not in line


def test_a_task_whose_pack_is_gone_says_so_beside_its_code() -> None:
    kind_words: Any = given(a_book())["kind_words"]

    assert kind_words("lend_lamp") == "lend_lamp (tillegget er tatt ut av bruk)"
    assert kind_words("recall_sent") == "Si fra til dem som fikk noe feil"


LAMP_GONE = Past(
    words={
        ("question", "bodo_lamp"): {"nb": "Fikk de låne lampen?", "en": "Was the lamp lent?"},
        ("answer", "bodo_lamp=lent"): {"nb": "Ja, lånt ut"},
        ("task", "lend_lamp"): {"nb": "Lån ut lampen"},
        ("step", "bodo.lamp"): {"nb": "Lampen, en gang til"},
        ("made", "gate.bodo.lamp"): {"task": "lend_lamp"},
    }
)


@pytest.mark.parametrize("kind", ["answered", "receiver_named"])
def test_an_answer_whose_pack_is_gone_reads_in_the_words_that_it_had(kind: str) -> None:
    said: Any = given(replace(a_book(), past=LAMP_GONE))["said"]

    assert said(a_line(kind, bodo_lamp="lent")) == [
        "Fikk de låne lampen? Ja, lånt ut (tillegget som spurte, er tatt ut av bruk)"
    ]


def test_a_task_whose_pack_is_gone_is_called_as_the_pack_called_it() -> None:
    words: Any = given(replace(a_book(), past=LAMP_GONE))
    task = replace(a_task("lend_lamp", 7).task, step_key="bodo.lamp")

    assert words["kind_words"]("lend_lamp") == "Lån ut lampen (tillegget er tatt ut av bruk)"
    assert words["step_words"](task) == "Lampen, en gang til"


def test_a_gate_whose_pack_is_gone_is_called_as_the_task_that_it_made() -> None:
    said: Any = given(replace(a_book(), past=LAMP_GONE))["said"]

    assert said(a_line("gate_breached", gate="bodo.lamp")) == [
        "Lån ut lampen (tillegget er tatt ut av bruk)"
    ]


def test_what_a_pack_says_now_comes_before_what_one_said_once() -> None:
    book = replace(a_book(), past=LAMP_GONE, task_titles={"lend_lamp": {"nb": "Lån bort lampen"}})
    kind_words: Any = given(book)["kind_words"]

    assert kind_words("lend_lamp") == "Lån bort lampen"


@dataclass(frozen=True)
class Own:
    """A task as a case shows it."""

    task: Task


@dataclass(frozen=True)
class Tasks:
    """What is owed and what ended of a case."""

    owed: tuple[Own, ...]
    done: tuple[Own, ...]


def a_task(kind: str, number: int) -> Own:
    """Something that counts from the one line of these tests."""
    return Own(
        Task(
            id=UUID(int=number),
            tenant_id=UUID(int=1),
            case_id=UUID(int=1),
            kind=kind,
            origin=TaskOrigin.STEP,
            step_key=kind,
            anchor_event_id=UUID(int=1),
            owner_team_id=UUID(int=1),
            due_at=MONDAY + timedelta(hours=1),
            made_at=MONDAY,
        )
    )


def test_a_line_names_the_task_that_was_done_and_not_what_counts_from_it() -> None:
    review, told, own = a_task("review_case", 7), a_task("recall_sent", 8), a_task("free", 9)
    file: Any = Tasks(owed=(review,), done=(own, told))

    assert task_of(file, a_line("task_done", task_id=str(UUID(int=8)))) == told.task
    assert task_of(file, a_line("task_added", kind="free")) == own.task
    assert task_of(file, a_line("task_done", task_id=str(UUID(int=6)))) is None
    assert task_of(file, a_line("discharged")) is None
