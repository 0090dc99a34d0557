"""Rows are locked in one order: the person, then the case, then rows of the case.

Two who lock in opposite orders wait for each other, and one of them fails. A row of a case is
locked by `cases.queries.rows.locked_row`; every other place that locks is listed with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architecture.tree import CORE, modules

F = "core/bindeledd/features/"
LOCKS: dict[str, str] = {
    F + "access/service/proving.py": "tries to log in: of an address, of an account",
    F + "administration/queries/directory.py": "the directory: no case is written with it",
    F + "administration/queries/people.py": "teams, then a member: no case is written with them",
    F + "cases/queries/__init__.py": "cases, by id",
    F + "cases/queries/rows.py": "a row of a case, after its case",
    F + "cases/service/writing.py": "the case",
    F + "epj/service.py": "the mark of a note, after its case",
    F + "intake/queries/calls.py": "a call: before a case is known",
    F + "intake/queries/messages.py": "a message: before a case is known",
    F + "intake/queries/series.py": "messages that wait: before a case is known",
    F + "patients/queries/__init__.py": "the person, before the case",
    F + "patients/service/duplicates.py": "a hint that two are one",
    F + "relatives/service/asking.py": "what is known of a family, after the case",
    F + "relatives/service/writing.py": "a relative, after the case where one is written with it",
    F + "reminders/service/beginning.py": "tasks of the sweep, which writes no case",
    F + "reminders/service/digesting.py": "digests: no case is written with them",
    F + "reminders/service/leaving.py": "tasks of the absent, which writes no case",
    F + "reminders/service/receipts.py": "deliveries: no case is written with them",
    F + "reminders/service/telling.py": "deliveries: no case is written with them",
    F + "staff/service/absences.py": "an absence that is taken back: no case is written with it",
    F + "staff/service/duty.py": "teams, by id",
    F + "takeover/queries/finding.py": "a take-over, before the cases that it makes",
    F + "takeover/queries/reopening.py": "take-overs, before the cases that are undone",
    F + "tasks/queries.py": "a task that somebody has seen: no case is written with it",
}


def locking(tree: ast.Module) -> Iterator[ast.AST]:
    """`….with_for_update(…)` and `get(…, with_for_update=…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "with_for_update":
            yield node
        if isinstance(node, ast.keyword) and node.arg == "with_for_update":
            yield node


def test_a_row_of_a_case_is_locked_after_its_case() -> None:
    found = {path for path, tree in modules(CORE / "features") if any(locking(tree))}
    assert found == set(LOCKS)
