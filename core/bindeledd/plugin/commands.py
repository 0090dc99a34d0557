"""`bindeledd plugins list|check|lock|test|new|schemas`: what is there, what does not fit, one's own."""

from collections.abc import Collection, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.foundation.texts import t
from bindeledd.plugin import locking
from bindeledd.plugin.asking import distribution_of
from bindeledd.plugin.loading import gather, installed, named
from bindeledd.plugin.making_commands import new_plugin, write_schemas
from bindeledd.plugin.noticing import unread_of
from bindeledd.plugin.showing import LEFT_OUT, MEND, STOPS, WOULD_STOP, show, told
from bindeledd.plugin.speaking import wrong_words

if TYPE_CHECKING:
    from bindeledd.plugin.trying import Tried


@click.group("plugins")
def plugins() -> None:
    """Plugins: what is installed, what is switched on, and whether it fits."""


plugins.add_command(new_plugin)
plugins.add_command(write_schemas)


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
    on, lock = site.settings.plugins, site.settings.plugins_lock
    chosen = names or tuple(on)
    folders = [name for name in chosen if _is_folder(name)]
    faults = checking([name for name in chosen if name not in folders], on, lock)
    faults += [one for one in _as_locked(on, lock) if one not in faults]
    faults += _as_set_up(site, [name for name in chosen if name in on])
    faults += _of_folders(folders, [name for name in chosen if name not in folders])
    if as_json:
        answer_json({"ok": not faults, "plugins": list(chosen), "faults": faults})
    elif faults:
        show(faults)
    else:
        said = "right" if chosen else "none"
        click.echo(t(f"plugin.check.{said}", names=", ".join(chosen)))
    leave(1 if faults else 0)


def _of_folders(folders: Sequence[str], beside: Sequence[str]) -> list[dict[str, str]]:
    """What does not fit in folders: each alone, and all of them with the packs named beside them."""
    from bindeledd.plugin.trying import check_folder, check_together

    faults: list[dict[str, str]] = []
    for folder in folders:
        try:
            faults += [{"then": WOULD_STOP, **one} for one in check_folder(Path(folder)).faults]
        except Misconfigured as wrong:
            faults.append({**told(wrong), "then": WOULD_STOP})
    if folders and len(folders) + len(beside) > 1 and not faults:
        together = check_together([Path(folder) for folder in folders], beside)
        faults += [{**one, "then": WOULD_STOP} for one in together]
    return faults


def _as_locked(on: Sequence[str], lock: Path | None) -> list[dict[str, str]]:
    """What is switched on and is not as it was when it was locked."""
    try:
        _insist_locked(on, on, lock)
    except Misconfigured as wrong:
        if lock is not None:  # what is not installed is told already
            return [{**told(one), "then": STOPS} for one in wrong.faults]
    return []


def _as_set_up(site: Site, names: Sequence[str]) -> list[dict[str, str]]:
    """What does not fit in what the site says to the packs that are switched on, each by itself."""
    faults = []
    for name in names:
        try:
            gathered = gather((name,), lock=site.settings.plugins_lock)
        except Misconfigured:  # told already: it does not fit by itself
            continue
        for _, wrong in site.try_packs(site, gathered):
            if wrong is not None:
                what = wrong.what.removeprefix(f"{wrong.where}: ")
                faults.append({**told(wrong), "what": what, "then": LEFT_OUT})
    return faults


@plugins.command("lock")
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def lock_plugins(site: Site, dry_run: bool, as_json: bool) -> None:
    """Write down which plugins may load here, with the hash of each of their files.

    What is not as it stands there stops the next start. Only what fits is locked.
    """
    settings = site.settings
    file = settings.plugins_lock or (settings.file or settings.home / "x").with_name("plugins.lock")
    faults = [one for one in checking(settings.plugins, settings.plugins) if one["then"] != MEND]
    if faults:
        answer_json({"ok": False, "faults": faults}) if as_json else show(faults)
        leave(1)
    points = named(settings.plugins, installed())
    insist_none([wrong for point in points for wrong in locking.run_at_start(point)])
    now = {point.name: locking.held(point) for point in points}
    was = locking.read(file) if file.exists() else {}
    found = [
        {"name": name, "file": changed, "how": how}
        for name in sorted(was | now)
        for changed, how in locking.changes(was.get(name), now.get(name))
    ]
    same = locking.same_version(was, now)
    if not dry_run:
        locking.write(file, list(now.values()))
    if as_json:
        told = {"lock": str(file), "dry_run": dry_run, "changes": found}
        answer_json({"ok": True, **told, "same_version": [one.name for one in same]})
        return
    _show_lock(file, found, dry_run=dry_run, used=settings.plugins_lock is not None)
    for one in same:
        click.echo(t("plugin.lock.same_version", pack=one.distribution, version=one.version))


