"""A region, a trust and a municipality on one person: the municipality's routine joins when it accepts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, IndexKind, NewEvent
from bindeledd.features.cases.service import upgrading
from bindeledd.features.handovers import service as handovers
from bindeledd.features.handovers.domain import FirstDate
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import OrganisationRow, TeamRow, UnitRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.agreeing import insist_layers_agree
from bindeledd.plugin.loading import Gathered, gather
from builders import MONDAY, Site, a_patient_row, a_site
from plugin.packs import DATA, Shelf

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REGION = "helse-sor-ost.after-attempt@2026.1"
TOWN = "town.after-attempt@1"
LAYER = """
    id = "town.after-attempt"
    version = "1"
    extends = "national.after-attempt"
    level = "municipality"
    [title]
    nb = "Byen"
    [applies_to]
    organisations = ["byen"]
    [task.town_visit]
    title = { nb = "Hjemmebesøk" }
    [[step]]
    key = "town.visit"
    task = "town_visit"
    after = "handover_accepted"
    due = { within = "P2D" }
    basis = { kind = "local", source = "the plan of the town" }
    [[step]]
    key = "town.letter"
    task = "town_visit"
    after = "discharged"
    due = { within = "P1D" }
    basis = { kind = "local", source = "the plan of the town" }
    [[gate]]
    key = "receiver_named"
    evidence = { receiver_kind = ["gp"] }
    hard = true
    strength = "must"
    basis = { kind = "local", source = "the plan of the town" }
"""


@pytest.fixture
def packs(shelf: Shelf) -> Gathered:
    shelf.put("town", DATA, files={"pathways/town.toml": LAYER})
    from bindeledd.plugin.loading import installed

    points = [*shelf.points, *(one for one in installed() if one.name != "town")]
    return gather(["helse-sor-ost", "town"], points=points)


@pytest.fixture
def site(session: Session) -> Site:
    """The ward is of Vestre Viken, the other team of a town."""
    made = a_site(session)
    trust = sa.update(OrganisationRow).where(OrganisationRow.id == made.organisation)
    session.execute(trust.values(key="vestre-viken"))
    town = new_id()
    session.execute(
        sa.insert(OrganisationRow).values(
            id=town, tenant_id=made.tenant, key="byen", name="Byen", kind="municipality"
        )
    )
    other = sa.update(TeamRow).where(TeamRow.id == made.other_team)
    session.execute(other.values(organisation_id=town))
    session.execute(sa.update(UnitRow).where(UnitRow.id == made.unit).values(kind="acute_ward"))
    return made


def discharged(session: Session, site: Site, packs: Gathered) -> Case:
    facts = {"receiver_kind": "municipal_mental_health"}
    more = [
        NewEvent(kind=EventKind.RECEIVER_NAMED, at=MONDAY - HOUR, facts=facts),
        NewEvent(kind=EventKind.DISCHARGED, at=MONDAY),
    ]
    opened = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SUICIDE_ATTEMPT,
        index_at=MONDAY - DAY,
        team_id=site.team,
        unit_id=site.unit,
        more=more,
        by=site.anna,
        at=MONDAY,
        book=packs.book,
    )
    return opened.case


def handed(
    session: Session,
    case: Case,
    packs: Gathered,
    *,
    to: UUID,
    by: Actor,
    taken_by: Actor,
    at: datetime,
) -> Case:
    """The case once another team has it."""
    sent = handovers.hand_over(
        session, case.id, to_team_id=to, words={}, by=by, at=at, book=packs.book
    )
    first = FirstDate(due_at=at + 3 * DAY, kind="call_patient", words="Ringer")
    done = handovers.accept(
        session,
        sent.handover.id,
        first=first,
        words={},
        by=taken_by,
        at=at + HOUR,
        book=packs.book,
    )
    return done.recorded.case


def taken_over(session: Session, site: Site, packs: Gathered, case: Case) -> Case:
    """The case once the other team of the site has it."""
    who = {"by": site.anna, "taken_by": site.carl}
    return handed(session, case, packs, to=site.other_team, at=MONDAY + DAY, **who)


def owed(session: Session, case_id: UUID) -> set[str]:
    return {task.step_key for task in queries.tasks_of(session, case_id) if task.is_open}


def test_the_municipalitys_routine_joins_when_it_accepts(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = discharged(session, site, packs)
    assert case.layers == (REGION,)
    assert "town.visit" not in owed(session, case.id)
    case = taken_over(session, site, packs, case)
    assert case.layers == (REGION, TOWN)
    assert "town.visit" in owed(session, case.id)
    assert "gate.helse-sor-ost.plan-updated" in owed(session, case.id)


def test_nothing_of_the_past_becomes_late_or_a_breach(
    session: Session, site: Site, packs: Gathered
) -> None:
    """The town's letter and its hard gate speak of a discharge that was before it came."""
    case = taken_over(session, site, packs, discharged(session, site, packs))
    assert "town.letter" not in owed(session, case.id)
    assert "gate.receiver_named" not in owed(session, case.id)
    kinds = {event.kind for event in queries.events_of(session, case.id)}
    assert EventKind.GATE_BREACHED not in kinds


