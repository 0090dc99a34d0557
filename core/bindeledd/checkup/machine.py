"""The settings, the disk, the database and its law."""

import shutil
from collections.abc import Iterator

from bindeledd.checkup.findings import Check
from bindeledd.features.reminders.jobs.delivering import DEMO
from bindeledd.features.staff import queries as staff
from bindeledd.foundation.console import Site
from bindeledd.foundation.db import Database, guards
from bindeledd.foundation.texts import t
from bindeledd.revisions import insist_upgraded, said_where
from bindeledd.settings import Settings, warnings

_DISK = 0.10


def of_settings(settings: Settings) -> Iterator[Check]:
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
    yield from of_mail(settings)
    yield of_retention(settings)
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


def of_mail(settings: Settings) -> Iterator[Check]:
    """That no e-mail goes out, where no real patients are: in production it is a warning."""
    if settings.mail is None and not settings.is_production:
        found = t("settings.warnings.no_mail")
        if settings.environment == DEMO:
            found = t("maintenance.doctor.mail_in_folder", folder=settings.home / "mail")
        yield Check(name="mail", ok=True, found=found)


def of_retention(settings: Settings) -> Check:
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


def of_database(database: Database) -> Iterator[Check]:
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
    yield Check(
        name="database", ok=True, found=f"{database.dialect} {version} · {said_where(database)}"
    )
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


def of_environment(site: Site) -> Iterator[Check]:
    with site.database.transaction() as session:
        found = staff.environment(session)
    wanted, unset = site.settings.environment, t("maintenance.doctor.not_set")
    yield Check(
        name="environment",
        ok=found is not None and wanted == found,
        found=t("maintenance.doctor.environments", found=found or unset, wanted=wanted or unset),
        do=t(f"maintenance.doctor.{'set_up' if found is None else 'right_settings'}"),
    )
