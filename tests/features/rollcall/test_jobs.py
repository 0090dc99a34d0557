"""The roll is called by the clock, and by a person at the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

from click.testing import CliRunner

from bindeledd.features.pathways.domain import Book
from bindeledd.features.rollcall import jobs, queries
from bindeledd.features.rollcall.commands import rollcall
from bindeledd.features.rollcall.domain import Kind
from bindeledd.foundation.calendars import Period
from bindeledd.foundation.console import Site as Console
from builders import MONDAY, a_case_row, a_site
from features.rollcall.builders import PATHWAY, a_heartbeat

DAY = timedelta(days=1)
_SILENCE = SimpleNamespace(first_30_days=Period(7), later=Period(31))
BOOK = Book(pathways={PATHWAY: SimpleNamespace(longest_silence=_SILENCE)})


def a_filled_site(database, **case):
    with database.transaction() as session:
        site = a_site(session)
        a_heartbeat(session)
        made = a_case_row(session, site, **case)
    return site, made


def test_the_first_call_of_a_morning_is_the_one_to_sign(database):
    site, _ = a_filled_site(database)
    early = MONDAY.replace(hour=4, minute=50)

    for minutes in (0, 10, 20, 30):
        jobs.call_the_roll(
            database, book=BOOK, clock=lambda m=minutes: early + timedelta(minutes=m)
        )

    with database.transaction() as session:
        mornings = queries.morning_statements(session, site.tenant)
        latest = queries.find_latest(session, site.tenant)
    assert [kept.statement.at for kept in mornings] == [early + timedelta(minutes=10)]
    assert latest.kind is Kind.RUN


def a_console(database, site, at):
    class Fixed(Console):
        tenant, book = site.tenant, BOOK

    Fixed.at = at
    return Fixed(
        open_settings=lambda: None, open_database=lambda _: database, gather=lambda _: None
    )


def test_the_command_answers_with_six_numbers_and_nobody_missing(database):
    site, _ = a_filled_site(database)

    done = CliRunner().invoke(rollcall, ["--json"], obj=a_console(database, site, MONDAY))

    assert done.exit_code == 0
    assert json.loads(done.output) == {
        "registered": 1,
        "owned": 1,
        "overdue_seen": 0,
        "escalated": 0,
        "closed_signed": 0,
        "registered_in_error": 0,
        "unseen": 0,
        "remainder": [],
        "why": {},
        "moved_later": 0,
        "counted_anew": 0,
        "handovers": [],
    }


def test_the_command_ends_with_one_and_names_whoever_is_missing(database):
    site, case = a_filled_site(database, due_at=MONDAY - DAY)

    done = CliRunner().invoke(rollcall, ["--json"], obj=a_console(database, site, MONDAY))

    told = json.loads(done.output)
    assert done.exit_code == 1
    assert told["unseen"] == 1
    assert told["remainder"] == [str(case.id)]


def test_the_command_says_it_in_words(database):
    site, case = a_filled_site(database, due_at=MONDAY - DAY)

    done = CliRunner().invoke(rollcall, [], obj=a_console(database, site, MONDAY))

    assert done.exit_code == 1
    assert str(case.id)[:8] in done.output