def test_the_next_discharge_is_of_the_town_too(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = taken_over(session, site, packs, discharged(session, site, packs))
    again = [
        NewEvent(kind=EventKind.ADMITTED, at=MONDAY + 5 * DAY),
        NewEvent(kind=EventKind.DISCHARGED, at=MONDAY + 6 * DAY),
    ]
    at = MONDAY + 6 * DAY
    cases.record(session, case.id, again, by=site.carl, at=at, book=packs.book)
    assert {"town.letter", "gate.receiver_named"} <= owed(session, case.id)
    kinds = [event.kind for event in queries.events_of(session, case.id)]
    assert kinds.count(EventKind.GATE_BREACHED) == 1


def test_an_upgrade_keeps_what_the_team_has_brought(
    session: Session, site: Site, packs: Gathered
) -> None:
    case = taken_over(session, site, packs, discharged(session, site, packs))
    to = upgrading.target(
        session,
        site.tenant,
        pathway_id="national.after-attempt",
        version="2026.1",
        book=packs.book,
    )
    done = upgrading.upgrade_case(
        session, case.id, to, reason="Ny rutine", by=site.anna, at=MONDAY + 3 * DAY
    )
    assert done is None


def test_what_a_team_publishes_after_its_take_over_joins_by_an_upgrade_and_nothing_is_late(
    session: Session, site: Site, packs: Gathered
) -> None:
    """The town has its routine only later: it is followed from the acceptance, as if it had been there."""
    before = gather(["helse-sor-ost"])
    case = taken_over(session, site, before, discharged(session, site, before))
    assert case.layers == (REGION,)
    to = upgrading.target(
        session,
        site.tenant,
        pathway_id="national.after-attempt",
        version="2026.1",
        book=packs.book,
    )
    at = MONDAY + 3 * DAY
    done = upgrading.upgrade_case(session, case.id, to, reason="Ny rutine", by=site.carl, at=at)
    assert done is not None
    assert done.case.layers == (REGION, TOWN)
    assert "town.visit" in owed(session, case.id)
    assert "town.letter" not in owed(session, case.id)
    kinds = {event.kind for event in queries.events_of(session, case.id)}
    assert EventKind.GATE_BREACHED not in kinds
    note = NewEvent(kind=EventKind.REACHED, at=at)
    cases.record(session, case.id, [note], by=site.carl, at=at, book=packs.book)
    assert "town.letter" not in owed(session, case.id)


def test_what_the_ward_follows_itself_goes_on_whichever_team_has_it_in_between(
    session: Session, site: Site, packs: Gathered
) -> None:
    """A team of the ward's own trust has it first, and hands it to a team of the town."""
    organisations = dict(
        session.execute(sa.select(OrganisationRow.key, OrganisationRow.id)).all()  # type: ignore[arg-type]
    )
    for team, key in ((site.team, "byen"), (site.other_team, "vestre-viken")):
        moved = sa.update(TeamRow).where(TeamRow.id == team)
        session.execute(moved.values(organisation_id=organisations[key]))
    case = taken_over(session, site, packs, discharged(session, site, packs))
    assert case.layers == (REGION,)
    who = {"by": site.carl, "taken_by": site.anna}
    back = handed(session, case, packs, to=site.team, at=MONDAY + 5 * DAY, **who)
    assert back.layers == (REGION, TOWN)


def test_layers_that_could_meet_only_by_a_handover_stop_the_start(
    session: Session, site: Site, shelf: Shelf
) -> None:
    """The region sends the summary with the discharge: a town cannot give it a day more."""
    later = (
        LAYER[: LAYER.index("    [task.")]
        + """
    [[gate]]
    key = "summary_sent"
    due = { within = "P1D" }
    basis = { kind = "local", source = "the plan of the town" }
    """
    )
    shelf.put("town", DATA, files={"pathways/town.toml": later})
    from bindeledd.plugin.loading import installed

    points = [*shelf.points, *(one for one in installed() if one.name != "town")]
    book = gather(["helse-sor-ost", "town"], points=points).book
    with pytest.raises(Misconfigured) as stopped:
        insist_layers_agree(session, book, [site.tenant])
    assert "summary_sent.due" in str(stopped.value)
    assert "bindeledd-helse-sor-ost:region.toml" in str(stopped.value)
    assert "pack-town:town.toml" in str(stopped.value.where)


def test_a_case_without_unit_begins_with_what_the_organisation_of_its_team_asks_for(
    session: Session, site: Site, packs: Gathered
) -> None:
    opened = cases.open_case(
        session,
        patient_id=a_patient_row(session, site),
        index_kind=IndexKind.SELF_HARM,
        index_at=MONDAY,
        team_id=site.other_team,
        by=site.carl,
        at=MONDAY,
        book=packs.book,
    )
    assert opened.case.layers == (TOWN,)
