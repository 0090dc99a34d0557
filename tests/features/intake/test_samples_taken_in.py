"""The official messages through the real intake, on both databases; never part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.queue import Status
from bindeledd.features.intake.domain.standards import Standards
from features.intake.builders import NOW, an_inbox, routes

CHECKS = 11


@pytest.fixture
def samples() -> Path:
    folder = os.environ.get("BINDELEDD_SAMPLES")
    if not folder:
        pytest.skip(f"BINDELEDD_SAMPLES is not set: {CHECKS} official messages left out")
    return Path(folder)


def test_official_messages_stand_to_be_decided_or_wait_with_owner_and_clock(session, samples):
    inbox = an_inbox(session, opens="ask")
    standards = Standards(samples)
    files = sorted((samples / "messages").glob("epikrise/*.xml"))
    files += sorted((samples / "messages").glob("plo/*.xml"))

    told = {
        file.name: inbox.receive(file.read_bytes(), routes=routes("ask"), standards=standards)
        for file in files
    }

    assert len(told) == CHECKS
    assert told["epikrise_v1.1_n.xml"].status is Status.TO_DECIDE
    # sorted by name the cancellation comes first: it waits, and what it cancels goes to a person
    assert told["epikrise_v1.2_c.xml"].status is Status.PARKED
    assert told["epikrise_v1.2_m.xml"].status is Status.TO_DECIDE
    assert told["epikrise_v1.2_n.xml"].status is Status.DUPLICATE
    waiting = queries.queue(session, by=inbox.site.system, limit=100)
    assert all(one.due_at is not None and one.due_at > NOW for one in waiting)
    assert {one.checked for one in waiting} == {"schema"}
    assert not any(done.case_id for done in told.values())
    row = inbox.row(told["epikrise_v1.1_n.xml"])
    assert row.original is not None
    assert b"Danser" not in row.original
