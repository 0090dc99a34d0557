"""Does what a description says, in one transaction, and tells what changed."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import Actor, command
from bindeledd.features.staff.service import Installed
from bindeledd.features.staff.tables import MemberRow, TenantRow
from bindeledd.foundation.db import Database, unreached
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.foundation.sealing.keyring import Keyring, prove
from bindeledd.foundation.sealing.providers import FileKeys
from bindeledd.foundation.texts import t
from bindeledd.plugin.holding import held_by_nobody
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.setting_up.directory import loose_ends, put_directory
from bindeledd.setting_up.merging import merged
from bindeledd.setting_up.packs import locked_first, odd_ways, placed, unknown_to_packs, with_packs
from bindeledd.setting_up.reading import Description
from bindeledd.setting_up.reporting import Report
from bindeledd.settings import Settings, file_of, open_site, read_settings, warnings, write_settings
from bindeledd.settings.checking import Tables, line_of
from bindeledd.upgrading import upgrade


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
    settings, gathered = _looked_through(description, tables, environ, first=not own)
    database = open_site(settings, new=True)
    try:
        prepare(database)
        report = _in_database(database, description, settings, gathered, at)
    except sa.exc.OperationalError as wrong:
        missed = unreached(wrong, where=_where_of_database(description, environ))
        raise missed or wrong from None
    finally:
        database.close()
    file = file_of(environ)
    write_settings(file, tables)
    report.tell_file(own, tables, routes=description.settings.get("route", []))
    report.settings_file, report.first = str(file), not own
    report.warnings += warnings(settings)
    return report


def _looked_through(
    description: Description, tables: Tables, environ: Mapping[str, str], *, first: bool
) -> tuple[Settings, Gathered]:
    """The settings and what the packs say. Raises `Misconfigured` with all that is wrong.

    `first`: there is nothing yet but what is described, so that what it refers to is in it.
    """
    told = (str(description.file), description.source) if description.file else None
    faults = [*description.faults]
    if not tables.get("site", {}).get("environment"):
        faults.append(Misconfigured("setup.for_what", where="[site] environment"))
    settings, gathered = None, None
    try:
        settings = read_settings(environ, tables=tables, told=told)
        gathered = gather(
            settings.plugins, folders=list(settings.pathways), lock=settings.plugins_lock
        )
        faults += unknown_to_packs(description, gathered)
        faults += odd_ways(settings, gathered, told, _standing(file_of(environ)))
    except Misconfigured as wrong:
        faults += [
            locked_first(placed(one, told), tables, file_of(environ)) for one in wrong.faults
        ]
    if first and faults and (gathered is not None or not description.use):
        faults += loose_ends(description, with_packs(description, gathered))
    insist_none(faults)
    if settings is None or gathered is None:  # told by now
        raise AssertionError
    return settings, gathered


def _where_of_database(description: Description, environ: Mapping[str, str]) -> str:
    """Where the address of the database stands: the environment, the description, the settings."""
    if environ.get("BINDELEDD_DATABASE_URL"):
        return "BINDELEDD_DATABASE_URL"
    line = line_of(description.source, "database", "url")
    file = file_of(environ) if line is None else f"{description.file}:{line}"
    return f"{file} [database] url"


def _standing(file: Path) -> tuple[str, str] | None:
    """The name and text of the settings file, where there is one already."""
    return (str(file), file.read_text(encoding="utf-8")) if file.exists() else None


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
        put_directory(session, wanted, gathered, report, by, at)
        _administrator(session, wanted, report, by, at)
        closed = {
            team.id: gathered.closed_days(team.key) for team in queries.teams(session, tenant_id)
        }
        service.renew_duty(session, tenant_id, closed, since=at)
        report.warnings += _unstaffed(session, tenant_id, at)
        nobodys = held_by_nobody(session, gathered.book, [tenant_id])
        report.warnings += [f"{one.where}: {one.what}: {one.do}" for one in nobodys]
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
    return told + [
        t("setup.warnings.no_unit_team", unit=key)
        for key, (_, team_id) in sorted(queries.units(session, tenant).items())
        if team_id is None
    ]


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


def _administrator(
    session: Session, wanted: Description, report: Report, by: Actor, at: datetime
) -> None:
    """The first administrator gets a one-time code, as long as no password was chosen.

    One that holds still is not replaced: it may be on its way to whoever is to use it.
    """
    person = wanted.administrator
    if person is None:
        return
    done = service.set_member(
        session, login=person.login, name=person.name, email=person.email, by=by, at=at
    )
    report.note("administrator", person.login, done)
    service.grant(session, done.id, "admin", by=by, at=at)
    chosen, until = session.execute(
        sa.select(MemberRow.password_hash, MemberRow.code_until).where(MemberRow.id == done.id)
    ).one()
    if chosen is None and until is not None and at < until:
        report.code_holds = {"login": person.login, "until": until.isoformat()}
    elif chosen is None:
        code = access.give_code(session, done.id, by=by, at=at)
        report.administrator = {"login": person.login, "code": code}
