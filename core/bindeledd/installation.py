"""The installation as commands, web and worker open it: settings, database, what is gathered."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from bindeledd.features.intake.jobs import Folder
from bindeledd.features.intake.service import Rules
from bindeledd.features.pathways.service.remembering import remember_words
from bindeledd.features.reminders.domain.channels import EMAIL
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.tables import TenantRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, sqlite_file
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.foundation.logs import log
from bindeledd.foundation.sealing.keyring import prove
from bindeledd.foundation.sealing.providers import refuse_shared_volume
from bindeledd.plugin import loading
from bindeledd.plugin.agreeing import insist_layers_agree
from bindeledd.plugin.holding import held_by_nobody
from bindeledd.plugin.keeping import insist_versions_kept
from bindeledd.plugin.leaving import insist_nothing_left_behind
from bindeledd.plugin.loading import Gathered
from bindeledd.revisions import insist_upgraded, revision_of
from bindeledd.settings import Settings, open_site, read_settings

__all__ = [
    "find_tenants",
    "gather",
    "insist_ready",
    "open_site",
    "read_settings",
    "unknown_ways",
    "watched_folder",
]


def gather(settings: Settings, packs: Sequence[str] | None = None) -> Gathered:
    """What the core and the named plugins declare. Raises `Misconfigured` where it does not fit.

    `packs`: what it would be with exactly these; one that is not switched on need not be locked.
    """
    return loading.gather(
        settings.plugins if packs is None else packs,
        folders=list(settings.pathways),
        lock=settings.plugins_lock,
        on=settings.plugins,
    )


def find_tenants(database: Database) -> Mapping[str, UUID]:
    """The tenants of the installation by key; none where nothing is set up yet.

    Raises `Misconfigured` for a database of another version: nothing in it is asked for then.
    """
    with database.engine.connect() as connection:
        made = revision_of(connection) is not None
        if not sa.inspect(connection).has_table(TenantRow.__tablename__) and not made:
            return {}
    if made:
        insist_upgraded(database)
    with database.transaction() as session:
        return {row.key: row.id for row in session.execute(sa.select(TenantRow.key, TenantRow.id))}


def insist_ready(settings: Settings, database: Database, gathered: Gathered) -> list[Misconfigured]:
    """Raise `Misconfigured` unless the installation is set up, upgraded and of one environment,

    its keys are those that were used here, every open task rests on a routine that is still
    switched on and says what it said, and the local routines of each unit agree. Gives what is
    wrong and stops nothing here; the log has it.
    """
    insist_none(unknown_ways(settings, gathered))
    tenants = find_tenants(database)
    if not tenants:
        raise Misconfigured(
            "installation.nothing_set_up",
            where=str(settings.home),
        )
    _insist_environment(settings, database)
    insist_upgraded(database)
    with database.transaction() as session:
        insist_nothing_left_behind(session, gathered.book)
        insist_layers_agree(session, gathered.book, tenants.values())
        told = insist_versions_kept(session, gathered.book, at=now(), strict=settings.is_production)
        remember_words(session, gathered.book)
        told += held_by_nobody(session, gathered.book, tenants.values())
        for tenant in tenants.values():
            prove(session, tenant, at=now())
    data = sqlite_file(settings.database_url)
    if settings.is_production and settings.key_provider == "file" and data is not None:
        refuse_shared_volume(settings.key_folder, data.parent)
    for one in told:
        log().warning("start.told", code=one.code, where=one.where, error=str(one))
    return told


def unknown_ways(settings: Settings, gathered: Gathered) -> list[Misconfigured]:
    """What the order of the channels names without there being such a channel."""
    known = [EMAIL, *(one.key for pack in gathered.hosted for one in pack.channels)]
    return [
        Misconfigured(
            "installation.no_such_channel",
            where=settings.place("[alerts] ways"),
            odd=way,
            known=", ".join(known),
        )
        for way in settings.alerts.hygiene.ways
        if way not in known
    ]


def _insist_environment(settings: Settings, database: Database) -> None:
    """What production demands hangs on this word: the settings name it, and name it rightly."""
    with database.transaction() as session:
        found = staff.environment(session)
    if found != settings.environment:
        raise Misconfigured(
            "installation.other_environment"
            if settings.environment
            else "installation.no_environment",
            where=settings.place("[site] environment"),
            found=found,
            wanted=settings.environment,
        )


def watched_folder(
    settings: Settings, database: Database, gathered: Gathered
) -> Callable[[], int] | None:
    """Looks once through the folder that messages are put into; None where none is set."""
    if settings.intake_folder is None:
        return None
    tenants = find_tenants(database)
    if len(tenants) != 1:
        raise Misconfigured(
            "installation.folder_of_several",
            where="[intake] folder",
        )
    return Folder(
        path=settings.intake_folder,
        database=database,
        tenant=next(iter(tenants.values())),
        rules=Rules.said(settings, gathered.book, gathered.foreign),
        clock=now,
    ).look
