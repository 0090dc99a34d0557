"""What `bindeledd doctor` looks at: each check says what it found and what to do about it."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from bindeledd import __version__
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.reminders.domain.inbox import Notice
from bindeledd.features.rollcall import queries as rollcall
from bindeledd.features.rollcall.domain import silences_of
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Member
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import Database, guards, is_busy, said_of
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.sealing.rotation import key_status
from bindeledd.foundation.texts import refusal_text, t, texts
from bindeledd.hosting import tried
from bindeledd.installation import insist_ready
from bindeledd.plugin.host import kernel
from bindeledd.revisions import insist_upgraded
from bindeledd.settings import Settings, warnings

_FRESH = timedelta(seconds=120)
_AHEAD = timedelta(days=30)
_DISK = 0.10


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at. `ok` False makes doctor end with 1."""

    name: str
    ok: bool
    found: str
    do: str = ""

    @property
    def mark(self) -> str:
        return t(f"maintenance.doctor.{'ok' if self.ok else 'look'}")

    @property
    def title(self) -> str:
        """Its name for people; a team's name follows it."""
        known, _, rest = self.name.partition(" ")
        found = texts().find(f"staff.checks.{known}")
        return f"{found if isinstance(found, str) else known} {rest}".strip()


@dataclass(frozen=True, kw_only=True)
class Checkup:
    checks: tuple[Check, ...]
    database: str
    version: str = __version__

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.ok,
            "checks": [
                {"name": c.name, "ok": c.ok, "found": c.found, "do": "" if c.ok else c.do}
                for c in self.checks
            ],
            "database": self.database,
            "version": self.version,
        }


def examine(site: Site) -> Checkup:
    """Look at everything. A check that cannot be made is a finding, never a crash."""
    checks: list[Check] = []

    def look(name: str, make: Callable[[], Iterator[Check]]) -> None:
        try:
            checks.extend(make())
        except (Misconfigured, Refusal, sa.exc.SQLAlchemyError, OSError) as wrong:
            found = Check(name=name, ok=False, found=_said(wrong), do=_do(wrong))
            if not any((one.found, one.do) == (found.found, found.do) for one in checks):
                checks.append(found)  # what stops several looks is one finding

    look("settings", lambda: _settings(site.settings))
    look("database", lambda: _database(site.database))
    look("plugins", lambda: _plugins(site))
    opened = [check.ok for check in checks if check.name in ("database", "revision")]
    if opened and all(opened):
        look("environment", lambda: _environment(site))
        look("worker", lambda: _worker(site))
        look("faults", lambda: _faults(site))
        for key, tenant in site.find_tenants(site.database).items():
            look("keys", lambda tenant=tenant: _keys(site, tenant))  # type: ignore[misc]
            look(f"teams:{key}", lambda tenant=tenant: _teams(site, tenant))  # type: ignore[misc]
            look("rollcall", lambda tenant=tenant: _roll_call(site, tenant))  # type: ignore[misc]
        if all(check.ok for check in checks if check.name in ("environment", "keys")):
            look("start", lambda: _start(site))
    return Checkup(checks=tuple(checks), database=_dialect(site))


def _said(wrong: Exception) -> str:
    if isinstance(wrong, Misconfigured):
        return f"{wrong.where}: {wrong.what}"
    if isinstance(wrong, sa.exc.SQLAlchemyError):
        return said_of(wrong).partition(" · ")[0]
    if isinstance(wrong, OSError):
        return f"{wrong.filename or ''}: {wrong.strerror or type(wrong).__name__}"
    return refusal_text(wrong.code) if isinstance(wrong, Refusal) else type(wrong).__name__


def _do(wrong: Exception) -> str:
    """What to do; never to run this again."""
    if isinstance(wrong, Misconfigured):
        return wrong.do
    if isinstance(wrong, sa.exc.SQLAlchemyError):
        if is_busy(wrong):
            return t("maintenance.doctor.busy")
        return t("maintenance.doctor.reach")
    return t("maintenance.doctor.log")


def _dialect(site: Site) -> str:
    try:
        return site.database.dialect
    except (Misconfigured, sa.exc.SQLAlchemyError, OSError):
        return "unknown"


def _settings(settings: Settings) -> Iterator[Check]:
    yield Check(
        name="settings", ok=True, found=str(settings.file or t("maintenance.doctor.defaults"))
    )
    for told in warnings(settings):
        yield Check(name="settings", ok=False, found=told, do=t("maintenance.doctor.guide"))
    if settings.standards is None:
        yield Check(
            name="standards",
            ok=True,
            found=t("maintenance.doctor.no_standards"),
        )
    yield _retention(settings)
    if not settings.home.is_dir():
        return
    open_to = settings.home.stat().st_mode & 0o077
    yield Check(
        name="home",
        ok=not open_to,
        found=t(f"maintenance.doctor.home_{'open' if open_to else 'closed'}", home=settings.home),
        do=f"chmod 700 {settings.home}" if open_to else "",
    )
    usage = shutil.disk_usage(settings.home)
    free = usage.free / usage.total
    yield Check(
        name="disk",
        ok=free > _DISK,
        found=t("maintenance.doctor.free", share=f"{free:.0%}"),
        do=t("maintenance.doctor.make_room"),
    )


