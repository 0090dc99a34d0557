"""What a line of the log says of itself: about what, done how, by which door."""

from __future__ import annotations

import re

import pytest

from architecture.tree import FEATURES
from bindeledd.features.audit.domain import Did, Door, LogEntry
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import read_texts
from builders import MONDAY


def a_line(act: str, kind: str = "member", **facts: object) -> LogEntry:
    return LogEntry(
        id=new_id(), at=MONDAY, act=act, purpose="TREAT", actor_kind=kind, actor_id=None,
        request_id=None, facts=facts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "facts", "did"),
    [
        ("case.shown", {}, Did.SAW),
        ("worklist.acute_shown", {}, Did.SAW),
        ("patient.contact_ways_revealed", {}, Did.SAW),
        ("letter.printed", {}, Did.TOOK_OUT),
        ("package.left", {"form": "json"}, Did.TOOK_OUT),
        ("takeover.original_shown", {}, Did.TOOK_OUT),
        ("epj.shown", {"form": "pdf"}, Did.TOOK_OUT),
        ("epj.shown", {"form": "page"}, Did.SAW),
        ("task.done", {}, Did.ACTED),
        ("casefile.bedside", {}, Did.ACTED),
    ],
)
def test_a_line_says_whether_it_was_seen_taken_out_or_acted_on(
    act: str, facts: dict[str, object], did: Did
) -> None:
    assert a_line(act, **facts).did is did


@pytest.mark.parametrize(
    ("kind", "facts", "door"),
    [
        ("member", {"door": "page"}, Door.PAGE),
        ("member", {"door": "api"}, Door.API),
        ("member", {"door": "command"}, Door.COMMAND),
        ("member", {}, Door.WEB),
        ("command", {}, Door.COMMAND),
        ("system", {}, Door.PRODUCT),
    ],
)
def test_a_line_says_by_which_door(kind: str, facts: dict[str, object], door: Door) -> None:
    assert a_line("case.shown", kind, **facts).door is door


def test_every_thing_that_is_read_has_words() -> None:
    acts = {
        found
        for file in FEATURES.rglob("*.py")
        for found in re.findall(
            r'(?<!code = )"([a-z_]+)\.[a-z_]*(?:shown|printed|revealed)"',
            file.read_text(encoding="utf-8"),
        )
    }
    assert len(acts) > 15
    assert [one for one in acts if not read_texts().find(f"audit.things.{one}")] == []
