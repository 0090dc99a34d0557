"""Search: by number, phone or name, among those whom one may see; on both databases."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases.domain.closing import Ending
from bindeledd.features.cases.service import endings
from bindeledd.features.patients.domain import ContactWay, HeldIdentifier, Identity
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.features.patients.domain.synthetic import synthetic_number
from bindeledd.features.patients.service import register_patient
from bindeledd.features.staff.domain import Actor
from bindeledd.features.worklist.domain.searching import PAGE
from bindeledd.features.worklist.service.searching import search
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from builders import a_book, a_site, an_open_case
from doors import an_app
from statements import statements
from visitors import a_visitor, text_of

GIVEN, FAMILY = "Iŋgá Májjá", "Čáhppe-Ødegård"
LOCAL = Identifier(kind=IdentifierKind.OTHER, value="RHF 4711-2", assigner="Lokal")


class World:
    """Anna follows somebody up; Carl works in another team."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.at = database, clock.now()
        self.number = synthetic_number(Random(1))  # noqa: S311 (made up)
        with database.transaction() as session:
            self.site = a_site(session, self.at)
        self.case = self.follow(GIVEN, FAMILY, phone="412 34 567", numbers=(self.number, LOCAL))
        app = an_app(database, home)
        self.anna, self.carl = (
            a_visitor(app, database, one) for one in (self.site.anna, self.site.carl)
        )

    def follow(self, given: str, family: str, *, phone: str = "", numbers=()):
        with self.database.transaction() as session:
            who = Identity(
                given=given,
                family=family,
                identifiers=tuple(
                    HeldIdentifier(identifier=one, since=self.at, source="person")
                    for one in numbers
                ),
            )
            ways = (ContactWay(value=phone, source="person"),) if phone else ()
            patient = register_patient(
                session,
                tenant_id=self.site.tenant,
                identity=who,
                contact_ways=ways,
                by=self.site.anna,
                at=self.at,
            )
            return an_open_case(session, self.site, at=self.at, patient=patient.id).case

    def close(self) -> None:
        common = {"words": {"words": "Ferdig"}, "at": self.at, "book": a_book()}
        with self.database.transaction() as session:
            endings.request_closing(
                session,
                self.case.id,
                ending=Ending.COMPLETED,
                override=True,
                by=self.site.anna,
                **common,
            )
            endings.sign_closing(session, self.case.id, by=self.site.berit, **common)

    def search(self, text: str, *, by: Actor | None = None, **more):
        with self.database.transaction() as session:
            return search(session, text, by=by or self.site.anna, at=self.at, **more)

    def names(self, text: str, **more) -> list[str]:
        return [one.person.name for one in self.search(text, **more).found]

    def traced(self, act: str = "patient.searched") -> list[tuple[dict, int]]:
        asked = (
            sa.select(AuditEventRow, sa.func.count(AuditSubjectRow.subject_id))
            .outerjoin(AuditSubjectRow, AuditSubjectRow.event_id == AuditEventRow.id)
            .where(AuditEventRow.act == act)
            .group_by(AuditEventRow.id)
            .order_by(AuditEventRow.at)
        )
        with self.database.session() as session:
            return [(row.facts, count) for row, count in session.execute(asked)]


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


NAME = f"{GIVEN} {FAMILY}"


@pytest.mark.parametrize(
    "typed",
    ["Iŋgá", "inga", "ødeg inga", "CAHPPE májja", "odegaard", "412 34 567", "+4741234567",
     "0047 41 23 45 67", "rhf 47112"],
)  # fmt: skip
def test_a_person_is_found_by_name_phone_or_other_number(world: World, typed: str) -> None:
    assert world.names(typed) == [NAME]


def test_a_person_is_found_by_the_national_number_with_and_without_a_space(world: World) -> None:
    number = world.number.value

    assert world.names(number) == world.names(f"{number[:6]} {number[6:]}") == [NAME]


@pytest.mark.parametrize("typed", ["ngá", "412 34 56", "Nobody", "4711 2"])
def test_what_does_not_fit_finds_nobody(world: World, typed: str) -> None:
    assert world.names(typed) == []


def test_not_found_and_not_allowed_answer_alike_with_the_same_statements(world: World) -> None:
    answers = []
    world.carl.post("/search", {"who": "Nobody"})
    for typed in ("412 34 567", "412 34 568"):
        with statements(world.database.engine) as asked:
            page = world.carl.post("/search", {"who": typed})
        answers.append((page.status_code, page.text.replace(typed, "…"), asked))

    assert answers[0] == answers[1]


def test_each_search_is_traced_with_whom_it_found_and_without_its_words(world: World) -> None:
    world.search("Iŋgá")
    world.search("Nobody")

    assert world.traced() == [
        ({"found": 1, "more": False}, 1),
        ({"found": 0, "more": False}, 0),
    ]


def test_the_page_asks_by_a_form_that_stands_in_no_address(world: World) -> None:
    page = world.anna.get("/search")

    assert 'id="search" method="post"' in page.text
    assert "autofocus" in page.text


def test_the_page_leads_to_the_follow_up_with_its_state(world: World) -> None:
    page = world.anna.post("/search", {"who": "Iŋgá"})

    assert f'href="/cases/{world.case.id}"' in page.text
    assert "Åpen oppfølging siden" in text_of(page)


def test_a_closed_follow_up_is_found_with_its_state(world: World) -> None:
    world.close()

    (found,) = world.search("Iŋgá").found

    assert [one.is_open for one in found.cases] == [False]


def test_more_than_a_page_is_said_and_shown_when_asked_for(world: World) -> None:
    for number in range(PAGE + 1):
        world.follow(f"Anne{number}", "Lik")

    first, rest = world.search("Lik"), world.search("Lik", many=2 * PAGE)

    assert (len(first.found), first.more) == (PAGE, True)
    assert (len(rest.found), rest.more) == (PAGE + 1, False)


def test_a_search_takes_as_many_statements_whatever_is_found(world: World) -> None:
    counts = []
    for more in (0, 15):
        for number in range(more):
            world.follow(f"Lik{number}", "Lik")
        with statements(world.database.engine) as asked:
            world.search("Lik")
        counts.append(len(asked))

    assert max(counts) <= 12


def test_many_searches_that_find_nobody_must_wait(world: World) -> None:
    pages = [world.anna.post("/search", {"who": "Nobody"}).status_code for _ in range(32)]

    assert pages[0] == 200
    assert pages[-1] == 429


def test_a_search_while_a_member_must_wait_is_written_down_without_its_words(world: World) -> None:
    pages = [world.anna.post("/search", {"who": "Nobody"}).status_code for _ in range(33)]

    written = world.traced("patient.search_refused")

    assert len(written) == pages.count(429) > 0
    assert [set(facts) for facts, _ in written] == [{"seconds", "door"}] * len(written)
    assert [subjects for _, subjects in written] == [0] * len(written)


def test_too_little_is_said_and_what_was_typed_stays(world: World) -> None:
    page = world.anna.post("/search", {"who": "x"})

    assert page.status_code == 422
    assert 'value="x"' in page.text
