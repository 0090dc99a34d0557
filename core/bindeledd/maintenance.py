"""Commands for whoever keeps the installation: `db`, `keys`, `doctor`, `downtime`."""

from dataclasses import asdict
from typing import Any

import click

from bindeledd.foundation.clock import now
from bindeledd.foundation.console import (
    Site,
    answer_json,
    answer_table,
    leave,
    pass_site,
    progress_bar,
)
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t


@click.group()
def db() -> None:
    """The database: upgrade it and see its status."""


@db.command("upgrade")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def upgrade_command(site: Site, as_json: bool) -> None:
    """Bring the database to the revision that this version wants."""
    from bindeledd.revisions import insist_upgraded
    from bindeledd.upgrading import upgrade

    done = upgrade(site.database)
    insist_upgraded(site.database)
    if as_json:
        answer_json({"before": done.before, "after": done.after, "applied": list(done.applied)})
    elif done.applied:
        before = done.before or t("maintenance.db.empty")
        click.echo(t("maintenance.db.upgraded", before=before, after=done.after))
    else:
        click.echo(t("maintenance.db.there", after=done.after))


@db.command("status")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def status_command(site: Site, as_json: bool) -> None:
    """Show the revision of the database and the one that this version wants."""
    from bindeledd.revisions import newest, revision_of

    with site.database.engine.connect() as connection:
        found, wanted = revision_of(connection), newest()
    if as_json:
        answer_json({"revision": found, "wanted": wanted, "database": site.database.dialect})
    else:
        found_said = found or t("maintenance.doctor.none")
        dialect = site.database.dialect
        click.echo(t("maintenance.db.status", dialect=dialect, found=found_said, wanted=wanted))
    leave(0 if found == wanted else 1)


@click.group()
def keys() -> None:
    """Keys: how many, of which version, and turning to a new one."""


@keys.command("status")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def key_status_command(site: Site, as_json: bool) -> None:
    """Show the tenant's keys and how many data keys each of them wraps."""
    from bindeledd.foundation.sealing.rotation import key_status

    with site.database.transaction() as session:
        found = key_status(session, site.tenant)
    if as_json:
        counted = {"to_rewrap": found.to_rewrap, "lost": found.lost}
        told = {name: value for name, value in asdict(found).items() if name != "tenant_id"}
        answer_json(told | counted)
    else:
        _show_keys(found)
    leave(1 if found.lost or found.wrong else 0)


def _show_keys(found: Any) -> None:
    answer_table(
        t("maintenance.keys.title"),
        [t(f"maintenance.keys.{name}") for name in ("version", "wraps", "at_hand", "newest")],
        [(v.version, v.wraps, _hand(v), _yes(v.newest)) for v in found.versions],
    )
    click.echo(
        t(
            "maintenance.keys.numbers",
            active=found.active,
            retired=found.retired,
            destroyed=found.destroyed,
            to_rewrap=found.to_rewrap,
            lost=found.lost,
        )
    )
    if found.to_rewrap:
        click.echo(t("maintenance.keys.turn_them"))


@keys.command("turn")
@click.option("--yes", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def turn_command(site: Site, yes: bool, as_json: bool) -> None:
    """Turn the tenant's key while everything runs. Run again if it was interrupted."""
    from bindeledd.turning import begin, turn

    begun = begin(site.database, site.tenant)
    if not as_json:
        click.echo(
            t(
                f"maintenance.keys.{'made' if begun.made else 'begun'}",
                version=begun.version,
                waiting=t("web.counted.data_keys", count=begun.waiting),
            )
        )
    if not yes:
        where = site.settings.key_folder / f"{site.tenant}.keys"
        click.confirm(t("maintenance.keys.copied", file=where), abort=True)
    with progress_bar(t("maintenance.keys.wrapping"), silent=as_json) as show:
        done = turn(site.database, site.tenant, by=site.actor, progress=show)
    if as_json:
        damaged = [str(one) for one in done.damaged]
        answer_json({"version": done.version, "rewrapped": done.done, "damaged": damaged})
    else:
        click.echo(
            t(
                "maintenance.keys.turned",
                done=t("web.counted.data_keys", count=done.done),
                version=done.version,
                damaged=len(done.damaged),
            )
        )
    leave(1 if done.damaged else 0)


def _hand(version: Any) -> str:
    return t("maintenance.keys.wrong") if version.wrong else _yes(version.at_hand)


def _yes(value: bool) -> str:
    return t(f"plugin.on.{'yes' if value else 'no'}")


@click.command()
@click.option("--json", "as_json", is_flag=True)
@pass_site
def doctor(site: Site, as_json: bool) -> None:
    """Examine the installation. 0: all is well, 1: something has to be looked at."""
    from bindeledd.checkup import examine

    found = examine(site)
    if as_json:
        answer_json(found.as_json())
    else:
        answer_table(
            f"Bindeledd {found.version} · {found.database}",
            ("", *(t(f"maintenance.doctor.{name}") for name in ("check", "found", "do"))),
            [(one.mark, one.title, one.found, "" if one.ok else one.do) for one in found.checks],
        )
    leave(0 if found.ok else 1)


@click.command()
@click.option("--json", "as_json", is_flag=True)
@pass_site
def downtime(site: Site, as_json: bool) -> None:
    """Write each team's list as an encrypted PDF now. Ends with 1 when one could not be written."""
    from bindeledd.features.worklist.jobs import write_all

    said = site.settings.downtime
    if said.folder is None:
        raise Misconfigured("settings.no_downtime", where=site.settings.place("[downtime] folder"))
    written, failed = write_all(site.database, said, site.book, clock=now)
    if as_json:
        answer_json({"written": written, "failed": failed, "folder": str(said.folder)})
    else:
        numbers = {"written": written, "failed": failed, "folder": said.folder}
        click.echo(t("worklist.downtime.written", **numbers))
    leave(1 if failed else 0)
