"""The command itself: ask or read, do, tell."""

import tomllib
from dataclasses import asdict
from pathlib import Path

import click

from bindeledd.foundation.clock import now
from bindeledd.foundation.console import answer_json, answer_table
from bindeledd.foundation.texts import t
from bindeledd.setting_up.asking import ask
from bindeledd.setting_up.doing import Report, set_up
from bindeledd.setting_up.reading import describe, read_description
from bindeledd.settings import file_of
from bindeledd.settings.checking import Tables, not_toml


@click.command()
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Les svarene fra en TOML-fil i stedet for å spørre.",
)
@click.option("--example", is_flag=True, help="Vis et eksempel på en slik fil.")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON.")
def setup(file: Path | None, example: bool, as_json: bool) -> None:
    """Sett opp eller endre et anlegg. Kjøres på nytt når noe skal endres; sletter aldri."""
    if example:
        click.echo(example_file())
        return
    own = _own()
    description = read_description(file) if file else describe(ask(own), name="svarene")
    report = set_up(description, own, at=now())
    if as_json:
        answer_json(asdict(report))
    else:
        _tell(report)


def example_file() -> str:
    """The commented example that came with this version."""
    from importlib.resources import files

    return files("bindeledd.config.examples").joinpath("site.toml").read_text(encoding="utf-8")


def _own() -> Tables:
    import os

    file = file_of(os.environ)
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise not_toml(file, wrong) from None


def _tell(report: Report) -> None:
    rows = [
        (t(f"staff.setup.{one['what']}"), one["key"], t(f"staff.outcomes.{one['outcome']}"))
        for one in report.changes
        if one["outcome"] != "same"
    ]
    environment = t(f"staff.environments.{report.environment}")
    click.echo(f"Anlegget «{report.tenant}» er satt opp ({environment}).")
    click.echo(f"Innstillinger: {report.settings_file}")
    if rows:
        answer_table("Endret", ("hva", "navn", "ble"), rows)
    else:
        click.echo("Ingenting var endret.")
    if report.restart:
        click.echo("Innstillingene leses ved start: start `bindeledd run` (web, worker) på nytt.")
    for warning in report.warnings:
        click.echo(f"Merk: {warning}", err=True)
    if report.administrator:
        click.echo(
            f"\nFørste administrator: {report.administrator['login']}\n"
            f"Engangskode (24 timer, vises bare nå): {report.administrator['code']}\n"
            "Start med `bindeledd run`, og velg passord på /choose-password."
        )
