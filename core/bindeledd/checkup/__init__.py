"""What `bindeledd doctor` looks at: each check says what it found and what to do about it.

`examine` is the whole of it; each module beside it looks at one part.
"""

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from bindeledd.checkup.downtime import of_downtime
from bindeledd.checkup.findings import Check, Checkup
from bindeledd.checkup.machine import of_database, of_environment, of_settings
from bindeledd.checkup.packs import of_plugins, of_start
from bindeledd.checkup.tenants import of_facts, of_keys, of_roll_call, of_teams
from bindeledd.checkup.work import of_faults, of_worker
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import is_busy, said_of, unreached
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.texts import refusal_text, t


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

    look("settings", lambda: of_settings(site.settings))
    look("database", lambda: of_database(site.database))
    look("plugins", lambda: of_plugins(site))
    opened = [check.ok for check in checks if check.name in ("database", "revision")]
    if opened and all(opened):
        look("environment", lambda: of_environment(site))
        look("worker", lambda: of_worker(site))
        look("faults", lambda: of_faults(site))
        look("downtime", lambda: of_downtime(site))
        for key, tenant in site.find_tenants(site.database).items():
            look("keys", lambda tenant=tenant: of_keys(site, tenant))  # type: ignore[misc]
            look("facts", lambda tenant=tenant: of_facts(site, tenant))  # type: ignore[misc]
            look(f"teams:{key}", lambda tenant=tenant: of_teams(site, tenant))  # type: ignore[misc]
            look("rollcall", lambda tenant=tenant: of_roll_call(site, tenant))  # type: ignore[misc]
        if all(check.ok for check in checks if check.name in ("environment", "keys")):
            look("start", lambda: of_start(site))
    return Checkup(checks=tuple(checks), database=_dialect(site))


def _said(wrong: Exception) -> str:
    if isinstance(wrong, Misconfigured):
        return f"{wrong.where}: {wrong.what}"
    if missed := unreached(wrong):
        return missed.what
    if isinstance(wrong, sa.exc.SQLAlchemyError):
        return said_of(wrong).partition(" · ")[0]
    if isinstance(wrong, OSError):
        return f"{wrong.filename or ''}: {wrong.strerror or type(wrong).__name__}"
    return refusal_text(wrong.code) if isinstance(wrong, Refusal) else type(wrong).__name__


def _do(wrong: Exception) -> str:
    """What to do; never to run this again."""
    if isinstance(wrong, Misconfigured):
        return wrong.do
    if missed := unreached(wrong):
        return missed.do
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
