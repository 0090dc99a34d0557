"""What the intake tests are made of: one person, two places, and messages of every kind."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.queries import events_of, tasks_of
from bindeledd.features.intake import jobs, service
from bindeledd.features.intake.domain.facts import Diagnosis, Kind, Series
from bindeledd.features.intake.domain.queue import Received
from bindeledd.features.intake.domain.routing import Routes, read_routes
from bindeledd.features.intake.domain.synthetic import bundles, letters
from bindeledd.features.intake.domain.synthetic.parts import Envelope
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL, TEAM
from bindeledd.features.intake.service import Rules
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.pathways.service import load_book
from bindeledd.features.staff.tables import ContactPointRow, InstallationRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.ids import new_id
from builders import Site, a_site

FRIDAY = datetime(2026, 3, 27, 13, 0, tzinfo=UTC)  # 14:00 in Norway
NOW = FRIDAY + timedelta(hours=2)
BOOK = load_book()
ATTEMPT = (
    Diagnosis(system="7110", code="F322", main=True),
    Diagnosis(system="7110", code="X61"),
)
HEART = (Diagnosis(system="7110", code="I330", main=True),)
IŊGÁ = SyntheticPerson(
    family_name="Boŋgu",
    given_name="Iŋgá Márjá",
    born_on=date(1987, 5, 4),
    number="04858740156",
    phone="+4799912345",
)


def an_envelope(**more: Any) -> Envelope:
    return Envelope(
        **{
            "message_id": "7b1c0f34-0c1e-4c1b-9a51-000000000001",
            "sender": HOSPITAL,
            "receiver": TEAM,
            "person": IŊGÁ,
            "generated_at": FRIDAY + timedelta(hours=1),
            **more,
        }
    )


def an_epikrise(*, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.epikrise(
        an_envelope(**(envelope or {})),
        **{
            "document_id": "d0000000-0000-4000-8000-000000000001",
            "admitted": FRIDAY - timedelta(days=3),
            "discharged": FRIDAY,
            "diagnoses": ATTEMPT,
            **more,
        },
    )


def ids(number: int) -> str:
    """The id of a message, one of many."""
    return f"7b1c0f34-0c1e-4c1b-9a51-{number:012}"


def a_later_stay(number: int, at: datetime) -> bytes:
    """The summary of another stay, told at `at`; two days long."""
    return an_epikrise(
        envelope={"message_id": ids(number), "generated_at": at},
        document_id="another",
        admitted=at - timedelta(days=2),
        discharged=at - timedelta(hours=2),
    )


def a_folder(database: Database, path: Path) -> jobs.Folder:
    """A watched folder of a new inbox."""
    with database.transaction() as session:
        site = an_inbox(session).site
    path.mkdir()
    return jobs.Folder(
        path=path,
        database=database,
        tenant=site.tenant,
        rules=Rules(book=BOOK, routes=BY_CODE),
        clock=lambda: NOW,
    )


def a_cancellation(message_id: str, document_id: str) -> bytes:
    return an_epikrise(
        envelope={"message_id": message_id, "series": Series.CANCELLED}, document_id=document_id
    )


def a_logistic(kind: Kind, *, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.logistics(kind, an_envelope(**(envelope or {})), **{"happened": FRIDAY, **more})


def a_report(*, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return letters.discharge_report(
        an_envelope(**(envelope or {})),
        **{"admitted": FRIDAY - timedelta(days=3), "discharged": FRIDAY, **more},
    )


def a_bundle(*, envelope: dict[str, Any] | None = None, **more: Any) -> bytes:
    return bundles.stay(
        an_envelope(**(envelope or {})),
        **{
            "stay_id": "S-1",
            "admitted": FRIDAY - timedelta(days=3),
            "discharged": FRIDAY,
            **more,
        },
    )


# --- a site that takes messages in ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """A site with a registered ward, and how messages are handed in to it."""

    session: Session
    site: Site
    routes: Routes

    def receive(self, data: bytes, *, at: datetime = NOW, **more: Any) -> Received:
        return service.receive(
            self.session,
            **{
                "data": data,
                "by": self.site.system,
                "at": at,
                "book": BOOK,
                "routes": self.routes,
                **more,
            },
        )

    def row(self, done: Received) -> MessageRow:
        return self.session.get_one(MessageRow, done.message_id, populate_existing=True)

    def task(self, done: Received) -> TaskRow:
        return self.session.get_one(TaskRow, self.row(done).task_id, populate_existing=True)

    def events(self, done: Received) -> list[str]:
        assert done.case_id is not None
        return [e.kind.value for e in events_of(self.session, done.case_id) if not e.in_error]

    def open_tasks(self, done: Received) -> set[str]:
        assert done.case_id is not None
        return {t.kind for t in tasks_of(self.session, done.case_id) if t.is_open}


@dataclass(frozen=True, kw_only=True)
class Said:
    """A route as a site's settings say it."""

    source: str = "*"
    kinds: tuple[str, ...] = ("*",)
    opens: str = "ask"
    codes: tuple[str, ...] = ()
    codes_from: str = ""


BY_CODE = (Said(opens="by_code", codes=("X60-X84",), codes_from="ICD-10"),)
TABLES = tomllib.loads((files("bindeledd.config") / "intake.toml").read_text(encoding="utf-8"))


def routes(opens: str = "by_code", *more: Said, accept_tests: bool = True) -> Routes:
    codes = ("X60-X84",) if opens == "by_code" else ()
    last = Said(opens=opens, codes=codes, codes_from="ICD-10")
    return read_routes(TABLES, (*more, last), accept_tests=accept_tests)


def an_inbox(session: Session, *, opens: str = "by_code", environment: str = "test") -> Inbox:
    """A site whose ward and legal entity (HER) are registered, in a test installation."""
    site = a_site(session, at=NOW)
    if session.get(InstallationRow, 1) is None:
        session.execute(
            sa.insert(InstallationRow).values(id=1, environment=environment, made_at=NOW)
        )
    point = HOSPITAL.department
    session.execute(
        sa.insert(ContactPointRow).values(
            id=new_id(),
            tenant_id=site.tenant,
            organisation_id=site.organisation,
            unit_id=site.unit,
            scheme=point.scheme,
            value=point.value,
        )
    )
    return Inbox(session=session, site=site, routes=routes(opens))
