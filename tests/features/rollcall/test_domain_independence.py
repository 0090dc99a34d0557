"""The roll call rests on nobody whom it watches, and every code that it gives has words."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path

import bindeledd.features.rollcall as feature
from bindeledd.features.rollcall.domain import (
    Handovers,
    Kept,
    Kind,
    Statement,
    Unaccounted,
    Why,
)
from bindeledd.features.rollcall.queries import law
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import read_texts
from builders import MONDAY

WATCHED = ("cases", "tasks", "reminders", "handovers", "intake", "contacts", "access")


def imported() -> set[str]:
    names = set()
    for file in Path(feature.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return names


def test_it_imports_nothing_of_those_whom_it_watches():
    watched = tuple(f"bindeledd.features.{name}" for name in WATCHED)

    assert [name for name in imported() if name.startswith(watched)] == []


def test_it_does_import_what_it_should():
    assert "bindeledd.features.rollcall.queries" in imported()


def test_every_reason_has_words():
    words = read_texts()
    sql = law.standing(1) + law.UNDECIDED
    given = set(re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", sql))
    known = {"owned", "overdue_seen", "escalated", "closed_signed", "registered_in_error"}
    known |= {"waiting"}

    assert given - known <= {one.value for one in Why} | {"no_clock"}
    for one in Why:
        assert words.find(f"rollcall.why.{one.value}")


def test_unseen_is_counted_not_listed():
    statement = Statement(tenant_id=new_id(), at=MONDAY, registered=3, owned=2)

    assert statement.unseen == 1
    assert statement.remainder == ()
    assert not statement.complete


def test_the_last_count_is_old_whether_or_not_somebody_has_read_it():
    counted = Statement(tenant_id=new_id(), at=MONDAY, registered=0)
    last = Kept(id=new_id(), kind=Kind.RUN, statement=counted, read_at=MONDAY)

    assert last.beside(last, MONDAY + timedelta(hours=9)).out_of_date


def test_a_handover_without_answer_that_does_not_wait_is_lost():
    assert Handovers(sent=3, accepted=1, returned=1, pending=0).lost == 1


def test_a_listed_remainder_is_never_complete():
    missing = (Unaccounted(id=new_id(), why="nobody_told"),)

    assert not Statement(tenant_id=new_id(), at=MONDAY, registered=0, remainder=missing).complete
