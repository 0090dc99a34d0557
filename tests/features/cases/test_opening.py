"""A follow-up is opened whole, with as few questions as it needs, for a team of one's own tenant."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import IndexKind
from bindeledd.features.cases.service.writing import How, Recorded
from bindeledd.features.staff.domain import TeamNotFound
from bindeledd.features.staff.tables import TeamRow
from bindeledd.foundation.sealing.keyring import ring
from builders import MONDAY, Site, a_book, a_patient_row, a_site
from statements import statements

WORDS = {"words": "Innlagt etter overdose."}


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


def opened(session: Session, site: Site, **said: Any) -> Recorded:
    asked: dict[str, Any] = {
        "patient_id": said.get("patient_id") or a_patient_row(session, site),
        "team_id": site.team,
        "index_kind": IndexKind.SUICIDE_ATTEMPT,
        "index_at": MONDAY,
        "note": WORDS,
    }
    return cases.open_known(session, **(asked | said), by=site.anna, at=MONDAY, book=a_book())


def test_a_first_follow_up_with_its_words_takes_three_messages(
    session: Session, site: Site
) -> None:
    patient = a_patient_row(session, site)
    ring(session).drop([patient])
    with statements(session.connection()) as sent:
        done = opened(session, site, patient_id=patient)

    assert done.how is How.OPENED
    # PostgreSQL: the patient with the key, the team where there is no follow-up yet, all that is written.
    assert len(sent) <= (3 if session.get_bind().dialect.name == "postgresql" else 8), sent


def test_what_a_first_follow_up_says_stands_as_it_was_answered(
    session: Session, site: Site
) -> None:
    done = opened(session, site)

    assert queries.get_case(session, done.case.id, tenant_id=site.tenant) == done.case
    assert queries.events_of(session, done.case.id) == done.events
    assert {one.id for one in queries.tasks_of(session, done.case.id)} == {
        one.id for one in done.new
    }
    assert [
        said["words"]
        for said in queries.words_of(
            session, {event.id: done.case for event in done.events}
        ).values()
    ] == [WORDS["words"]]


def test_a_first_follow_up_is_written_down_in_the_log(session: Session, site: Site) -> None:
    done = opened(session, site)

    [told] = session.scalars(sa.select(AuditEventRow).where(AuditEventRow.act == "case.opened"))
    assert told.facts["case"] == str(done.case.id)


@pytest.mark.parametrize("works", [True, False])
def test_a_team_of_another_tenant_is_refused(session: Session, site: Site, works: bool) -> None:
    other = a_site(session)
    session.execute(
        sa.update(TeamRow).where(TeamRow.tenant_id == other.tenant).values(active=works)
    )

    with pytest.raises(TeamNotFound):
        opened(session, site, team_id=other.team)


def test_a_follow_up_begins_with_a_team_of_a_tenant_where_none_works(
    session: Session, site: Site
) -> None:
    session.execute(sa.update(TeamRow).where(TeamRow.tenant_id == site.tenant).values(active=False))

    assert opened(session, site).case.responsible_team_id == site.team


def test_a_team_of_another_tenant_is_refused_where_a_follow_up_is_open_too(
    session: Session, site: Site
) -> None:
    first, other = opened(session, site), a_site(session)

    with pytest.raises(TeamNotFound):
        opened(session, site, patient_id=first.case.patient_id, team_id=other.team)