def _retention(settings: Settings) -> Check:
    """What the data controller has decided; where patients are, what nobody has decided is told."""
    kept, missing = settings.retention, settings.retention.missing
    years = {"cases": kept.cases_years or "?", "log": kept.log_years or "?"}
    found = t("staff.retention.said", **years, archive=kept.archive or "?", basis=kept.basis or "?")
    return Check(
        name="retention",
        ok=not (missing and settings.is_production),
        found=found if len(missing) < 4 else t("staff.retention.undecided"),
        do=t(
            "staff.retention.do",
            keys=", ".join(missing),
            file=settings.file or settings.home / "settings.toml",
        ),
    )


def _database(database: Database) -> Iterator[Check]:
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
            quick = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            there = set(
                connection.exec_driver_sql(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                ).scalars()
            )
            yield Check(
                name="integrity",
                ok=quick == "ok",
                found=str(quick),
                do=t("maintenance.doctor.damaged"),
            )
        else:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            there = set(
                connection.exec_driver_sql(
                    "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
                ).scalars()
            )
    yield Check(name="database", ok=True, found=f"{database.dialect} {version}")
    insist_upgraded(database)
    yield Check(name="revision", ok=True, found=t("maintenance.doctor.newest"))
    wanted = {guard.name for guard in guards() if database.dialect in guard.dialects}
    missing = sorted(wanted - there)
    yield Check(
        name="law",
        ok=not missing,
        found=t("maintenance.doctor.guards", there=len(wanted) - len(missing), wanted=len(wanted)),
        do=t("maintenance.doctor.guards_missing", missing=", ".join(missing)),
    )


def _plugins(site: Site) -> Iterator[Check]:
    gathered = site.gathered
    names = ", ".join(str(plugin) for plugin in gathered.plugins) or t("maintenance.doctor.none")
    yield Check(name="plugins", ok=True, found=names)
    yield lock_check(site.settings)
    book = gathered.book
    said = t("pathways.read.pathways", count=len(book.pathways))
    if book.layers:
        said += f", {t('pathways.read.layers', count=len(book.layers))}"
    yield from _hosts(site)
    yield Check(name="pathways", ok=True, found=said)


def lock_check(settings: Settings) -> Check:
    """Whether it is written down which plugins may load; where patients are, it has to be."""
    lock = settings.plugins_lock
    wanted = settings.is_production and bool(settings.plugins)
    return Check(
        name="plugins_lock",
        ok=lock is not None or not wanted,
        found=str(lock) if lock is not None else t("maintenance.doctor.no_lock"),
        do=t("maintenance.doctor.lock"),
    )


def _hosts(site: Site) -> Iterator[Check]:
    """Each plugin with Python is opened in a process of its own, as the worker does it."""
    found: dict[str, Misconfigured | None] = {}
    for plugin, wrong in tried(site.settings, site.gathered, site.database):
        found[plugin] = found.get(plugin) or wrong
    inside = {one.plugin.name for one in site.gathered.hosted if one.inside}
    for plugin, wrong in found.items():
        yield host_check(plugin, wrong, inside=plugin in inside, held=kernel.offered())


def host_check(plugin: str, wrong: Misconfigured | None, *, inside: bool, held: bool) -> Check:
    """What is said of a plugin with Python. `inside`: it reads messages or makes reports; `held`:
    whether the kernel of this machine keeps that from the network, or Python alone."""
    if wrong is not None:
        return Check(name=f"plugin {plugin}", ok=False, found=wrong.what, do=wrong.do)
    said = t("maintenance.doctor.starts")
    if inside and not held:
        said = f"{said}. {t('maintenance.doctor.held_by_python')}"
    return Check(name=f"plugin {plugin}", ok=True, found=said)


def _environment(site: Site) -> Iterator[Check]:
    with site.database.transaction() as session:
        found = staff.environment(session)
    wanted, unset = site.settings.environment, t("maintenance.doctor.not_set")
    yield Check(
        name="environment",
        ok=found is not None and wanted == found,
        found=t("maintenance.doctor.environments", found=found or unset, wanted=wanted or unset),
        do=t(f"maintenance.doctor.{'set_up' if found is None else 'right_settings'}"),
    )


def _start(site: Site) -> Iterator[Check]:
    """What a start would refuse, asked as web and worker ask it: a pack that was taken out while
    something still rests on it, local routines that do not agree, a channel that there is not."""
    insist_ready(site.settings, site.database, site.gathered)
    yield Check(name="start", ok=True, found=t("maintenance.doctor.can_start"))


