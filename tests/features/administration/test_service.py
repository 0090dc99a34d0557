"""What IT may change of those who work here: nothing lost, nothing overtaken, all of it written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.domain import GrantMissing
from bindeledd.features.administration import queries, service
from bindeledd.features.administration.domain import (
    ChangedMeanwhile,
    HoldsTasks,
    KeyTaken,
    KindUnknown,
    LastAdministrator,
    LastLead,
    LeadEnded,
    LoginTaken,
    MemberEnded,
    NeverOpen,
    OrganisationNotThere,
    OwnPlace,
    OwnRole,
    Rhythm,
    TeamSilent,
    UnitNotThere,
    UnitUnanswered,
    Why,
)
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.cases.tables import CaseRow, EventRow
from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.service import faults
from bindeledd.features.reminders.service.beginning import begin_uncovered
from bindeledd.features.reminders.service.rounds import Rounds
from bindeledd.features.staff import queries as people
from bindeledd.features.staff import service as staff
from bindeledd.features.staff.domain import (
    Actor,
    Grant,
    Hours,
    PointTaken,
    Role,
    TeamNotFound,
)
from bindeledd.features.staff.tables import MemberRow, MembershipRow, TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from builders import (
    MONDAY,
    Site,
    a_book,
    a_case_row,
    a_member,
    a_site,
    a_task_row,
    a_unit,
    an_open_case,
)

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def site(session: Session) -> Site:
    return a_site(session)


@pytest.fixture
def eva(session: Session, site: Site) -> Actor:
    """Runs the installation, and works in no team."""
    made = a_member(session, site.tenant, site.team, "eva", "member")
    staff.leave_team(session, made.id, site.team, by=site.system, at=MONDAY)
    staff.grant(session, made.id, "admin", by=site.system, at=MONDAY)
    return replace(made, teams=frozenset(), grants=frozenset({"admin"}))


def seen(session: Session, site: Site, member: Actor) -> str:
    return queries.person(session, site.tenant, member.id, LATER).seen


def doing(session: Session, site: Site, eva: Actor, member: Actor, **more: Any) -> dict[str, Any]:
    values = {"seen": seen(session, site, member), "why": Why.LEAVES, "by": eva, "at": LATER}
    return {**values, **more}


def held_by(session: Session, site: Site, member: Actor) -> None:
    case = a_case_row(session, site)
    a_task_row(session, site, case=case.id, held_by=member.id)


def told(session: Session) -> list[tuple[str, Any]]:
    rows = session.execute(sa.select(AuditEventRow.act, AuditEventRow.facts))
    return [(act, facts.get("why")) for act, facts in rows if act.startswith("administration.")]


def places(session: Session, member: Actor) -> list[tuple[str, bool]]:
    rows = session.execute(
        sa.select(MembershipRow.role, MembershipRow.until.is_(None))
        .where(MembershipRow.member_id == member.id)
        .order_by(MembershipRow.since)
    )
    return [(role, bool(open_)) for role, open_ in rows]


def test_whoever_begins_is_written_down_with_why(session, site, eva):
    made = service.add_member(
        session,
        login="jovnna",
        name="Jovnna",
        email=None,
        phone=None,
        team_id=site.team,
        role=Role.LEAD,
        why=Why.BEGINS,
        by=eva,
        at=LATER,
    )
    person = queries.person(session, site.tenant, made, LATER)

    assert [one.role for one in person.places] == [Role.LEAD]
    assert told(session) == [("administration.member_added", "begins")]


def test_a_login_that_somebody_has_is_not_given_again(session, site, eva):
    login = session.scalar(sa.select(MemberRow.login).where(MemberRow.id == site.anna.id))
    with pytest.raises(LoginTaken):
        service.add_member(
            session,
            login=login.upper(),
            name="X",
            email=None,
            phone=None,
            team_id=None,
            role=Role.MEMBER,
            why=Why.BEGINS,
            by=eva,
            at=LATER,
        )


def test_a_change_that_somebody_overtook_stores_nothing(session, site, eva):
    old = doing(session, site, eva, site.anna)
    said = {"email": None, "phone": None}
    service.change_member(session, site.anna.id, name="Anna B", **said, **old)
    with pytest.raises(ChangedMeanwhile):
        service.change_member(session, site.anna.id, name="Anna C", **said, **old)

    assert queries.person(session, site.tenant, site.anna.id, LATER).member.name == "Anna B"


def test_who_holds_open_tasks_is_not_ended(session, site, eva):
    held_by(session, site, site.anna)
    with pytest.raises(HoldsTasks) as refused:
        service.end_member(session, site.anna.id, **doing(session, site, eva, site.anna))

    assert refused.value.facts["count"] == 1


def test_what_somebody_holds_is_counted_by_team_and_for_nobody_else(session, site, eva):
    held_by(session, site, site.anna)
    shown = [
        service.show_person(session, one.id, by=eva, at=LATER).held
        for one in (site.anna, site.carl)
    ]

    assert shown == [{"follow-up": 1}, {}]


def test_nor_is_their_place_in_the_team_whose_tasks_they_hold(session, site, eva):
    held_by(session, site, site.anna)
    with pytest.raises(HoldsTasks):
        service.end_place(session, site.anna.id, site.team, **doing(session, site, eva, site.anna))


def test_a_team_keeps_its_last_lead(session, site, eva):
    for ask in (
        lambda d: service.end_member(session, site.berit.id, **d),
        lambda d: service.end_place(session, site.berit.id, site.team, **d),
        lambda d: service.give_place(session, site.berit.id, site.team, Role.MEMBER, **d),
    ):
        with pytest.raises(LastLead):
            ask(doing(session, site, eva, site.berit))


def test_with_another_lead_one_may_go(session, site, eva):
    given = doing(session, site, eva, site.anna, why=Why.BEGINS)
    service.give_place(session, site.anna.id, site.team, Role.LEAD, **given)
    service.end_member(session, site.berit.id, **doing(session, site, eva, site.berit))

    assert not queries.person(session, site.tenant, site.berit.id, LATER).member.active


def test_nobody_gives_themselves_a_place_among_patients(session, site, eva):
    with pytest.raises(OwnPlace):
        service.give_place(
            session, eva.id, site.team, Role.MEMBER, **doing(session, site, eva, eva)
        )

    assert queries.person(session, site.tenant, eva.id, LATER).places == ()


def test_a_place_that_ends_stands_as_it_was(session, site, eva):
    service.end_place(session, site.anna.id, site.team, **doing(session, site, eva, site.anna))

    assert places(session, site.anna) == [("member", False)]


def test_the_last_administrator_stays(session, site, eva):
    with pytest.raises(LastAdministrator):
        service.end_member(session, eva.id, **doing(session, site, eva, eva))


@pytest.mark.parametrize("who", ["anna", "berit"])
def test_nobody_without_the_role_sees_or_changes_any_of_it(session, site, eva, who):
    by = getattr(site, who)
    for ask in (
        lambda: service.show_running(session, {}, by=by, at=LATER),
        lambda: service.show_directory(session, by=by, at=LATER),
        lambda: service.show_person(session, site.anna.id, by=by, at=LATER),
        lambda: service.end_member(
            session, site.carl.id, **doing(session, site, eva, site.carl, by=by)
        ),
    ):
        with pytest.raises(GrantMissing):
            ask()


def test_another_tenants_member_is_not_there(session, site, eva):
    other = a_site(session)
    with pytest.raises(Exception, match="member_not_found"):
        service.show_person(session, other.anna.id, by=eva, at=LATER)


def test_a_directory_says_who_leads_and_when_a_team_is_open(session, site, eva):
    team = service.show_directory(session, by=eva, at=LATER).teams[0]

    assert (team.leads, team.people, team.hours[0]) == (("Berit",), 2, (1, "08.00–16.00"))


def test_a_failure_says_who_was_told(session, site, eva):
    faults.report_fault(session, "plugin:sms", "stopped", at=MONDAY)
    faults.tell_faults(session, at=MONDAY)
    found = service.show_running(session, {}, by=eva, at=LATER).failures

    assert [(one.is_of("sms"), one.first_at) for one in found] == [(True, MONDAY)]
    assert "Eva" in found[0].told


def test_a_job_stands_with_when_it_ran_last(session, site, eva):
    rhythm = Rhythm(every=timedelta(seconds=30), limit=timedelta(minutes=2))
    faults.beat(session, "sweep", worker="w", took_ms=7, at=MONDAY)
    beats = service.show_running(
        session, {"sweep": rhythm, "deliver": rhythm}, by=eva, at=LATER
    ).beats

    assert [(one.name, one.at) for one in beats] == [("sweep", MONDAY), ("deliver", None)]


def test_the_age_of_a_key_is_that_of_what_rests_on_it(session, site, eva):
    a_case_row(session, site)
    keys = service.show_running(session, {}, by=eva, at=LATER).keys

    assert (keys.oldest.since, keys.oldest.wraps, keys.unfinished) == (MONDAY, 1, False)


# --- roles, language, back again ------------------------------------------------------------------


def test_a_role_is_given_to_somebody_else_and_written_down(session, site, eva):
    said = doing(session, site, eva, site.carl, why=Why.AGREED)
    service.give_role(session, site.carl.id, Grant.ADMIN, **said)

    assert queries.person(session, site.tenant, site.carl.id, LATER).grants == ("admin",)
    assert told(session) == [("administration.role_given", "agreed")]


def test_nobody_gives_themselves_a_role(session, site, eva):
    with pytest.raises(OwnRole):
        service.give_role(session, eva.id, Grant.PRIVACY, **doing(session, site, eva, eva))

    assert queries.person(session, site.tenant, eva.id, LATER).grants == ("admin",)


def test_a_language_is_given_to_whoever_has_chosen_none(session, site, eva):
    service.give_language(session, site.carl.id, "nn", **doing(session, site, eva, site.carl))

    assert queries.person(session, site.tenant, site.carl.id, LATER).member.language == "nn"


def test_a_language_that_somebody_chose_stands(session, site, eva):
    staff.choose_language(session, site.carl.id, "en", by=site.carl, at=MONDAY)
    service.give_language(session, site.carl.id, "nn", **doing(session, site, eva, site.carl))

    assert queries.person(session, site.tenant, site.carl.id, LATER).member.language == "en"


def test_whoever_had_left_begins_again_without_a_place_or_a_role(session, site, eva):
    staff.deactivate_member(session, site.anna.id, by=site.system, at=MONDAY)
    service.begin_again(session, site.anna.id, **doing(session, site, eva, site.anna))
    person = queries.person(session, site.tenant, site.anna.id, LATER)

    assert (person.member.active, person.places, person.grants) == (True, (), ())
    assert told(session) == [("administration.member_returned", "leaves")]


def test_whoever_has_left_is_given_nothing_and_is_not_changed_back_in_passing(session, site, eva):
    staff.deactivate_member(session, site.anna.id, by=site.system, at=MONDAY)
    anna, said = site.anna.id, {"name": "Anna", "email": None, "phone": None}
    for ask in (
        lambda d: service.change_member(session, anna, **said, **d),
        lambda d: service.give_place(session, anna, site.team, Role.MEMBER, **d),
        lambda d: service.give_role(session, anna, Grant.ADMIN, **d),
        lambda d: service.give_language(session, anna, "nn", **d),
    ):
        with pytest.raises(MemberEnded):
            ask(doing(session, site, eva, site.anna))

    assert not queries.person(session, site.tenant, anna, LATER).member.active


def test_a_role_given_on_what_somebody_changed_meanwhile_is_not_given(session, site, eva):
    old = doing(session, site, eva, site.carl)
    service.give_role(session, site.carl.id, Grant.PRIVACY, **old)
    for ask in (
        lambda: service.give_role(session, site.carl.id, Grant.ADMIN, **old),
        lambda: service.give_language(session, site.carl.id, "nn", **old),
        lambda: service.begin_again(session, site.carl.id, **old),
    ):
        with pytest.raises(ChangedMeanwhile):
            ask()


def test_nobody_without_the_role_gives_one(session, site, eva):
    said = doing(session, site, eva, site.carl, by=site.berit)
    for ask in (
        lambda: service.give_role(session, site.carl.id, Grant.PRIVACY, **said),
        lambda: service.give_language(session, site.carl.id, "nn", **said),
        lambda: service.begin_again(session, site.carl.id, **said),
    ):
        with pytest.raises(GrantMissing):
            ask()


# --- units ----------------------------------------------------------------------------------------


def unit_form(session: Session, site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    unit, _ = queries.unit(session, site.tenant, site.unit)
    said = {"name": "Post 4", "team_id": site.other_team, "acute_number": "55 11 11 11"}
    return {**said, "seen": unit.seen, "why": Why.CORRECTION, "by": eva, "at": LATER, **more}


def test_a_unit_gets_another_name_team_and_number(session, site, eva):
    service.change_unit(session, site.unit, **unit_form(session, site, eva))
    unit, _ = queries.unit(session, site.tenant, site.unit)

    assert (unit.name, unit.team_id, unit.acute_number) == (
        "Post 4",
        site.other_team,
        "55 11 11 11",
    )
    assert told(session) == [("administration.unit_changed", "correction")]


def test_follow_ups_that_stand_keep_their_team(session, site, eva):
    case = a_case_row(session, site).id
    service.change_unit(session, site.unit, **unit_form(session, site, eva))

    team = session.scalar(sa.select(CaseRow.responsible_team_id).where(CaseRow.id == case))
    assert team == site.team


def test_a_unit_that_somebody_changed_meanwhile_is_not_overwritten(session, site, eva):
    form = unit_form(session, site, eva)
    service.change_unit(session, site.unit, **form)
    with pytest.raises(ChangedMeanwhile):
        service.change_unit(session, site.unit, **{**form, "name": "Post 5"})


def test_another_tenants_team_does_not_work_for_it(session, site, eva):
    other = a_site(session)
    with pytest.raises(TeamNotFound):
        service.change_unit(session, site.unit, **unit_form(session, site, eva, team_id=other.team))


def test_another_tenants_unit_is_not_there(session, site, eva):
    other = a_site(session)
    with pytest.raises(UnitNotThere):
        service.show_unit(session, other.unit, by=eva, at=LATER)


def test_an_address_is_added_once_and_for_one_unit(session, site, eva):
    other = a_unit(session, site, "other", "ward")
    said = {"scheme": "HER", "value": "80123", "why": Why.AGREED, "by": eva, "at": LATER}
    service.add_address(session, site.unit, **said)
    with pytest.raises(PointTaken):
        service.add_address(session, other, **said)

    assert [one.value for one in queries.unit(session, site.tenant, site.unit)[1]] == ["80123"]


def test_nobody_without_the_role_changes_a_unit(session, site, eva):
    said = {"scheme": "HER", "value": "80123", "why": Why.AGREED, "by": site.berit, "at": LATER}
    for ask in (
        lambda: service.show_unit(session, site.unit, by=site.berit, at=LATER),
        lambda: service.add_address(session, site.unit, **said),
        lambda: service.change_unit(
            session, site.unit, **unit_form(session, site, eva, by=site.berit)
        ),
    ):
        with pytest.raises(GrantMissing):
            ask()


def new_unit(site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    said = {
        "key": "post5",
        "name": "Post 5",
        "kind": "ward",
        "organisation_id": site.organisation,
        "team_id": site.team,
        "acute_number": None,
    }
    return {**said, "why": Why.ORGANISED, "by": eva, "at": LATER, **more}


def test_a_new_unit_has_a_team_and_an_address_and_is_written_down(session, site, eva):
    made = service.add_unit(session, **new_unit(site, eva, address=("HER", "80 123")))
    unit, points = queries.unit(session, site.tenant, made)

    assert (unit.key, unit.team_id, [one.value for one in points]) == (
        "post5",
        site.team,
        ["80123"],
    )
    assert told(session) == [("administration.unit_added", "organised")]


def test_a_short_name_that_a_unit_has_does_not_change_that_unit(session, site, eva):
    key = queries.unit(session, site.tenant, site.unit)[0].key
    with pytest.raises(KeyTaken):
        service.add_unit(session, **new_unit(site, eva, key=key))

    assert queries.unit(session, site.tenant, site.unit)[0].name != "Post 5"


def test_a_new_unit_without_a_team_is_refused(session, site, eva):
    with pytest.raises(UnitUnanswered):
        service.add_unit(session, **new_unit(site, eva, team_id=None))


def test_a_unit_is_not_left_without_its_team(session, site, eva):
    with pytest.raises(UnitUnanswered):
        service.change_unit(session, site.unit, **unit_form(session, site, eva, team_id=None))


def test_a_unit_that_has_no_team_may_be_given_another_name(session, site, eva):
    ward = staff.set_unit(
        session,
        key="guest",
        name="Gjestepost",
        kind="ward",
        organisation_id=site.organisation,
        team_id=None,
        by=site.system,
        at=MONDAY,
    ).id
    unit, _ = queries.unit(session, site.tenant, ward)
    said = unit_form(session, site, eva, team_id=None, seen=unit.seen)
    service.change_unit(session, ward, **said)

    assert queries.unit(session, site.tenant, ward)[0].name == "Post 4"


def test_a_unit_keeps_a_team_that_does_not_answer_when_its_name_is_put_right(session, site, eva):
    staff.set_hours(session, site.team, [], by=site.system, at=MONDAY)
    service.change_unit(session, site.unit, **unit_form(session, site, eva, team_id=site.team))

    assert queries.unit(session, site.tenant, site.unit)[0].name == "Post 4"


def test_a_wrong_kind_is_put_right_and_stands_where_nothing_is_said_of_it(session, site, eva):
    service.change_unit(session, site.unit, **unit_form(session, site, eva, kind="dps"))
    service.change_unit(session, site.unit, **unit_form(session, site, eva))

    assert queries.unit(session, site.tenant, site.unit)[0].kind == "dps"


def test_a_team_that_is_never_open_is_given_no_unit(session, site, eva):
    staff.set_hours(session, site.other_team, [], by=site.system, at=MONDAY)
    for ask in (
        lambda: service.change_unit(session, site.unit, **unit_form(session, site, eva)),
        lambda: service.add_unit(session, **new_unit(site, eva, team_id=site.other_team)),
    ):
        with pytest.raises(TeamSilent):
            ask()


def test_a_unit_is_offered_its_own_team_and_those_that_answer(session, site, eva):
    for team in (site.team, site.other_team):
        staff.set_hours(session, team, [], by=site.system, at=MONDAY)
    made = service.add_team(session, **new_team(site, eva))
    shown = service.show_unit(session, site.unit, by=eva, at=LATER)

    assert {one.id for one in shown.teams} == {site.team, made}


def test_a_kind_that_no_routine_knows_is_refused(session, site, eva):
    for ask in (
        lambda: service.add_unit(session, **new_unit(site, eva, kind="palace")),
        lambda: service.change_unit(
            session, site.unit, **unit_form(session, site, eva, kind="palace")
        ),
    ):
        with pytest.raises(KindUnknown):
            ask()


# --- organisations --------------------------------------------------------------------------------


def organisation_form(session: Session, site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    found, _ = queries.organisation(session, site.tenant, site.organisation)
    said = {"name": "Sykehuset Nord", "kind": "trust", "seen": found.seen}
    return {**said, "why": Why.CORRECTION, "by": eva, "at": LATER, **more}


def new_organisation(eva: Actor, **more: Any) -> dict[str, Any]:
    said = {"key": "byen", "name": "Byen", "kind": "municipality", "why": Why.ORGANISED}
    return {**said, "by": eva, "at": LATER, **more}


def test_a_new_organisation_is_there_for_units_and_messages(session, site, eva):
    address = ("ENH", "123 456 789")
    made = service.add_organisation(session, **new_organisation(eva, address=address))
    found, points = queries.organisation(session, site.tenant, made)

    assert (found.key, found.kind, [one.value for one in points]) == (
        "byen",
        "municipality",
        ["123456789"],
    )
    assert told(session) == [("administration.organisation_added", "organised")]


def test_a_short_name_that_an_organisation_has_does_not_change_it(session, site, eva):
    with pytest.raises(KeyTaken):
        service.add_organisation(session, **new_organisation(eva, key="trust"))

    assert queries.organisation(session, site.tenant, site.organisation)[0].kind == "trust"


def test_an_organisation_gets_another_name_and_keeps_its_short_one(session, site, eva):
    said = organisation_form(session, site, eva)
    service.change_organisation(session, site.organisation, **said)
    found, _ = queries.organisation(session, site.tenant, site.organisation)

    assert (found.key, found.name) == ("trust", "Sykehuset Nord")
    assert told(session) == [("administration.organisation_changed", "correction")]


def test_an_organisation_that_somebody_changed_meanwhile_is_not_overwritten(session, site, eva):
    form = organisation_form(session, site, eva)
    service.change_organisation(session, site.organisation, **form)
    with pytest.raises(ChangedMeanwhile):
        service.change_organisation(session, site.organisation, **{**form, "name": "Sør"})


def test_an_address_of_an_organisation_is_no_units(session, site, eva):
    said = {"scheme": "HER", "value": "90001", "why": Why.AGREED, "by": eva, "at": LATER}
    service.add_own_address(session, site.organisation, **said)

    assert queries.organisation(session, site.tenant, site.organisation)[1] != []
    assert queries.unit(session, site.tenant, site.unit)[1] == []
    with pytest.raises(PointTaken):
        service.add_address(session, site.unit, **said)


def test_another_tenants_organisation_is_not_there(session, site, eva):
    other = a_site(session)
    for ask in (
        lambda: service.show_organisation(session, other.organisation, by=eva, at=LATER),
        lambda: service.add_unit(
            session, **new_unit(site, eva, organisation_id=other.organisation)
        ),
    ):
        with pytest.raises(OrganisationNotThere):
            ask()


def test_nobody_without_the_role_adds_or_changes_an_organisation(session, site, eva):
    for ask in (
        lambda: service.add_organisation(session, **new_organisation(site.berit)),
        lambda: service.add_unit(session, **new_unit(site, site.berit)),
        lambda: service.change_organisation(
            session, site.organisation, **organisation_form(session, site, eva, by=site.berit)
        ),
    ):
        with pytest.raises(GrantMissing):
            ask()


# --- teams ----------------------------------------------------------------------------------------

MONDAYS = (Hours(weekday=1, opens=time(8), closes=time(15, 30)),)


def new_team(site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    said = {
        "key": "kveld",
        "name": "Kveldsteamet",
        "organisation_id": site.organisation,
        "lead_id": site.anna.id,
        "hours": MONDAYS,
        "closed": (),
    }
    return {**said, "why": Why.ORGANISED, "by": eva, "at": LATER, **more}


def duty_days(session: Session, team: Any) -> list[Any]:
    """Those of the next thirteen days on which somebody answers for the team."""
    found = people.duty_of(session, team, LATER, LATER + timedelta(days=13))
    return sorted({one.starts_at.date() for one in found})


def test_a_new_team_is_led_and_open_and_answers_from_now(session, site, eva):
    made = service.add_team(session, **new_team(site, eva))
    team = queries.team(session, site.tenant, made, LATER)

    assert (team.leads, team.hours, team.answers) == (("Anna",), ((1, "08.00–15.30"),), True)
    assert duty_days(session, made) == [LATER.date(), (MONDAY + timedelta(days=7)).date()]
    assert told(session) == [("administration.team_added", "organised")]


def test_days_that_packs_know_close_a_new_team_at_once(session, site, eva):
    closed = (MONDAY + timedelta(days=7)).date()
    made = service.add_team(session, **new_team(site, eva, closed={closed}))

    assert duty_days(session, made) == [LATER.date()]


def test_a_team_that_would_never_be_open_is_not_made(session, site, eva):
    with pytest.raises(NeverOpen):
        service.add_team(session, **new_team(site, eva, hours=()))

    assert people.find_team(session, site.tenant, "kveld") is None


def test_nobody_makes_themselves_the_lead_of_a_new_team(session, site, eva):
    with pytest.raises(OwnPlace):
        service.add_team(session, **new_team(site, eva, lead_id=eva.id))


def test_whoever_has_left_leads_no_new_team(session, site, eva):
    staff.deactivate_member(session, site.carl.id, by=site.system, at=MONDAY)
    with pytest.raises(LeadEnded):
        service.add_team(session, **new_team(site, eva, lead_id=site.carl.id))


def test_a_short_name_that_a_team_has_does_not_change_that_team(session, site, eva):
    with pytest.raises(KeyTaken):
        service.add_team(session, **new_team(site, eva, key="municipal"))

    assert queries.team(session, site.tenant, site.other_team, LATER).name == "municipal"


def team_form(session: Session, site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    team = queries.team(session, site.tenant, site.team, LATER)
    return {"seen": team.seen, "why": Why.CORRECTION, "by": eva, "at": LATER, **more}


def test_a_team_gets_another_name_and_keeps_the_rest(session, site, eva):
    session.execute(
        sa.update(TeamRow).where(TeamRow.id == site.team).values(zone="Arctic/Longyearbyen")
    )
    before = queries.team(session, site.tenant, site.team, LATER)
    service.rename_team(session, site.team, name="Nord", **team_form(session, site, eva))
    after = queries.team(session, site.tenant, site.team, LATER)

    assert after == replace(before, name="Nord")
    assert told(session) == [("administration.team_changed", "correction")]


def test_a_team_that_somebody_changed_meanwhile_is_not_overwritten(session, site, eva):
    form = team_form(session, site, eva)
    service.rename_team(session, site.team, name="Nord", **form)
    with pytest.raises(ChangedMeanwhile):
        service.rename_team(session, site.team, name="Sør", **form)


def test_nobody_without_the_role_makes_or_changes_a_team(session, site, eva):
    for ask in (
        lambda: service.add_team(session, **new_team(site, site.berit)),
        lambda: service.rename_team(
            session, site.team, name="X", **team_form(session, site, eva, by=site.berit)
        ),
    ):
        with pytest.raises(GrantMissing):
            ask()


def test_another_tenants_team_is_not_renamed(session, site, eva):
    other = a_site(session)
    with pytest.raises(TeamNotFound):
        service.rename_team(session, other.team, name="X", **team_form(session, site, eva))


# --- opening hours --------------------------------------------------------------------------------


def hours_form(session: Session, site: Site, eva: Actor, **more: Any) -> dict[str, Any]:
    return {**team_form(session, site, eva), "hours": MONDAYS, "closed": (), **more}


def owed(session: Session, case: Any) -> dict[Any, Any]:
    rows = session.execute(
        sa.select(TaskRow.id, TaskRow.due_at).where(
            TaskRow.case_id == case, TaskRow.state == "open"
        )
    )
    return {row.id: row.due_at for row in rows}


def test_whoever_answers_follows_the_new_hours_from_now(session, site, eva):
    service.change_hours(session, site.team, **hours_form(session, site, eva))

    assert duty_days(session, site.team) == [LATER.date(), (MONDAY + timedelta(days=7)).date()]
    assert told(session) == [("administration.hours_changed", "correction")]


def test_both_doors_make_the_same_duty(session, site, eva):
    """`setup` sets the hours and renews the duty of everybody: the page does so for one team."""
    service.change_hours(session, site.team, **hours_form(session, site, eva))
    staff.set_hours(session, site.other_team, MONDAYS, by=site.system, at=LATER)
    staff.renew_duty(session, site.tenant, {}, since=LATER)

    assert duty_days(session, site.team) == duty_days(session, site.other_team)


def test_whoever_is_on_call_stays_so(session, site, eva):
    night = LATER + timedelta(hours=12)
    staff.put_on_call(
        session,
        site.team,
        site.carl.id,
        starts_at=night,
        ends_at=night + timedelta(hours=8),
        by=site.berit,
        at=MONDAY,
    )
    service.change_hours(session, site.team, **hours_form(session, site, eva))

    asleep = night + timedelta(hours=1)
    assert [one.name for one in people.on_duty(session, site.team, asleep)] == ["Carl"]


def test_due_times_that_stand_do_not_move_and_nothing_that_is_owed_falls(session, site, eva):
    case = an_open_case(session, site, discharged_at=MONDAY).case.id
    before = owed(session, case)
    service.change_hours(session, site.team, **hours_form(session, site, eva))
    assessed = NewEvent(kind=EventKind.RISK_ASSESSED, at=LATER)
    cases.record(session, case, [assessed], by=site.anna, at=LATER, book=a_book())
    after = owed(session, case)

    assert len(before) > 3
    assert {task: after[task] for task in before if task in after} == {
        task: due for task, due in before.items() if task in after
    }
    assert {task for task in before if task not in after} == done_by(session, case, assessed.kind)


def done_by(session: Session, case: Any, kind: EventKind) -> set[Any]:
    """The tasks that an event of this kind ended."""
    return set(
        session.scalars(
            sa.select(TaskRow.id)
            .join(EventRow, EventRow.id == TaskRow.ended_by_event_id)
            .where(TaskRow.case_id == case, EventRow.kind == kind)
        )
    )


def test_of_what_falls_due_before_anybody_is_at_work_the_lead_hears(session, site, eva):
    wednesday = MONDAY + timedelta(days=2)
    case = a_case_row(session, site, due_at=wednesday)
    service.change_hours(session, site.team, **hours_form(session, site, eva))
    rounds = Rounds(book=a_book(), fallback_repeat=Rules().fallback_repeat)
    tuesday = MONDAY + timedelta(days=1)

    assert begin_uncovered(session, rounds, at=tuesday, batch=10) == 1
    assert list(owed(session, case.id).values()) == [wednesday]


def test_hours_that_leave_a_team_never_open_are_refused(session, site, eva):
    with pytest.raises(NeverOpen):
        service.change_hours(session, site.team, **hours_form(session, site, eva, hours=()))

    assert queries.team(session, site.tenant, site.team, LATER).hours != ()


def test_hours_that_somebody_changed_meanwhile_are_not_overwritten(session, site, eva):
    form = hours_form(session, site, eva)
    service.change_hours(session, site.team, **form)
    with pytest.raises(ChangedMeanwhile):
        service.change_hours(session, site.team, **{**form, "hours": (*MONDAYS,)})


def test_nobody_without_the_role_changes_hours(session, site, eva):
    with pytest.raises(GrantMissing):
        service.change_hours(session, site.team, **hours_form(session, site, eva, by=site.berit))
