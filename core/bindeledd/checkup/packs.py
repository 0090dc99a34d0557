"""The plugins, how they start, and what a start would refuse."""

from collections.abc import Iterator

from bindeledd.checkup.findings import Check
from bindeledd.foundation.console import Site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t
from bindeledd.hosting import tried
from bindeledd.installation import insist_ready
from bindeledd.plugin.host import kernel, landlock
from bindeledd.plugin.leaving import without_words
from bindeledd.settings import Settings


def of_plugins(site: Site) -> Iterator[Check]:
    gathered = site.gathered
    names = ", ".join(str(plugin) for plugin in gathered.plugins) or t("maintenance.doctor.none")
    yield Check(name="plugins", ok=True, found=names)
    yield lock_check(site.settings)
    book = gathered.book
    said = t("pathways.read.pathways", count=len(book.pathways))
    if book.layers:
        said += f", {t('pathways.read.layers', count=len(book.layers))}"
    yield from _hosts(site)
    yield Check(name="pathways", ok=True, found=said)


def lock_check(settings: Settings) -> Check:
    """Whether it is written down which plugins may load; where patients are, it has to be."""
    lock = settings.plugins_lock
    wanted = settings.is_production and bool(settings.plugins)
    return Check(
        name="plugins_lock",
        ok=lock is not None or not wanted,
        found=str(lock) if lock is not None else t("maintenance.doctor.no_lock"),
        do=t("maintenance.doctor.lock"),
    )


def _hosts(site: Site) -> Iterator[Check]:
    """Each plugin with Python is opened in a process of its own, as the worker does it."""
    found: dict[str, Misconfigured | None] = {}
    for plugin, wrong in tried(site.settings, site.gathered, site.database):
        found[plugin] = found.get(plugin) or wrong
    inside = {one.plugin.name for one in site.gathered.hosted if one.inside}
    for plugin, wrong in found.items():
        yield host_check(
            plugin,
            wrong,
            inside=plugin in inside,
            held=kernel.offered(),
            shut=landlock.version() > 0,
        )


def host_check(
    plugin: str, wrong: Misconfigured | None, *, inside: bool, held: bool, shut: bool
) -> Check:
    """What is said of a plugin with Python. `inside`: it reads messages or makes reports; `held`:
    whether the kernel of this machine keeps that from the network, or Python alone; `shut`: the
    same of files, for every plugin."""
    if wrong is not None:
        return Check(name=f"plugin {plugin}", ok=False, found=wrong.what, do=wrong.do)
    said = t("maintenance.doctor.starts")
    if inside and not held:
        said = f"{said}. {t('maintenance.doctor.held_by_python')}"
    elif not shut:
        said = f"{said}. {t('maintenance.doctor.shut_by_python')}"
    return Check(name=f"plugin {plugin}", ok=True, found=said)


def of_start(site: Site) -> Iterator[Check]:
    """What a start would refuse, asked as web and worker ask it: a pack that was taken out while
    something still rests on it, local routines that do not agree, a channel that there is not."""
    for one in insist_ready(site.settings, site.database, site.gathered):
        yield told_check(one)
    with site.database.transaction() as session:
        for one in without_words(session, site.gathered.book):
            yield told_check(one)
    yield Check(name="start", ok=True, found=t("maintenance.doctor.can_start"))


def told_check(wrong: Misconfigured) -> Check:
    """What is wrong and stops no start here."""
    return Check(name="start", ok=False, found=f"{wrong.where}: {wrong.what}", do=wrong.do)
