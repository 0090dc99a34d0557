"""Commands for whoever keeps the installation: `db`, `keys`, `doctor`."""

from typing import Any

import click

from bindeledd.foundation.console import (
    Site,
    answer_json,
    answer_table,
    leave,
    pass_site,
    progress_bar,
)


@click.group()
def db() -> None:
    """Databasen: oppgrader og se status."""


@db.command("upgrade")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def upgrade_command(site: Site, as_json: bool) -> None:
    """Bring databasen til den revisjonen som denne versjonen vil ha."""
    from bindeledd.upgrading import upgrade

    done = upgrade(site.database)
    if as_json:
        answer_json({"before": done.before, "after": done.after, "applied": list(done.applied)})
    elif done.applied:
        click.echo(f"Oppgradert fra {done.before or 'tom'} til {done.after}.")
    else:
        click.echo(f"Databasen er allerede på {done.after}.")


@db.command("status")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def status_command(site: Site, as_json: bool) -> None:
    """Vis revisjonen i databasen og den som denne versjonen vil ha."""
    from bindeledd.revisions import newest, revision_of

    with site.database.engine.connect() as connection:
        found, wanted = revision_of(connection), newest()
    if as_json:
        answer_json({"revision": found, "wanted": wanted, "database": site.database.dialect})
    else:
        click.echo(f"{site.database.dialect}: revisjon {found or 'ingen'}, ønsket {wanted}")
    leave(0 if found == wanted else 1)


@click.group()
def keys() -> None:
    """Nøkler: hvor mange, av hvilken versjon, og bytte til en ny."""


@keys.command("status")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def key_status_command(site: Site, as_json: bool) -> None:
    """Vis virksomhetens nøkler og hvor mange datanøkler hver av dem pakker inn."""
    from bindeledd.foundation.sealing.rotation import key_status

    with site.database.transaction() as session:
        found = key_status(session, site.tenant)
    if as_json:
        answer_json(
            {
                "versions": [
                    {
                        "version": v.version,
                        "at_hand": v.at_hand,
                        "wrong": v.wrong,
                        "newest": v.newest,
                        "wraps": v.wraps,
                    }
                    for v in found.versions
                ],
                "active": found.active,
                "retired": found.retired,
                "destroyed": found.destroyed,
                "to_rewrap": found.to_rewrap,
                "lost": found.lost,
            }
        )
    else:
        answer_table(
            "Virksomhetens nøkkel",
            ("versjon", "pakker inn", "tilgjengelig", "nyeste"),
            [(v.version, v.wraps, _hand(v), _yes(v.newest)) for v in found.versions],
        )
        click.echo(
            f"Datanøkler: {found.active} aktive, {found.retired} tidligere, "
            f"{found.destroyed} destruert, {found.to_rewrap} venter på ny innpakking, "
            f"{found.lost} kan ikke åpnes"
        )
        if found.to_rewrap:
            click.echo("Kjør `bindeledd keys turn` for å pakke dem inn.")
    leave(1 if found.lost or found.wrong else 0)


@keys.command("turn")
@click.option("--yes", is_flag=True, help="Nøkkelfilen er kopiert: ikke spør.")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def turn_command(site: Site, yes: bool, as_json: bool) -> None:
    """Bytt virksomhetens nøkkel mens alt går. Kjør på nytt hvis det ble avbrutt."""
    from bindeledd.turning import begin, turn

    begun = begin(site.database, site.tenant)
    if not as_json:
        click.echo(
            f"Versjon {begun.version} av nøkkelen {'er laget' if begun.made else 'er ikke ferdig tatt i bruk'}. "
            f"{begun.waiting} datanøkler skal pakkes inn på nytt."
        )
    if not yes:
        where = site.settings.key_folder / f"{site.tenant}.keys"
        click.confirm(f"Er {where} kopiert til et annet sted, med alle linjene?", abort=True)
    with progress_bar("Pakker inn nøkler", silent=as_json) as show:
        done = turn(site.database, site.tenant, by=site.actor, progress=show)
    if as_json:
        damaged = [str(one) for one in done.damaged]
        answer_json({"version": done.version, "rewrapped": done.done, "damaged": damaged})
    else:
        click.echo(
            f"{done.done} datanøkler er pakket inn med versjon {done.version}, "
            f"{len(done.damaged)} kunne ikke åpnes.\n"
            "Start web og arbeider på nytt, og kjør `bindeledd keys status`. Behold den gamle "
            "versjonen i nøkkelfilen: meldinger fra før kjennes igjen ved den."
        )
    leave(1 if done.damaged else 0)


def _hand(version: Any) -> str:
    return "feil nøkkel" if version.wrong else _yes(version.at_hand)


def _yes(value: bool) -> str:
    return "ja" if value else "nei"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
@pass_site
def doctor(site: Site, as_json: bool) -> None:
    """Undersøk anlegget. 0: alt er bra, 1: noe må ses på."""
    from bindeledd.checkup import examine

    found = examine(site)
    if as_json:
        answer_json(found.as_json())
    else:
        answer_table(
            f"Bindeledd {found.version} · {found.database}",
            ("", "sjekk", "funn", "gjør dette"),
            [(one.mark, one.title, one.found, "" if one.ok else one.do) for one in found.checks],
        )
    leave(0 if found.ok else 1)