def _worker(site: Site) -> Iterator[Check]:
    at = site.at
    with site.database.transaction() as session:
        beat = reminders.heartbeat(session)
        fresh = beat is not None and at - beat.at <= _FRESH
        yield Check(
            name="worker",
            ok=fresh,
            found=t("maintenance.doctor.never_ran")
            if beat is None
            else t("maintenance.doctor.last_round", at=f"{beat.at:%Y-%m-%d %H:%M:%S}"),
            do=t("maintenance.doctor.start_worker"),
        )


def _faults(site: Site) -> Iterator[Check]:
    """What failed while it worked, and nobody has marked as read in the inbox."""
    with site.database.transaction() as session:
        found = reminders.unseen_faults(session)
        whose = staff.logins_of(session, {one.member_id for one in found if one.member_id})
    said = [_fault_said(one, whose) for one in found]
    yield Check(
        name="faults",
        ok=not found,
        found="; ".join(said) or t("maintenance.doctor.no_faults"),
        do=t("maintenance.doctor.mend_faults"),
    )


def _fault_said(one: Notice, whose: Mapping[UUID, tuple[str, str]]) -> str:
    values = {
        "source": one.place,
        "code": one.code,
        "count": one.count,
        "at": f"{one.last_at:%Y-%m-%d %H:%M}",
    }
    if one.member_id is None or one.member_id not in whose:
        return t("maintenance.doctor.fault", **values)
    name, login = whose[one.member_id]
    which = "fault_about" if one.place.startswith("team:") else "fault_of"
    return t(f"maintenance.doctor.{which}", name=name, login=login, **values)


def _keys(site: Site, tenant: UUID) -> Iterator[Check]:
    with site.database.transaction() as session:
        found = key_status(session, tenant)
    said = t("maintenance.doctor.data_keys", active=found.active, lost=found.lost)
    if found.wrong:
        versions = ", ".join(map(str, found.wrong))
        said += t("maintenance.doctor.wrong_version", versions=versions)
    if found.to_rewrap:
        said += t("maintenance.doctor.to_rewrap", count=found.to_rewrap)
    yield Check(
        name="keys",
        ok=found.lost == 0 and not found.wrong,
        found=said,
        do=t("maintenance.doctor.put_key_back"),
    )


def _teams(site: Site, tenant: UUID) -> Iterator[Check]:
    """No last rung may be an unstaffed mailbox: each team has hours, a lead and an address."""
    at = site.at
    with site.database.transaction() as session:
        without = {team.id for team in staff.teams_without_hours(session, tenant)}
        for team in staff.teams(session, tenant):
            leads = staff.leads(session, team.id, at)
            people = staff.members_of(session, team.id, at)
            yield _team(team.name, no_hours=team.id in without, people=people, leads=leads)
        if staff.intake_team(session, tenant) is None:
            yield Check(
                name="intake_team",
                ok=False,
                found=t("maintenance.doctor.missing"),
                do=t("maintenance.doctor.set_intake_team"),
            )
        alone = sorted(key for key, (_, team) in staff.units(session, tenant).items() if not team)
        reaches = staff.duty_reaches(session, tenant)
    for key in alone:  # may be meant so: a ward of another organisation
        found = t("maintenance.doctor.no_unit_team", unit=key)
        yield Check(name="unit", ok=True, found=found)
    yield Check(
        name="duty",
        ok=reaches is not None and reaches >= at + _AHEAD,
        found=t("maintenance.doctor.duty_until", day=f"{reaches:%Y-%m-%d}")
        if reaches
        else t("maintenance.doctor.no_duty"),
        do=t("maintenance.doctor.start_for_duty"),
    )


def _team(name: str, *, no_hours: bool, people: Sequence[Member], leads: Sequence[Member]) -> Check:
    lacks = [
        t(f"maintenance.doctor.{word}")
        for word, wrong in (
            ("no_hours", no_hours),
            ("no_people", not people),
            ("no_lead", not leads),
            ("no_lead_mail", leads and not any(lead.email for lead in leads)),
        )
        if wrong
    ]
    ways = [t("maintenance.doctor.set_hours")] if no_hours else []
    if lacks[no_hours:]:
        ways.append(t("maintenance.doctor.add_people"))
    return Check(
        name=f"team {name}",
        ok=not lacks,
        found=", ".join(lacks) or t("maintenance.doctor.team_complete"),
        do="; ".join(ways),
    )


def _roll_call(site: Site, tenant: UUID) -> Iterator[Check]:
    with site.database.reading() as session:
        said = rollcall.derive(
            session, tenant, silences=silences_of(site.gathered.book), at=site.at
        )
    there = [(name, count) for name, count in said.numbers.items() if count]
    numbers = "; ".join(f"{t(f'rollcall.numbers.{name}').lower()}: {n}" for name, n in there)
    yield Check(
        name="rollcall",
        ok=said.complete,
        found=numbers or t("rollcall.page.nobody_missing"),
        do=t("maintenance.doctor.run_roll_call"),
    )