def _show_lock(
    file: Path, found: Sequence[Mapping[str, str]], *, dry_run: bool, used: bool
) -> None:
    columns = [t(f"plugin.columns.{name}") for name in ("name", "file", "how")]
    rows = [(one["name"], one["file"], t(f"plugin.lock.{one['how']}")) for one in found]
    if rows:
        answer_table(t("plugin.lock.title"), columns, rows)
    else:
        click.echo(t("plugin.lock.same"))
    if not dry_run:
        click.echo(t("plugin.lock.written", file=str(file)))
        if not used:
            click.echo(t("plugin.lock.use", file=file.name))


@plugins.command("test")
@click.argument("names", nargs=-1, metavar="[NAME|FOLDER]...")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def test_plugins(site: Site, names: tuple[str, ...], as_json: bool) -> None:
    """Try plugins: the contract that holds for all, and the pack's own tests.

    A folder is built into a wheel and tried as it will be installed, where that can be done. A
    name is a plugin that is installed; with nothing named, those in the settings are tried.
    """
    from bindeledd.plugin.drawing import show as show_timeline
    from bindeledd.plugin.drawing import show_none
    from bindeledd.plugin.trying import Tried, try_folder, try_installed

    tried = []
    for name in names or tuple(site.settings.plugins):
        try:
            if _is_folder(name):
                tried.append(try_folder(Path(name)))
            else:
                _insist_locked([name], site.settings.plugins, site.settings.plugins_lock)
                tried.append(try_installed(name))
        except Misconfigured as wrong:
            tried.append(Tried(name=name, faults=[told(wrong)], built=False))
    if as_json:
        answer_json([{**vars(one), "ok": one.well} for one in tried])
    else:
        for one in tried:
            if one.faults:
                show(one.faults)
            if one.tests is False:
                click.echo(one.said)
            if one.timeline:
                show_timeline(one.timeline)
            elif one.counted_from is not None:
                show_none(one.name, one.counted_from)
            click.echo(t(f"plugin.test.{_outcome(one)}", name=one.name))
            if one.well and one.lacking:
                click.echo(t("plugin.test.lacking", names=" ".join(one.lacking)))
        if not tried:
            click.echo(t("plugin.check.none"))
    leave(0 if all(one.well for one in tried) else 1)


def _is_folder(name: str) -> bool:
    """A name of a pack has no separator, and no dot alone: anything else is a place."""
    return "/" in name or name in (".", "..") or (Path(name) / "pyproject.toml").is_file()


def _outcome(tried: "Tried") -> str:
    if not tried.well:
        return "wrong"
    if tried.tests:
        return "right"
    return "not_run" if "pytest" in tried.lacking else "contract_only"


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


def checking(
    names: Sequence[str], on: Collection[str] = (), lock: Path | None = None
) -> list[dict[str, str]]:
    """What does not fit: each plugin alone, and all of them together; and words that are not
    used, or not there in English.

    `then` says what comes of it: a start stops where all of them are `on`, else it would. Of what
    is `on` and not as it was locked, nothing is imported, as at a start.
    """
    points = [one for one in installed() if one.name in names]
    faults = {f"{one}": one for point in points for one in unread_of(point)}
    for chosen in dict.fromkeys((*((name,) for name in names), tuple(names))):
        try:
            loaded = gather(chosen, lock=lock, on=on)
        except Misconfigured as wrong:
            then = STOPS if all(name in on for name in chosen) else WOULD_STOP
            for one in wrong.faults:
                faults.setdefault(str(one), {**told(one), "then": then})
        else:
            for plugin in loaded.plugins:
                faults |= {f"{one}": one for one in wrong_words(plugin)}
    return list(faults.values())


def _insist_locked(names: Sequence[str], on: Collection[str], lock: Path | None) -> None:
    """Raise `Misconfigured` for those of `names` that are switched on and not as they were locked."""
    locking.insist_locked(named([name for name in names if name in on], installed()), lock)


def _yes(on: object) -> str:
    return "yes" if on else "no"
