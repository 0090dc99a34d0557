"""The command itself: ask or read, do, tell."""

import os
import tomllib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from bindeledd.foundation.clock import now
from bindeledd.foundation.console import answer_json, answer_table
from bindeledd.foundation.errors import Misconfigured, Refusal
from bindeledd.foundation.spelling import OSLO
from bindeledd.foundation.texts import t
from bindeledd.setting_up.asking import ask
from bindeledd.setting_up.doing import set_up
from bindeledd.setting_up.reading import describe, look_through
from bindeledd.setting_up.reporting import Report
from bindeledd.settings import file_of
from bindeledd.settings.checking import Tables, not_toml
from bindeledd.settings.writing import write_settings


@click.command()
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--example", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def setup(file: Path | None, example: bool, as_json: bool) -> None:
    """Set up or change an installation. Run again when something is to change; it never deletes."""
    if example:
        click.echo(example_file())
        return
    own = _own()
    report = _from_file(file, own) if file else _from_answers(ask(own), own)
    if as_json:
        answer_json(asdict(report))
    else:
        _tell(report)


def _from_file(file: Path, own: Tables) -> Report:
    return set_up(look_through(file), own, at=now())


def _from_answers(answers: Tables, own: Tables) -> Report:
    """The site that was answered for; where it cannot be made, the answers are kept in a file."""
    try:
        return set_up(describe(answers, name=t("setup.said.answers")), own, at=now())
    except (Misconfigured, Refusal):
        kept = file_of(os.environ).with_name("answers.toml").absolute()
        write_settings(kept, answers)
        click.echo(t("setup.said.kept", file=kept), err=True)
        raise


def example_file() -> str:
    """The commented example that came with this version."""
    from importlib.resources import files

    return files("bindeledd.config.examples").joinpath("site.toml").read_text(encoding="utf-8")


def _own() -> Tables:
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
    click.echo(t("setup.said.done", tenant=report.tenant, environment=environment))
    click.echo(t("setup.said.settings", file=report.settings_file))
    if rows:
        columns = [t(f"setup.said.{name}") for name in ("what", "name", "became")]
        answer_table(t("setup.said.changed"), columns, rows)
    else:
        click.echo(t("setup.said.nothing"))
    if report.restart:
        click.echo(t("setup.said.restart"))
    for warning in report.warnings:
        click.echo(t("setup.said.note", warning=warning), err=True)
    if report.administrator:
        click.echo("\n" + t("setup.said.administrator", **report.administrator))
    if report.code_holds:
        login, until = (
            report.code_holds["login"],
            datetime.fromisoformat(report.code_holds["until"]),
        )
        until_words = f"{until.astimezone(OSLO):%d.%m. %H:%M}"
        click.echo("\n" + t("setup.said.code_holds", login=login, until=until_words))
