"""Each hears in a language of their own: alerts, and the numbers of the morning."""

from __future__ import annotations

from datetime import time

import pytest
import sqlalchemy as sa

from bindeledd.features.reminders import jobs
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.features.reminders.jobs.delivering import Deliverer
from bindeledd.features.reminders.jobs.mail import FolderChannel
from bindeledd.features.reminders.jobs.morning import send_digests
from bindeledd.features.staff.tables import MemberRow
from bindeledd.foundation.texts import set_site_language, speaking
from features.reminders.builders import BOOK, DAY, HOUR, TUESDAY, a_site, a_task, at_once

RULES = Rules(batch=50, claim=20, jitter=0, hygiene=Hygiene(digest_at=time(7, 30)))
URL = "https://b.example"


def who_reads(session, **languages):
    for login, code in languages.items():
        session.execute(sa.update(MemberRow).where(MemberRow.login == login).values(language=code))


def mails(folder):
    """What went out, by whom it is for."""
    found = {}
    for file in folder.iterdir():
        head, _, body = file.read_text().partition("\n\n")
        to = next(line for line in head.splitlines() if line.startswith("To: "))
        found[to.removeprefix("To: ").split("@")[0]] = body.replace("=\n", "").strip()
    return found


def test_an_alert_is_in_the_language_of_whoever_gets_it(database, tmp_path):
    with database.transaction() as session:
        site = a_site(session)
        who_reads(session, anna="en", bo="nn")
        for name in ("anna", "bo"):
            a_task(session, site, held_by=name)
    with speaking("en"):  # whatever the one speaks who makes the worker run
        jobs.sweep(database, BOOK, rules=RULES, clock=at_once(TUESDAY), channels=["email"])
        Deliverer(database, [FolderChannel(tmp_path)], URL, RULES, at_once(TUESDAY)).run()

    assert mails(tmp_path) == {
        "anna": f"1 alert is waiting for you in Bindeledd. Log in: {URL}",
        "bo": f"1 varsel ventar p=C3=A5 deg i Bindeledd. Logg inn: {URL}",
    }


def test_the_morning_is_in_the_language_of_whoever_gets_it(database, tmp_path):
    with database.transaction() as session:
        site = a_site(session)
        who_reads(session, anna="en")
        a_task(session, site, due_at=TUESDAY - DAY)
    with speaking("en"):
        send_digests(
            database,
            [FolderChannel(tmp_path)],
            base_url=URL,
            rules=RULES,
            clock=at_once(TUESDAY - 3 * HOUR / 2),
        )

    told = mails(tmp_path)
    assert told["anna"].startswith("Today in Bindeledd. Overdue: 1.")
    assert told["bo"].startswith("I dag i Bindeledd. Over fristen: 1.")


@pytest.fixture
def an_english_site():
    set_site_language("en")
    yield
    set_site_language("nb")


def test_whoever_has_chosen_nothing_hears_in_the_language_of_the_site(
    database, tmp_path, an_english_site
):
    with database.transaction() as session:
        site = a_site(session)
        who_reads(session, bo="nb")
        for name in ("anna", "bo"):
            a_task(session, site, held_by=name)
    jobs.sweep(database, BOOK, rules=RULES, clock=at_once(TUESDAY), channels=["email"])
    Deliverer(database, [FolderChannel(tmp_path)], URL, RULES, at_once(TUESDAY)).run()

    told = mails(tmp_path)
    assert told["anna"].startswith("1 alert is waiting")
    assert told["bo"].startswith("1 varsel venter")
