"""Does what a description says, in one transaction, and tells what changed."""

import os
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import Actor, Hours, command
from bindeledd.features.staff.service import Installed
from bindeledd.features.staff.tables import MemberRow, TenantRow
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.sealing.keyring import Keyring, prove
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.foundation.texts import t
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.setting_up.packs import with_packs
from bindeledd.setting_up.reading import Description, Team, Unit
from bindeledd.settings import Settings, file_of, open_site, read_settings, warnings, write_settings
from bindeledd.settings.checking import Tables
from bindeledd.upgrading import upgrade


@dataclass
class Report:
    """What a set-up did: `changes` holds (what, key, outcome, columns) of each step."""

    environment: str
    tenant: str
    settings_file: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    administrator: dict[str, str] | None = None
    first: bool = False

    def note(self, what: str, key: str, done: Installed) -> UUID:
        self.changes.append(
            {"what": what, "key": key, "outcome": done.outcome, "columns": list(done.columns)}
        )
        return done.id

    @property
    def restart(self) -> bool:
        """Whether something was changed that web and worker read only when they start."""
        if self.first:
            return False
        read_once = [one for one in self.changes if one["what"] in ("settings", "pack", "route")]
        return any(one["outcome"] != "same" for one in read_once)


def merged(own: Tables, wanted: Tables) -> Tables:
    """The site's tables with those that are wanted over them; nothing is taken away."""
    result = deepcopy(own)
    for name, table in wanted.items():
        if name == "plugin" and isinstance(table, list):
            result[name] = _packs(result.get(name, []), table)
        elif isinstance(table, list):
            result[name] = _routes(result.get(name, []), table)
        else:
            result[name] = {**result.get(name, {}), **table}
    return _without_packs_taken_out(result, own, wanted)


def _without_packs_taken_out(result: Tables, own: Tables, wanted: Tables) -> Tables:
    """What was said to a pack that is named no more says nothing to anybody: no start takes it."""
    named = wanted.get("site", {}).get("plugins")
    if named is None:
        return result
    said = {row.get("name") for row in wanted.get("plugin", [])}
    gone = {row.get("name") for row in own.get("plugin", [])} - {*named, *said}
    if gone:
        result["plugin"] = [row for row in result["plugin"] if row.get("name") not in gone]
    return result


def _route(row: Tables) -> str:
    """By what a route is known: its source and kinds."""
    kinds = " ".join(sorted(map(str, row.get("kinds") or ["*"])))
    return f"{row.get('source', '*')} {kinds}"


def _routes(own: list[Tables], wanted: list[Tables]) -> list[Tables]:
    """The site's routes, each in its place; what is wanted of the same source and kinds instead.

    New ones stand before the catch-all of the site: the first that fits counts.
    """
    known = {_route(row): row for row in wanted}
    there = {_route(row) for row in own}
    kept = [known.get(_route(row), row) for row in own]
    new = [row for name, row in known.items() if name not in there]
    last = next((n for n, row in enumerate(kept) if _route(row) == "* *"), len(kept))
    return [*kept[:last], *new, *kept[last:]]


def _packs(own: list[Tables], wanted: list[Tables]) -> list[Tables]:
    """What the site says to each pack, by its name; of one that is said again, key by key."""
    kept = [dict(row) for row in own]
    there = {row.get("name"): row for row in kept}
    for row in wanted:
        if row.get("name") in there:
            there[row.get("name")].update(row)
        else:
            kept.append(dict(row))
    return kept


def _told_of_packs(report: Report, own: Tables, tables: Tables) -> None:
    before = {row.get("name"): row for row in own.get("plugin", [])}
    for name in sorted(
        map(str, before.keys() - {row.get("name") for row in tables.get("plugin", [])})
    ):
        report.changes.append({"what": "pack", "key": name, "outcome": "taken_out", "columns": []})
    for row in tables.get("plugin", []):
        was = before.get(row.get("name"))
        columns = sorted(key for key in row if was and row[key] != was.get(key))
        outcome = "made" if was is None else "changed" if columns else "same"
        report.changes.append(
            {"what": "pack", "key": str(row.get("name")), "outcome": outcome, "columns": columns}
        )


def _told_of_routes(report: Report, own: Tables, wanted: Tables) -> None:
    before = {_route(row): row for row in own.get("route", [])}
    for row in wanted.get("route", []):
        was = before.get(_route(row))
        columns = sorted(
            key for key in {*row, *(was or {})} if was and row.get(key) != was.get(key)
        )
        outcome = "made" if was is None else "changed" if columns else "same"
        report.changes.append(
            {"what": "route", "key": _route(row), "outcome": outcome, "columns": columns}
        )


