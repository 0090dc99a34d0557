"""Plain facts from before the list: counted and named by key, on both databases, never their value."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from bindeledd.checkup.tenants import of_facts
from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.telling import TELLABLE
from bindeledd.features.cases.domain.told_before import Stray, Told, listed, strays
from bindeledd.features.cases.queries.told_before import told_facts
from bindeledd.features.cases.service import mark_in_error
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.foundation.db import Database
from builders import MONDAY, Followed, a_book

K = EventKind
HOUR = timedelta(hours=1)
PETS = CaseField(
    key="my_pets",
    label={},
    options=(Option(value="alone", label={}),),
    asked_with=("risk_assessed",),
    used_by=(),
)


def told(kind: EventKind, name: str, word: str | None = None, *, wrong: bool = False) -> Told:
    return Told(kind=kind, name=name, word=word, in_error=wrong, count=2)


@pytest.mark.parametrize(
    "one",
    [
        told(K.RISK_ASSESSED, "risk"),
        told(K.RISK_ASSESSED, "receiver_kind", "gp"),
        told(K.DISCHARGED, "inpatient", "f32"),
        told(K.RISK_ASSESSED, "my_pets", "f32"),
        told(K.ADMITTED, "my_pets", "alone"),
        told(K.DISCHARGED, "how_known", "f32"),
    ],
)
def test_what_nothing_asks_for_and_what_is_no_answer_is_outside_the_list(one: Told) -> None:
    assert strays([one], [PETS]) == [Stray(name=one.name, count=2, marked=0)]


@pytest.mark.parametrize(
    "one",
    [
        told(K.DISCHARGED, "inpatient", "yes"),
        told(K.RISK_ASSESSED, "my_pets", "alone"),
        told(K.RECEIVER_NAMED, "receiver_organisation"),
        told(K.RECEIVER_NAMED, "receiver_organisation_kind"),
        told(K.DISCHARGED, "not_known", "yes"),
        told(K.DISCHARGED, "how_known", "person"),
    ],
)
def test_what_is_asked_for_and_what_the_core_writes_is_inside_it(one: Told) -> None:
    assert strays([one], [PETS]) == []


def test_a_key_that_could_be_somebodys_number_is_not_repeated() -> None:
    assert [one.name for one in strays([told(K.RISK_ASSESSED, "p01018012345")])] == ["?"]


def test_they_are_counted_by_key_and_apart_where_the_event_was_an_error(session: Session) -> None:
    follow = Followed(session)
    follow.record(K.RISK_ASSESSED, at=MONDAY + HOUR, risk="hoy", intoxication=True)
    wrong = follow.record(K.RISK_ASSESSED, at=MONDAY + HOUR, risk="lav", repeated="no")
    follow.record(K.ADMITTED, at=MONDAY + HOUR, inpatient="01018012345", fnr="01018012345")
    how = {"words": {"words": "Feil"}, "by": follow.site.anna, "at": MONDAY + 2 * HOUR}
    mark_in_error(session, follow.case_id, [wrong.events[0].id], book=a_book(), **how)

    found = strays(told_facts(session, follow.site.tenant, TELLABLE, listed()))

    assert found == [
        Stray(name="fnr", count=1, marked=0),
        Stray(name="inpatient", count=1, marked=0),
        Stray(name="risk", count=1, marked=1),
    ]


def test_doctor_says_keys_and_numbers_and_what_to_do_and_no_value(database: Database) -> None:
    with database.transaction() as session:
        follow = Followed(session)
        follow.record(K.RISK_ASSESSED, at=MONDAY + HOUR, fnr="01018012345")
    site = SimpleNamespace(database=database, gathered=SimpleNamespace(book=a_book()))

    [check] = of_facts(site, follow.site.tenant)  # type: ignore[arg-type]

    assert not check.ok
    assert "fnr: 1" in check.found
    assert "01018012345" not in check.found
    assert "merk hver hendelse som feil" in check.do


def test_where_nothing_is_outside_the_list_doctor_is_content(database: Database) -> None:
    with database.transaction() as session:
        follow = Followed(session)
        follow.record(K.CONTACT_CONSENT_ASKED, at=MONDAY + HOUR, contact_consent="later")
    site = SimpleNamespace(database=database, gathered=SimpleNamespace(book=a_book()))

    [check] = of_facts(site, follow.site.tenant)  # type: ignore[arg-type]

    assert check.ok
