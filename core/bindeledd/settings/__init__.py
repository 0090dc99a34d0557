"""One frozen `Settings`, read once: the site's TOML file, then the environment, over defaults.

`config/defaults.toml` says every key with its meaning. Whatever is wrong is said with file, line,
key and what would be right, before anything starts.
"""

from pathlib import Path

from sqlalchemy.orm import Session

from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database, open_database, sqlite_file, tables_in
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.homes import file_of, home_of
from bindeledd.foundation.sealing.envelope import Place
from bindeledd.foundation.sealing.keyring import ON_UNREADABLE, Keyring
from bindeledd.foundation.sealing.providers import share_a_volume
from bindeledd.foundation.texts import t
from bindeledd.settings.reading import read_settings
from bindeledd.settings.values import PluginSetting, Retention, RouteSetting, Settings
from bindeledd.settings.writing import write_settings

__all__ = [
    "PluginSetting",
    "Retention",
    "RouteSetting",
    "Settings",
    "file_of",
    "home_of",
    "open_site",
    "read_settings",
    "warnings",
    "write_settings",
]


def open_site(settings: Settings, *, new: bool = False) -> Database:
    """The database of the installation, with its key ring. No key is ever made by opening it.

    Raises `Misconfigured` for a SQLite file that is something else's, before it is touched, and
    for one that is not there, unless it may be `new`: then home and file are made.
    """
    file = sqlite_file(settings.database_url)
    if file is not None and not (new or file.exists()):
        raise Misconfigured(
            "settings.nothing_here",
            where=str(file),
        )
    if file is not None:
        _insist_ours(file)
    if new:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_database(
        settings.database_url,
        info={Keyring: Keyring(settings.keys()), ON_UNREADABLE: tell_unreadable},
    )


def tell_unreadable(session: Session, place: Place, _damaged: Refusal) -> None:
    """A bundle that cannot be read becomes a fault before a person, in the same transaction."""
    from bindeledd.features.reminders.service.faults import report_fault

    source = f"sealing:{place.table}.{place.purpose}"
    report_fault(session, source, "unreadable", at=clock.now(), tenant_id=place.tenant)


def warnings(settings: Settings) -> list[str]:
    """What an administrator should know before real patients are registered here."""
    told = []
    if settings.is_production and settings.key_provider == "file" and _same_volume(settings):
        told.append(t("settings.warnings.same_disk", folder=settings.key_folder))
    if settings.is_production and settings.mail is None:
        told.append(t("settings.warnings.no_mail"))
    if settings.is_production and not settings.ping_url:
        told.append(t("settings.warnings.no_ping"))
    return told


def _insist_ours(file: Path) -> None:
    there = tables_in(file)
    if there and InstallationRow.__tablename__ not in there:
        raise Misconfigured(
            "settings.somebody_elses",
            where=str(file),
        )


def _same_volume(settings: Settings) -> bool:
    file = sqlite_file(settings.database_url)
    return file is not None and share_a_volume(settings.key_folder, file.parent)
