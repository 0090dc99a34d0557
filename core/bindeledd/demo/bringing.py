"""Makes the demo's site and plays forty days: messages through the real intake, a team at work."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from random import Random
from uuid import UUID

import sqlalchemy as sa

from bindeledd.demo.people import People, people_of
from bindeledd.demo.team import Team
from bindeledd.features.access import service as access
from bindeledd.features.intake import queries as intake_queries
from bindeledd.features.intake import service as intake
from bindeledd.features.intake.domain.queue import Received, Status
from bindeledd.features.intake.domain.routing import Routes
from bindeledd.features.intake.domain.synthetic.stories import caseload
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders.service.acknowledging import acknowledge
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff import service as people
from bindeledd.features.staff.domain import Role, command, system
from bindeledd.features.staff.tables import InstallationRow, TenantRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.calendars import zone_named
from bindeledd.foundation.db import Database, look_into, sqlite_file, tables_in
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.installation import find_tenants, gather, open_site, read_settings
from bindeledd.plugin.loading import Gathered
from bindeledd.setting_up.doing import set_up
from bindeledd.setting_up.reading import read_description
from bindeledd.settings import Settings
from bindeledd.worker import create_worker

DAYS = 41
MEMBERS = (
    ("ambulant", "anna", "Anna Lunde", Role.MEMBER),
    ("ambulant", "jovnna", "Jovnna Sara", Role.MEMBER),
    ("ambulant", "berit", "Berit Haugen", Role.LEAD),
    ("kommunalt", "carl", "Carl Nes", Role.MEMBER),
    ("kommunalt", "dina", "Dina Moen", Role.LEAD),
)
Progress = Callable[[int, int], None]


@dataclass
class Demo:
    """A demo that was brought in: what is open, and what became of each message."""

    settings: Settings
    database: Database
    gathered: Gathered
    tenant: UUID
    received: list[Received] = field(default_factory=list)
    alerts: int = 0
    delivered: int = 0


def bring_in(*, patients: int, seed: int, at: datetime, progress: Progress) -> Demo:
    """A demo from nothing, as it stands at `at`. An earlier demo in the same place is replaced.

    Refuses, with `Misconfigured`, a place that holds anything but a demo.
    """
    _clear()
    demo = _site(at - timedelta(days=DAYS))
    _play(demo, patients=patients, seed=seed, at=at, progress=progress)
    _now(demo, at)
    return demo


# --- the site -------------------------------------------------------------------------------------


def _clear() -> None:
    """Take an earlier demo away. Whatever is not a demo is left as it is, and said."""
    settings = read_settings()
    if settings.file is not None and settings.environment != "demo":
        raise Misconfigured(
            "demo.settings_of" if settings.environment else "demo.settings_there",
            where=str(settings.file),
            environment=settings.environment,
        )
    file = sqlite_file(settings.database_url)
    if file is None:
        _insist_empty(settings)
        return
    _insist_demo(file)
    left = [file.with_name(file.name + end) for end in ("", "-wal", "-shm")]
    for one in (*_left_by(file, settings), *left):
        one.unlink(missing_ok=True)


def _left_by(file: Path, settings: Settings) -> list[Path]:
    """The keys and e-mails of an earlier demo, where they lie in its own home."""
    if TenantRow.__tablename__ not in tables_in(file) or settings.key_provider != "file":
        return []
    tenants = look_into(file, f"SELECT id FROM {TenantRow.__tablename__}")  # noqa: S608
    keys = [settings.key_folder / f"{UUID(str(row[0]))}.keys" for row in tenants]
    mails = (settings.home / "mail").glob("*.eml")
    return [one for one in (*keys, *mails) if settings.home in one.parents]


def _insist_demo(file: Path) -> None:
    """Looked at without a byte changed: the file may be anybody's."""
    there = tables_in(file)
    if not there:
        return
    ours = InstallationRow.__tablename__
    found = look_into(file, f"SELECT environment FROM {ours}") if ours in there else []  # noqa: S608
    if found not in ([], [("demo",)]) or ours not in there:
        raise Misconfigured(
            "demo.database_of" if found else "demo.database_there",
            where=str(file),
            environment=found[0][0] if found else "",
        )


def _insist_empty(settings: Settings) -> None:
    database = open_site(settings)
    try:
        with database.transaction() as session:
            there = sa.inspect(session.connection()).get_table_names()
    finally:
        database.close()
    if there:
        raise Misconfigured(
            "demo.not_empty",
            where="BINDELEDD_DATABASE_URL",
        )


