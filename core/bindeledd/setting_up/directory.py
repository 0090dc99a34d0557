"""Organisations, teams and units of a description, put into the directory one by one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import Actor, Hours
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.plugin.loading import Gathered
from bindeledd.setting_up.packs import with_packs
from bindeledd.setting_up.reading import Description, Organisation, Team, Unit
from bindeledd.setting_up.reporting import Report


def loose_ends(
    wanted: Description,
    described: tuple[Sequence[Organisation], Sequence[Team], Sequence[Unit]],
    *,
    has_organisation: Callable[[str], bool] = lambda _: False,
    has_team: Callable[[str], bool] = lambda _: False,
) -> list[Misconfigured]:
    """What is referred to and is neither described nor there already."""
    organisations, teams, units = described
    places = {one.key for one in organisations}
    names = {one.key for one in teams}
    members: list[Team | Unit] = [*teams, *units]
    faults = [
        Misconfigured(
            "setup.no_organisation",
            where=one.at.get("organisation", "organisation"),
            name=one.organisation,
        )
        for one in members
        if one.organisation
        and one.organisation not in places
        and not has_organisation(one.organisation)
    ]
    named = [(unit.team, unit.at.get("team", "team")) for unit in units]
    named.append((wanted.intake_team, wanted.tenant_at.get("intake_team", "team")))
    return faults + [
        Misconfigured("setup.no_team", where=where, name=key)
        for key, where in named
        if key and key not in names and not has_team(key)
    ]


def put_directory(
    session: Session,
    wanted: Description,
    gathered: Gathered,
    report: Report,
    by: Actor,
    at: datetime,
) -> None:
    organisations, teams, units = with_packs(wanted, gathered)
    tenant = by.tenant_id
    insist_none(
        loose_ends(
            wanted,
            (organisations, teams, units),
            has_organisation=lambda key: (
                queries.find_organisation(session, tenant, key) is not None
            ),
            has_team=lambda key: queries.find_team(session, tenant, key) is not None,
        )
    )
    places: dict[str, UUID] = {}
    for one in organisations:
        done = service.set_organisation(
            session, key=one.key, name=one.name, kind=one.kind, by=by, at=at
        )
        places[one.key] = report.note("organisation", one.key, done)
        _points(session, one.points, report, by, at, organisation_id=done.id)
    team_ids = {team.key: _put_team(session, team, places, report, by, at) for team in teams}
    for unit in units:
        _put_unit(session, unit, places, team_ids, report, by, at)
    if wanted.intake_team is not None or teams:
        key = wanted.intake_team or teams[0].key
        team_id = _team_id(session, key, team_ids, by)
        known = queries.intake_team(session, by.tenant_id)
        if wanted.intake_team is not None or known is None:
            done = service.set_tenant_settings(
                session, by.tenant_id, intake_team_id=team_id, by=by, at=at
            )
            report.note("intake_team", key, done)


def _organisation_id(session: Session, key: str, places: Mapping[str, UUID], by: Actor) -> UUID:
    found = places.get(key) or queries.find_organisation(session, by.tenant_id, key)
    if found is None:
        raise Misconfigured(
            "setup.no_organisation",
            where="organisation",
            name=key,
        )
    return found


def _team_id(session: Session, key: str, teams: Mapping[str, UUID], by: Actor) -> UUID:
    if key in teams:
        return teams[key]
    found = queries.find_team(session, by.tenant_id, key)
    if found is None:
        raise Misconfigured("setup.no_team", where="team", name=key)
    return found.id


def _put_team(
    session: Session,
    team: Team,
    places: Mapping[str, UUID],
    report: Report,
    by: Actor,
    at: datetime,
) -> UUID:
    done = service.set_team(
        session,
        key=team.key,
        name=team.name,
        organisation_id=_organisation_id(session, team.organisation, places, by),
        zone=team.zone,
        by=by,
        at=at,
    )
    report.note("team", team.key, done)
    if team.hours is not None:
        hours: tuple[Hours, ...] = team.hours
        report.note("hours", team.key, service.set_hours(session, done.id, hours, by=by, at=at))
    for day in team.closed:
        closed = service.close_day(session, done.id, day, source="site", by=by, at=at)
        report.note("closed_day", f"{team.key} {day}", closed)
    return done.id


def _put_unit(
    session: Session,
    unit: Unit,
    places: Mapping[str, UUID],
    teams: Mapping[str, UUID],
    report: Report,
    by: Actor,
    at: datetime,
) -> None:
    organisation = _organisation_id(session, unit.organisation, places, by)
    done = service.set_unit(
        session,
        key=unit.key,
        name=unit.name,
        kind=unit.kind,
        organisation_id=organisation,
        team_id=_team_id(session, unit.team, teams, by) if unit.team else None,
        acute_number=unit.acute_number,
        by=by,
        at=at,
    )
    report.note("unit", unit.key, done)
    _points(session, unit.points, report, by, at, organisation_id=organisation, unit_id=done.id)


def _points(
    session: Session,
    points: tuple[tuple[str, str], ...],
    report: Report,
    by: Actor,
    at: datetime,
    *,
    organisation_id: UUID,
    unit_id: UUID | None = None,
) -> None:
    for scheme, value in points:
        done = service.set_contact_point(
            session,
            scheme=scheme,
            value=value,
            organisation_id=organisation_id,
            unit_id=unit_id,
            by=by,
            at=at,
        )
        report.note("contact_point", f"{scheme}:{value}", done)
