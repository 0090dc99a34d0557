"""`bindeledd plugins list|check|test|new`: what is there, what does not fit, and a pack of one's own."""

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.plugin.asking import distribution_of
from bindeledd.plugin.contract import unused_words
from bindeledd.plugin.loading import gather, installed

if TYPE_CHECKING:
    from bindeledd.plugin.trying import Tried


@click.group("plugins")
def plugins() -> None:
    """Plugins: what is installed, what is switched on, and whether it fits."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def list_plugins(site: Site, as_json: bool) -> None:
    """What is installed, and what is switched on."""
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
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER]...")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def check_plugins(site: Site, names: tuple[str, ...], as_json: bool) -> None:
    """See whether the plugins in the settings (or those named) fit, without starting the
    installation.

    A plugin that is switched on is opened with what the settings say to it, and closed again.

    A folder with pyproject.toml is looked at where it stands, installed or not.
    """
    from bindeledd.plugin.trying import check_folder

    chosen = names or tuple(site.settings.plugins)
    folders = [name for name in chosen if _is_folder(name)]
    faults = checking([name for name in chosen if name not in folders])
    faults += _as_set_up(site, [name for name in chosen if name in site.settings.plugins])
    for folder in folders:
        try:
            faults += [dict(one) for one in check_folder(Path(folder)).faults]
        except Misconfigured as wrong:
            faults.append(_told(wrong))
    if as_json:
        answer_json({"ok": not faults, "plugins": list(chosen), "faults": faults})
    elif faults:
        _show(faults)
    else:
        said = "right" if chosen else "none"
        click.echo(t(f"plugin.check.{said}", names=", ".join(chosen)))
    leave(1 if faults else 0)


def _as_set_up(site: Site, names: Sequence[str]) -> list[dict[str, str]]:
    """What does not fit in what the site says to the packs that are switched on, each by itself."""
    faults = []
    for name in names:
        try:
            gathered = gather((name,))
        except Misconfigured:  # told already: it does not fit by itself
            continue
        for _, wrong in site.try_packs(site, gathered):
            if wrong is not None:
                what = wrong.what.removeprefix(f"{wrong.where}: ")
                faults.append({**_told(wrong), "what": what})
    return faults


@plugins.command("test")
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER]...")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def test_plugins(site: Site, names: tuple[str, ...], as_json: bool) -> None:
    """Try plugins: the contract that holds for all, and the pack's own tests.

    A folder is built into a wheel and tried as it will be installed, where that can be done. A
    name is a plugin that is installed; with nothing named, those in the settings are tried.
    """
    from bindeledd.plugin.trying import Tried, try_folder, try_installed

    tried = []
    for name in names or tuple(site.settings.plugins):
        try:
            tried.append(try_folder(Path(name)) if _is_folder(name) else try_installed(name))
        except Misconfigured as wrong:
            tried.append(Tried(name=name, faults=[_told(wrong)], built=False))
    if as_json:
        answer_json([{**vars(one), "ok": one.well} for one in tried])
    else:
        for one in tried:
            if one.faults:
                _show(one.faults)
            if one.tests is False:
                click.echo(one.said)
            click.echo(t(f"plugin.test.{_outcome(one)}", name=one.name))
            if one.well and one.lacking:
                click.echo(t("plugin.test.lacking", names=" ".join(one.lacking)))
        if not tried:
            click.echo(t("plugin.check.none"))
    leave(0 if all(one.well for one in tried) else 1)


@plugins.command("new")
@click.argument("name", metavar="NAME")
@click.option(
    "--at",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
)
@click.option(
    "--level",
    type=click.Choice(["region", "trust", "municipality", "unit"]),
    default="municipality",
)
@click.option("--python", is_flag=True)
def new_plugin(name: str, at: Path, level: str, python: bool) -> None:
    """Make a new plugin, complete: routine, tests, change log, everything it takes."""
    from bindeledd.plugin.making import make

    try:
        folder = make(name, at=at, level=level, python=python)
    except Misconfigured as wrong:
        _show([_told(wrong)])
        leave(1)
        return
    click.echo(t("plugin.new.made", folder=str(folder)))
    click.echo(t("plugin.new.next", folder=str(folder), name=name))


def _is_folder(name: str) -> bool:
    """A name of a pack has no separator, and no dot alone: anything else is a place."""
    return "/" in name or name in (".", "..") or (Path(name) / "pyproject.toml").is_file()


def _outcome(tried: "Tried") -> str:
    if not tried.well:
        return "wrong"
    if tried.tests:
        return "right"
    return "not_run" if "pytest" in tried.lacking else "contract_only"


def _told(wrong: Misconfigured) -> dict[str, str]:
    return {"where": wrong.where, "what": wrong.what, "do": wrong.do}


def _show(faults: Sequence[Mapping[str, str]]) -> None:
    columns = [t(f"plugin.columns.{name}") for name in ("where", "what", "do")]
    rows = [tuple(fault[name] for name in ("where", "what", "do")) for fault in faults]
    answer_table(t("plugin.check.wrong"), columns, rows)


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
            faults.setdefault(str(wrong), _told(wrong))
        else:
            faults |= {f"{one}": one for plugin in loaded.plugins for one in unused_words(plugin)}
    return list(faults.values())


def _yes(on: object) -> str:
    return "yes" if on else "no"