def _told_of_settings(report: Report, own: Tables, tables: Tables) -> None:
    """Which keys of the settings file are new or other than before; their values are not told."""
    for name, table in tables.items():
        for key, value in table.items() if isinstance(table, dict) else ():
            was = own.get(name, {})
            outcome = "made" if key not in was else "changed" if was[key] != value else "same"
            report.changes.append(
                {"what": "settings", "key": f"[{name}] {key}", "outcome": outcome, "columns": []}
            )


def set_up(
    description: Description,
    own: Tables,
    *,
    at: datetime,
    environ: Mapping[str, str] | None = None,
    prepare: Callable[[Database], object] = upgrade,
) -> Report:
    """Make or change the installation. `own`: the tables that stand in the settings file now.

    `prepare` brings the database to what this version wants.

    Refuses (`staff.environment_fixed`) a database that was made for something else; raises
    `Misconfigured` for whatever does not fit together. Nothing is half done.
    """
    environ = os.environ if environ is None else environ
    tables = merged(own, description.settings)
    settings = read_settings(environ, tables=tables)
    if not settings.environment:
        raise Misconfigured(
            "setup.for_what",
            where="[site] environment",
        )
    gathered = gather(settings.plugins, folders=list(settings.pathways))
    database = open_site(settings, new=True)
    try:
        prepare(database)
        report = _in_database(database, description, settings, gathered, at)
    finally:
        database.close()
    file = file_of(environ)
    write_settings(file, tables)
    _told_of_settings(report, own, tables)
    _told_of_packs(report, own, tables)
    _told_of_routes(report, own, description.settings)
    report.settings_file, report.first = str(file), not own
    report.warnings += warnings(settings)
    return report


def _in_database(
    database: Database, wanted: Description, settings: Settings, gathered: Gathered, at: datetime
) -> Report:
    with database.transaction() as session:
        service.set_installation(session, settings.environment, at=at)
        tenant_id, key, done = _tenant(session, wanted, at)
        report = Report(environment=settings.environment, tenant=key, settings_file="")
        report.note("tenant", key, done)
        _key(session, tenant_id, new=done.outcome == "made", at=at)
        by = command(tenant_id, "bindeledd setup")
        _directory(session, wanted, gathered, report, by, at)
        _administrator(session, wanted, report, by, at)
        closed = {
            team.id: gathered.closed_days(team.key) for team in queries.teams(session, tenant_id)
        }
        service.keep_closed_days(session, tenant_id, closed, source="pack")
        service.materialise_duty(session, tenant_id, since=at)
        report.warnings += _unstaffed(session, tenant_id, at)
    return report


def _unstaffed(session: Session, tenant: UUID, at: datetime) -> list[str]:
    """Teams that would not hear an alert as they stand."""
    told = [
        t("setup.warnings.no_hours", team=team.key)
        for team in queries.teams_without_hours(session, tenant)
    ]
    for team in queries.teams(session, tenant):
        if not queries.members_of(session, team.id, at):
            told.append(t("setup.warnings.no_people", team=team.key))
        elif not queries.leads(session, team.id, at):
            told.append(t("setup.warnings.no_lead", team=team.key))
    return told


def _tenant(session: Session, wanted: Description, at: datetime) -> tuple[UUID, str, Installed]:
    if wanted.tenant_key is not None:
        name = wanted.tenant_name or wanted.tenant_key
        done = service.set_tenant(session, key=wanted.tenant_key, name=name, at=at)
        return done.id, wanted.tenant_key, done
    rows = session.execute(sa.select(TenantRow.id, TenantRow.key)).all()
    if len(rows) != 1:
        raise Misconfigured("setup.which_tenant", where="[tenant] key")
    return rows[0].id, rows[0].key, Installed(id=rows[0].id, outcome="same")


def _key(session: Session, tenant: UUID, *, new: bool, at: datetime) -> None:
    """A tenant that is made now gets its key; one that was there must have it still, the same."""
    provider = session.info[Keyring].provider
    if new and isinstance(provider, FileKeys):
        provider.make_first(tenant)
    prove(session, tenant, at=at)


# --- the directory --------------------------------------------------------------------------------


def _directory(
    session: Session,
    wanted: Description,
    gathered: Gathered,
    report: Report,
    by: Actor,
    at: datetime,
) -> None:
    organisations, teams, units = with_packs(wanted, gathered)
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


def _administrator(
    session: Session, wanted: Description, report: Report, by: Actor, at: datetime
) -> None:
    """The first administrator gets a one-time code, as long as no password was chosen."""
    person = wanted.administrator
    if person is None:
        return
    done = service.set_member(
        session, login=person.login, name=person.name, email=person.email, by=by, at=at
    )
    report.note("administrator", person.login, done)
    service.grant(session, done.id, "admin", by=by, at=at)
    chosen = session.scalar(sa.select(MemberRow.password_hash).where(MemberRow.id == done.id))
    if chosen is None:
        code = access.give_code(session, done.id, by=by, at=at)
        report.administrator = {"login": person.login, "code": code}
