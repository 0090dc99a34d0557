"""What leaves the house to a patient, a relative or a receiver asks `may_go_out` first.

A reported death holds it. Every module that prints a sheet, answers with a file or speaks to
another machine is listed: with the gated service that lets it, or why it reaches staff only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architecture.tree import CORE, ROOT, modules

F = "core/bindeledd/features/"
GATE = "may_go_out"

# The door → the service that asks the gate before it lets anything through, and its functions.
GATED: dict[str, tuple[str, ...]] = {
    F + "casefile/pages/in_hand.py": (
        F + "casefile/service/in_hand.py",
        "print_sheet",
        "take_entry",
    ),
    F + "casefile/views/sheets.py": (F + "casefile/service/in_hand.py", "take_entry"),
    F + "casefile/pages/letter.py": (F + "casefile/service/lettering.py", "take_out"),
    F + "casefile/pages/outside.py": (F + "handovers/service/outside.py", "take_out"),
    F + "casefile/pages/plan.py": (F + "plans/service.py", "take_out"),
}
STAFF_ONLY: dict[str, str] = {
    "core/bindeledd/worker/jobs.py": "says to a watcher of the site that the worker lives: no content",
    F + "epj/pages.py": "a note for the site's own record, read by its own clinicians",
    F + "reminders/jobs/mail.py": "alerts to staff, without anything of a patient",
    F + "takeover/pages.py": "the list that was taken over, back to staff who may see it",
    F + "worklist/pages/calendar.py": "one's own week as a file, without a patient",
    F + "worklist/views.py": "one's own week as a file, without a patient",
    F
    + "worklist/service/downtime.py": "a team's own list for its own staff, encrypted, in the site's folder",
    "plugins/bindeledd-sms/src/bindeledd_sms/posting.py": "alerts to staff, without anything of a patient",
    "plugins/bindeledd-sms/src/bindeledd_sms/trying.py": "the made-up gateway of a trial: its reports to the site",
}
_SPEAK = frozenset({"smtplib", "http.client", "urllib.request", "httpx", "requests", "aiohttp"})
_LEAVES = frozenset({"printed", "send_file", "file_answer"})
# Where `file_answer` itself stands: whoever calls it is the door.
_MAKES_ANSWERS = "core/bindeledd/foundation/http/files.py"


def leaving(tree: ast.Module) -> Iterator[ast.AST]:
    """Prints a sheet, answers with a file, or speaks to another machine."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(one.name in _SPEAK for one in node.names):
            yield node
        if isinstance(node, ast.ImportFrom):
            names = {one.name for one in node.names}
            if (
                node.module in _SPEAK
                or names & _LEAVES
                or (node.module == "http" and "client" in names)
            ):
                yield node
        if isinstance(node, ast.Constant) and node.value == "Content-Disposition":
            yield node


def calls_of(path: str, function: str) -> set[str]:
    """The names that a function of a module calls."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    [found] = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
    calls = (node.func for node in ast.walk(found) if isinstance(node, ast.Call))
    return {f.id if isinstance(f, ast.Name) else getattr(f, "attr", "") for f in calls}


def doors() -> set[str]:
    """Every module by which something leaves."""
    return {
        path
        for path, tree in modules(CORE, ROOT / "plugins")
        if "/tests/" not in path and path != _MAKES_ANSWERS and any(True for _ in leaving(tree))
    }


def test_every_door_out_of_the_house_is_gated_or_reaches_staff_only() -> None:
    assert doors() == set(GATED) | set(STAFF_ONLY)


def test_what_is_behind_a_gated_door_asks_first() -> None:
    for door, (service, *functions) in GATED.items():
        for function in functions:
            assert GATE in calls_of(service, function)
            assert f"{function}(" in (ROOT / door).read_text(encoding="utf-8")
