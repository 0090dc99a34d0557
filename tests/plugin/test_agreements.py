"""A ward and a town have an agreement: it joins when the town is named, and ends when another one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases import queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import (
    Case,
    EventKind,
    IndexKind,
    NewEvent,
    joining,
    telling,
)
from bindeledd.features.cases.service import saying, upgrading
from bindeledd.features.handovers import service as handovers
from bindeledd.features.staff.tables import OrganisationRow, TeamRow, UnitRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.agreeing import insist_layers_agree
from bindeledd.plugin.loading import Gathered, gather, installed
from builders import MONDAY, Site, a_patient_row, a_site
from plugin.packs import DATA, Shelf

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BASE, PAIR = "base.out@1", "pair.out@1"
LAYER = """
    id = "base.out"
    version = "1"
    extends = "national.after-attempt"
    level = "trust"
    [title]
    nb = "Avtalen"
    [applies_to]
    organisations = ["trust"]
    to = ["municipality"]
    [[gate]]
    key = "base.told"
    at = "discharged"
    need = "summary_sent"
    task = "send_summary"
    owner = "discharging_unit"
    due = { within = "P1D" }
    basis = { kind = "local", source = "the agreement" }
"""
OWN = """
    id = "pair.out"
    version = "1"
    extends = "national.after-attempt"
    level = "municipality"
    [title]
    nb = "Avtalen med byen"
    [applies_to]
    organisations = ["vestre-viken"]
    to = ["byen"]
    [[gate]]
    key = "summary_sent"
    due = { within = "PT0S" }
    basis = { kind = "local", source = "the agreement" }