def _site(at: datetime) -> Demo:
    with as_file(files("bindeledd.config.examples") / "demo.toml") as file:
        set_up(read_description(file), {}, at=at)
    settings = read_settings()
    database = open_site(settings)
    tenant = next(iter(find_tenants(database).values()))
    with database.transaction() as session:
        by = command(tenant, "bindeledd demo")
        made = []
        for team_key, login, name, role in MEMBERS:
            team = staff.find_team(session, tenant, team_key)
            if team is None:
                raise Misconfigured("demo.no_team", where="demo.toml")
            done = people.set_member(
                session,
                login=login,
                name=name,
                email=f"{login}@fjordbyen.invalid",
                by=by,
                at=at,
            )
            people.join_team(session, done.id, team.id, role, by=by, at=at)
            made.append(done.id)
        access.give_demo_password(session, made, by=by, at=at)
    return Demo(settings=settings, database=database, gathered=gather(settings), tenant=tenant)


# --- forty days -----------------------------------------------------------------------------------


def _play(demo: Demo, *, patients: int, seed: int, at: datetime, progress: Progress) -> None:
    """Messages in the order of their arrival; every working morning the team does its day."""
    messages = list(caseload(seed, patients, at))
    writer = system(demo.tenant)
    with demo.database.transaction() as session:
        who = people_of(session, demo.tenant, writer, at)
    team = _team(demo, who, seed)
    mornings = _mornings(demo, team, at)
    day = next(mornings, None)
    with demo.database.transaction() as session:
        routes = intake_queries.routes_of(session, demo.tenant, demo.settings.routes)
    for number, message in enumerate(messages):
        while day is not None and day <= message.at:
            _day(demo, team, day)
            day = next(mornings, None)
        with demo.database.transaction() as session:
            demo.received.append(
                intake.receive(
                    session,
                    data=message.data,
                    name=message.name,
                    by=writer,
                    at=message.at,
                    book=demo.gathered.book,
                    routes=routes,
                )
            )
        progress(number + 1, len(messages))
    while day is not None:
        _day(demo, team, day)
        day = next(mornings, None)
    _again(demo, routes, at)


def _team(demo: Demo, who: People, seed: int) -> Team:
    with demo.database.transaction() as session:
        municipal = staff.find_team(session, demo.tenant, "kommunalt")
    if municipal is None:
        raise Misconfigured("demo.no_team", where="demo.toml")
    return Team(
        people=who,
        book=demo.gathered.book,
        random=Random(seed),  # noqa: S311 (a story, not a secret)
        municipal=municipal.id,
    )


def _mornings(demo: Demo, team: Team, until: datetime):  # type: ignore[no-untyped-def]
    """The mornings of working days before `until`, the earliest first; not the last one."""
    with demo.database.transaction() as session:
        calendar = staff.team_calendar(session, next(iter(team.people.leads)))
    zone = zone_named(calendar.zone)
    for back in range(DAYS, 0, -1):
        day = (until - timedelta(days=back)).astimezone(zone).date()
        if calendar.is_working_day(day):
            yield datetime.combine(day, time(9, 0), zone).astimezone(until.tzinfo)


def _day(demo: Demo, team: Team, at: datetime) -> None:
    with demo.database.transaction() as session:
        team.day(session, at)


def _again(demo: Demo, routes: Routes, at: datetime) -> None:
    """One person whose follow-up was closed is treated anew: the case opens again."""
    from bindeledd.demo.returning import discharge_of_somebody_closed

    letter = discharge_of_somebody_closed(demo.database, demo.tenant, at)
    if letter is None:
        return
    with demo.database.transaction() as session:
        demo.received.append(
            intake.receive(
                session,
                data=letter,
                by=system(demo.tenant),
                at=at,
                book=demo.gathered.book,
                routes=routes,
            )
        )


def _now(demo: Demo, at: datetime) -> None:
    """The worker takes up its work; some of what is late is seen by a person; it looks again."""
    worker = create_worker(
        demo.settings, database=demo.database, gathered=demo.gathered, clock=lambda: at
    )
    first = worker.run_once()
    with demo.database.transaction() as session:
        who = people_of(session, demo.tenant, system(demo.tenant), at)
    with demo.database.transaction() as session:
        late = session.scalars(
            sa.select(TaskRow)
            .where(TaskRow.state == "open", TaskRow.due_at < at, TaskRow.case_id.is_not(None))
            .order_by(TaskRow.due_at, TaskRow.id)
        ).all()
        for row in late[::3]:
            by = who.members[row.owner_team_id][0]
            with session.begin_nested():
                _see(demo, session, row.id, by, at)
    second = worker.run_once()
    demo.alerts = first["sweep"] + second["sweep"]
    demo.delivered = first["deliver"] + second["deliver"]


def _see(demo: Demo, session, task_id: UUID, by, at: datetime) -> None:  # type: ignore[no-untyped-def]
    try:
        acknowledge(session, task_id, by=by, at=at, book=demo.gathered.book)
    except Refusal:
        session.expire_all()


def standing(database: Database, tenant: UUID) -> Mapping[str, int]:
    """How many messages stand where, now."""
    with database.transaction() as session:
        rows = session.execute(
            sa.select(MessageRow.status, sa.func.count())
            .where(MessageRow.tenant_id == tenant)
            .group_by(MessageRow.status)
        )
        return Counter(dict(rows.all()))


__all__ = ["Demo", "Status", "bring_in", "standing"]
