"""`bindeledd plugins list` and `check`: what is installed, what is switched on, what does not fit."""

from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.foundation.wording import unused_below
from bindeledd.plugin.asking import Plugin, distribution_of
from bindeledd.plugin.loading import gather, installed


@click.group("plugins")
def plugins() -> None:
    """Programtillegg: hva som er installert, hva som er slått på, og om det passer."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON, for skript.")
@pass_site
def list_plugins(site: Site, as_json: bool) -> None:
    """Hva som er installert, og hva som er slått på."""
    rows = listing(tuple(site.settings.plugins), installed())
    if as_json:
        answer_json(rows)
        return
    columns = [t(f"plugin.columns.{name}") for name in ("name", "distribution", "version", "on")]
    told = [
        (row["name"], row["distribution"], row["version"], t(f"plugin.on.{_yes(row['on'])}"))
        for row in rows
    ]
    answer_table(t("plugin.list.title"), columns, told)


@plugins.command("check")
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Svar som JSON, for skript.")
@pass_site
def check_plugins(site: Site, names: tuple[str, ...], as_json: bool) -> None:
    """Se om tilleggene i innstillingene (eller NAMES) passer, uten å starte noe."""
    chosen = names or tuple(site.settings.plugins)
    faults = checking(chosen)
    if as_json:
        answer_json({"ok": not faults, "plugins": list(chosen), "faults": faults})
    elif faults:
        columns = [t(f"plugin.columns.{name}") for name in ("where", "what", "do")]
        answer_table(t("plugin.check.wrong"), columns, [tuple(fault.values()) for fault in faults])
    else:
        said = "right" if chosen else "none"
        click.echo(t(f"plugin.check.{said}", names=", ".join(chosen)))
    leave(1 if faults else 0)


def listing(
    on: Sequence[str], points: Sequence[metadata.EntryPoint]
) -> list[dict[str, str | bool | None]]:
    """Every plugin that is installed or named: what is named and not there has no version."""
    found: list[dict[str, str | bool | None]] = [
        {
            "name": point.name,
            "distribution": distribution_of(point),
            "version": point.dist.version if point.dist is not None else None,
            "on": point.name in on,
        }
        for point in points
    ]
    there = {point.name for point in points}
    missing = [name for name in on if name not in there]
    return found + [
        {"name": name, "distribution": None, "version": None, "on": True} for name in missing
    ]


def checking(names: Sequence[str]) -> list[dict[str, str]]:
    """What does not fit: each plugin alone, and all of them together; and words that are not used."""
    faults: dict[str, dict[str, str]] = {}
    for chosen in (*((name,) for name in dict.fromkeys(names)), tuple(names)):
        try:
            loaded = gather(chosen)
        except Misconfigured as wrong:
            fault = {"where": wrong.where, "what": wrong.what, "do": wrong.do}
            faults.setdefault(str(wrong), fault)
        else:
            faults |= {f"{one}": one for plugin in loaded.plugins for one in _unused(plugin)}
    return list(faults.values())


def _unused(plugin: Plugin) -> Iterator[dict[str, str]]:
    """Words that are not used, in every file of the plugin's package, or in its one module."""
    module = Path(plugin.file)
    whole = module.parent if module.name == "__init__.py" else module
    for file, found in unused_below(whole):
        yield {
            "where": f"{plugin.distribution}:{file}:{found.line}",
            "what": t("plugin.check.unused", said=found.said),
            "do": t("plugin.check.instead", instead=found.instead),
        }


def _yes(on: object) -> str:
    return "yes" if on else "no"