"""


def packs_of(shelf: Shelf, *layers: str) -> Gathered:
    files = {f"pathways/layer{n}.toml": text for n, text in enumerate(layers)}
    shelf.put("pair", DATA, files=files)
    points = [*shelf.points, *(one for one in installed() if one.name != "pair")]
    return gather(["pair"], points=points)


@pytest.fixture
def site(session: Session) -> Site:
    """The ward is of Vestre Viken; the other team of a town; there is another town without a team."""
    made = a_site(session)
    trust = sa.update(OrganisationRow).where(OrganisationRow.id == made.organisation)
    session.execute(trust.values(key="vestre-viken", kind="trust"))
    towns = {key: new_id() for key in ("byen", "bygda")}
    for key, town in towns.items():
        row = {"id": town, "tenant_id": made.tenant, "key": key, "name": key.title()}
        session.execute(sa.insert(OrganisationRow).values(**row, kind="municipality"))
    other = sa.update(TeamRow).where(TeamRow.id == made.other_team)
    session.execute(other.values(organisation_id=towns["byen"]))
    session.execute(sa.update(UnitRow).where(UnitRow.id == made.unit).values(kind="acute_ward"))
    return made


def admitted(session: Session, site: Site, packs: Gathered, *more: NewEvent) -> Case:
    return cases.open_case(
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
    ).case


def name(session: Session, site: Site, packs: Gathered, case: Case, key: str, day: int) -> Case:
    return saying.tell(
        session,
        case.id,
        EventKind.RECEIVER_NAMED,
        facts={"receiver_kind": "municipality", "receiver_organisation": key},
        by=site.anna,
        at=MONDAY + day * DAY,
        book=packs.book,
    ).case


def leaves(session: Session, site: Site, packs: Gathered, case: Case, day: int) -> None:
    at = MONDAY + day * DAY
    gone = NewEvent(kind=EventKind.DISCHARGED, at=at)
    cases.record(session, case.id, [gone], by=site.anna, at=at, book=packs.book)


def owed(session: Session, case_id: UUID) -> Sequence[str]:
    return sorted(task.step_key for task in queries.tasks_of(session, case_id) if task.is_open)


def test_s192_it_joins_when_the_receiver_is_named_and_asks_at_the_discharge(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER, OWN)
    case = admitted(session, site, packs)
    assert case.layers == ()
    case = name(session, site, packs, case, "byen", 1)
    assert case.layers == (BASE, PAIR)
    leaves(session, site, packs, case, 2)
    assert "gate.base.told" in owed(session, case.id)


def test_what_has_been_is_not_made_late_by_naming_the_receiver_afterwards(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER, OWN)
    case = admitted(session, site, packs)
    leaves(session, site, packs, case, 1)
    (before,) = [t for t in queries.tasks_of(session, case.id) if t.step_key == "gate.summary_sent"]
    case = name(session, site, packs, case, "byen", 2)
    assert "gate.base.told" not in owed(session, case.id)
    (after,) = [t for t in queries.tasks_of(session, case.id) if t.step_key == "gate.summary_sent"]
    assert after.due_at == before.due_at


def test_s197_when_the_pair_changes_the_base_goes_on_and_the_pairs_own_ends(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER, OWN)
    case = name(session, site, packs, admitted(session, site, packs), "byen", 1)
    case = name(session, site, packs, case, "bygda", 2)
    assert case.layers == (BASE,)


def test_a_receiver_that_there_is_not_is_refused(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER)
    with pytest.raises(telling.BadFact):
        name(session, site, packs, admitted(session, site, packs), "nowhere", 1)


def test_whoever_is_asked_to_take_over_is_named_by_that(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER, OWN)
    case = admitted(session, site, packs)
    at = MONDAY + DAY
    sent = handovers.hand_over(
        session, case.id, to_team_id=site.other_team, words={}, by=site.anna, at=at, book=packs.book
    )
    assert sent.recorded.case.layers == (BASE, PAIR)


def test_an_agreement_that_is_made_later_joins_by_an_upgrade_from_when_the_pair_was_named(
    session: Session, site: Site, shelf: Shelf
) -> None:
    national = gather([])
    case = name(session, site, national, admitted(session, site, national), "byen", 1)
    leaves(session, site, national, case, 2)
    book = packs_of(shelf, LAYER).book
    where = {"pathway_id": "national.after-attempt", "version": "2026.1", "book": book}
    to = upgrading.target(session, site.tenant, **where)
    at = MONDAY + 3 * DAY
    done = upgrading.upgrade_case(session, case.id, to, reason="Avtale", by=site.anna, at=at)
    assert done is not None
    assert done.case.layers == (BASE,)
    assert "gate.base.told" in owed(session, case.id)


def test_an_agreement_that_cannot_stand_beside_the_wards_routine_stops_the_start(
    session: Session, site: Site, shelf: Shelf
) -> None:
    """They meet on a person whom the ward hands to the town, and nowhere in the files."""
    ward = OWN.replace("pair.out", "ward.own").replace('level = "municipality"', 'level = "unit"')
    ward = ward.replace('organisations = ["vestre-viken"]\n    to = ["byen"]', 'units = ["ward"]')
    ward = ward.replace("PT0S", "P1D")
    own = OWN.replace(
        'organisations = ["vestre-viken"]',
        'organisations = ["vestre-viken"]\n    units = ["acute_ward"]',
    )
    book = packs_of(shelf, own, ward).book
    with pytest.raises(Misconfigured) as stopped:
        insist_layers_agree(session, book, [site.tenant])
    assert "summary_sent.due" in str(stopped.value)
    assert "pack-pair:layer0.toml" in str(stopped.value)
    assert "pack-pair:layer1.toml" in str(stopped.value.where)


def _mistaken(session: Session, site: Site, packs: Gathered, case: Case, day: int) -> Case:
    """The last receiver that was named was named by mistake."""
    history = queries.events_of(session, case.id)
    wrong = [e.id for e in history if e.kind is EventKind.RECEIVER_NAMED and not e.in_error][-1]
    by, at = site.anna, MONDAY + day * DAY
    words = {"reason": "Feil kommune"}
    return cases.mark_in_error(
        session, case.id, [wrong], words=words, by=by, at=at, book=packs.book
    ).case


TOWN = OWN.replace("pair.out", "town.out").replace('to = ["byen"]', 'to = ["bygda"]')
TOWN = TOWN.replace("PT0S", "PT6H")
TOLD = LAYER.replace('to = ["municipality"]', 'to = ["byen"]').replace("base.", "told.")
TOLD = TOLD.replace('["trust"]', '["vestre-viken"]').replace('"trust"', '"municipality"')


def test_a_receiver_named_by_mistake_gives_back_what_was_agreed_with_the_one_before(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, TOLD, TOWN)
    case = name(session, site, packs, admitted(session, site, packs), "byen", 1)
    assert case.layers == ("told.out@1",)
    case = name(session, site, packs, case, "bygda", 2)
    assert case.layers == ("town.out@1",)
    case = _mistaken(session, site, packs, case, 3)
    assert case.layers == ("told.out@1",)
    assert joining.joined(queries.events_of(session, case.id)) == {"told.out": MONDAY + DAY}
    leaves(session, site, packs, case, 4)
    assert "gate.told.told" in owed(session, case.id)
    case = _mistaken(session, site, packs, case, 5)
    assert case.layers == ()


def test_what_was_agreed_with_the_wrong_one_ends_also_where_the_routine_changed_meanwhile(
    session: Session, site: Site, shelf: Shelf
) -> None:
    national = gather([])
    case = name(session, site, national, admitted(session, site, national), "byen", 1)
    case = name(session, site, national, case, "bygda", 2)
    packs = packs_of(shelf, TOLD, TOWN)
    where = {"pathway_id": "national.after-attempt", "version": "2026.1", "book": packs.book}
    to = upgrading.target(session, site.tenant, **where)
    at = MONDAY + 3 * DAY
    upgrading.upgrade_case(session, case.id, to, reason="Avtale", by=site.anna, at=at)
    case = _mistaken(session, site, packs, case, 4)
    assert case.layers == ("told.out@1",)
    assert joining.joined(queries.events_of(session, case.id)) == {"told.out": MONDAY + DAY}


def test_a_receiver_of_ones_own_organisation_ends_what_was_agreed_with_the_one_outside(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, LAYER, OWN)
    case = name(session, site, packs, admitted(session, site, packs), "byen", 1)
    case = name(session, site, packs, case, "vestre-viken", 2)
    assert case.layers == ()
    assert joining.receiver_of(queries.events_of(session, case.id)) == {"vestre-viken", "trust"}
    leaves(session, site, packs, case, 3)
    assert "gate.base.told" not in owed(session, case.id)


def test_a_receiver_outside_is_named_by_its_organisation_number_and_by_no_other_digits(
    session: Session, site: Site, shelf: Shelf
) -> None:
    packs = packs_of(shelf, OWN.replace('"byen"', '"974760673"'))
    case = admitted(session, site, packs)
    for wrong in ("12345678901", "974760674", "٩٧٤٧٦٠٦٧٣", "9747606730", "1", "²"):
        with pytest.raises(telling.BadFact):
            name(session, site, packs, case, wrong, 1)
    case = name(session, site, packs, case, "974760673", 1)
    assert case.layers == (PAIR,)
    (told,) = [
        event
        for event in queries.events_of(session, case.id)
        if event.kind is EventKind.RECEIVER_NAMED
    ]
    assert told.facts["receiver_organisation"] == "974760673"
