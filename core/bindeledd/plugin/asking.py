"""One plugin: imported, held against this core, and asked each of its hooks once.

Whatever it raises or gives that does not fit becomes `Misconfigured` with the plugin's own
distribution, file and line. The only place where a plugin's Python runs.
"""

import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module, metadata
from itertools import islice
from pkgutil import iter_modules

import pluggy
from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

import bindeledd
from bindeledd.features.pathways.domain import Ladder, PathwayFolder
from bindeledd.features.pathways.domain.directory import Contact
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.staff.domain import KnownOrganisation, TeamDays
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Said, said
from bindeledd.plugin import hooks
from bindeledd.plugin.host.values import PluginChannel, PluginJob, PluginReader, PluginReport

# The most that one hook may yield: a generator that never ends is not waited for.
MOST = 10_000
# What each hook has to yield.
TYPES: Mapping[str, type] = {
    "pathways": PathwayFolder,
    "fields": CaseField,
    "rungs": Ladder,
    "calendars": TeamDays,
    "units": KnownOrganisation,
    "contacts": Contact,
    "channels": PluginChannel,
    "jobs": PluginJob,
    "intakes": PluginReader,
    "reports": PluginReport,
}


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """One plugin that is named in the settings: its name, distribution, version and file."""

    name: str
    distribution: str
    version: str
    file: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, kw_only=True)
class Yielded:
    """One value that one hook of one plugin gave, and where it stands."""

    plugin: Plugin
    hook: str
    line: int
    value: object

    @property
    def where(self) -> str:
        """The line of the data it came from, else of the function that gave it."""
        origin = str(getattr(self.value, "origin", "") or "")
        own = origin.startswith(f"{self.plugin.distribution}:") and not origin.endswith("::0")
        return origin if own else f"{self.plugin.distribution}:{self.plugin.file}:{self.line}"

    def at(self, key: str) -> str:
        """The line of this key of the value, else of the value."""
        return str(getattr(self.value, "stands", {}).get(key, "")) or self.where


def distribution_of(point: metadata.EntryPoint) -> str:
    """The name of the distribution that an entry point came with."""
    return point.dist.name if point.dist is not None else point.value


# --- loading ------------------------------------------------------------------------------------


def load(point: metadata.EntryPoint) -> tuple[Plugin, object]:
    """Import it, after asking whether it was made for this version of the core."""
    _insist_requirement(point)
    distribution = distribution_of(point)
    try:
        module = import_module(point.module)
        thing = point.load()
    except (Exception, SystemExit) as wrong:
        _insist_there(point, wrong)
        raise _fault(distribution, point.value, wrong, said("plugin.words.not_loaded")) from wrong
    version = point.dist.version if point.dist is not None else "?"
    file = str(module.__file__ or point.module)
    plugin = Plugin(name=point.name, distribution=distribution, version=version, file=file)
    _insist_api(plugin, getattr(thing, "api", None))
    return plugin, thing


# Where a pack says what is loaded; `folders.py` knows the line of one that lies in a folder.
ENTRY = "pyproject.toml [project.entry-points]"


def _insist_there(point: metadata.EntryPoint, wrong: BaseException) -> None:
    """What the entry point names is a module that there is, and something in it; else the slip is in
    the entry point, and no line of the plugin is at fault."""
    module, missing, near = sys.modules.get(point.module), "", ""
    if isinstance(wrong, ModuleNotFoundError) and _begins(point.module, wrong.name or ""):
        missing, near = wrong.name or "", _nearest_module(wrong.name or "", point)
    elif module is not None and not hasattr(module, point.attr.partition(".")[0]):
        names = [name for name in vars(module) if not name.startswith("_")]
        (first, *_) = [*get_close_matches(point.attr, names, n=1), "plugin"]
        missing, near = point.attr, f"{point.module}:{first}"
    if missing:
        raise Misconfigured(
            "plugin.entry_point",
            where=f"{distribution_of(point)}: {ENTRY}",
            name=point.name,
            value=point.value,
            missing=missing,
            right=near or "my_pack:plugin",
        ) from wrong


def _begins(module: str, missing: str) -> bool:
    return bool(missing) and f"{module}.".startswith(f"{missing}.")


def _nearest_module(missing: str, point: metadata.EntryPoint) -> str:
    """The module of the nearest name, as the entry point would have to name it; empty for none."""
    above, _, last = missing.rpartition(".")
    places = list(getattr(import_module(above), "__path__", ())) if above else None
    found = get_close_matches(last, [one.name for one in iter_modules(places)], n=1)
    right = ".".join(filter(None, (above, *found)))
    rest = point.value.removeprefix(missing)
    return f"{right}{rest}" if found else ""


def _insist_requirement(point: metadata.EntryPoint) -> None:
    """A plugin says from which to which version of the core it fits, and this one is inside."""
    where = f"{distribution_of(point)}: dependencies"
    wanted = [found for found in map(_requirement, _requires(point)) if found is not None]
    closed = any(
        clause.operator in ("<", "<=", "==", "~=") for w in wanted for clause in w.specifier
    )
    if not wanted or not closed:
        raise Misconfigured("plugin.no_requirement", where=where, fits=fits_core())
    for one in wanted:
        if not one.specifier.contains(bindeledd.__version__, prereleases=True):
            raise Misconfigured(
                "plugin.other_version",
                where=where,
                specifier=one.specifier,
                version=bindeledd.__version__,
                fits=fits_core(),
            )


def fits_core() -> str:
    """The versions of this core and those that change nothing, as a pack writes them."""
    core = Version(bindeledd.__version__)
    return f">={core.major}.{core.minor},<{core.major}.{core.minor + 1}"


def _requires(point: metadata.EntryPoint) -> list[str]:
    return list(point.dist.requires or ()) if point.dist is not None else []


def _requirement(line: str) -> Requirement | None:
    try:
        found = Requirement(line)
    except InvalidRequirement:
        return None
    return found if found.name == "bindeledd" else None


def _insist_api(plugin: Plugin, api: object) -> None:
    fits = (
        isinstance(api, tuple)
        and len(api) == 2
        and all(isinstance(end, int) for end in api)
        and api[0] <= hooks.API
        and api[1] >= hooks.OLDEST_API
    )
    if not fits:
        raise Misconfigured(
            "plugin.other_api",
            where=f"{plugin.distribution}:{plugin.file}",
            api=api,
            oldest=hooks.OLDEST_API,
            newest=hooks.API,
        )


# --- asking -------------------------------------------------------------------------------------


def ask(plugin: Plugin, thing: object) -> Iterator[Yielded]:
    """Every value of every hook that the plugin implements, one hook after the other."""
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    try:
        manager.register(thing, plugin.name)
        manager.check_pending()
    except pluggy.PluginValidationError as wrong:
        raise _unknown(plugin, thing, wrong) from wrong
    for name in hooks.HOOKS:
        for implementation in getattr(manager.hook, name).get_hookimpls():
            yield from _values(plugin, name, implementation.function)


def _unknown(plugin: Plugin, thing: object, wrong: Exception) -> Misconfigured:
    """An unknown hook or a wrong signature: found by name, so that its line can be told."""
    marked = [
        (name, function)
        for name, function in ((name, getattr(thing, name, None)) for name in dir(thing))
        if callable(function) and hasattr(function, f"{hooks.PROJECT}_impl")
    ]
    where = f"{plugin.distribution}:{plugin.file}"
    for name, function in marked:
        if name not in hooks.HOOKS:
            near = get_close_matches(name, hooks.HOOKS, n=1)
            return Misconfigured(
                "plugin.hook_unknown",
                where=f"{where}:{_line_of(function)}",
                name=name,
                near=near[0] if near else ", ".join(hooks.HOOKS),
            )
    unfit = [(name, function) for name, function in marked if repr(name) in str(wrong)]
    line = _line_of(unfit[0][1]) if unfit else 1
    hint = " ".join(str(wrong).split("\n")[-1].split()) if unfit else str(wrong)
    return Misconfigured(
        "plugin.hook_unfit",
        where=f"{where}:{line}",
        hint=hint,
        known=", ".join(hooks.HOOKS),
    )


def _line_of(function: Callable[..., object]) -> int:
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code.co_firstlineno if code is not None else 1


def _values(plugin: Plugin, hook: str, function: Callable[[], object]) -> list[Yielded]:
    line = _line_of(function)
    where = f"{plugin.distribution}:{plugin.file}:{line}"
    try:
        given = function()
        several = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
        values = list(islice(given, MOST + 1)) if several else [given]  # type: ignore[call-overload]
    except Misconfigured:
        raise
    except (Exception, SystemExit) as wrong:
        failed = said("plugin.words.hook_failed", hook=hook)
        raise _fault(plugin.distribution, plugin.file, wrong, failed) from wrong
    if len(values) > MOST:
        raise Misconfigured("plugin.too_many", where=where, hook=hook, most=MOST)
    odd = [value for value in values if not isinstance(value, TYPES[hook])]
    if odd:
        raise Misconfigured(
            "plugin.wrong_type",
            where=where,
            hook=hook,
            wanted=TYPES[hook].__name__,
            given=type(odd[0]).__name__,
        )
    return [Yielded(plugin=plugin, hook=hook, line=line, value=value) for value in values]


def _fault(distribution: str, file: str, raised: BaseException, what: Said) -> Misconfigured:
    """What a plugin raised, at the line of the plugin where it did."""
    frames = traceback.extract_tb(raised.__traceback__)
    core = str(bindeledd.__path__[0])
    own = [
        f
        for f in frames
        if not f.filename.startswith((core, "<")) and "importlib" not in f.filename
    ]
    where = f"{own[-1].filename}:{own[-1].lineno}" if own else file
    wrong: object = raised
    if isinstance(raised, SyntaxError) and raised.filename:  # where it stands, not who fetched it
        where, wrong = f"{raised.filename}:{raised.lineno}", raised.msg
    return Misconfigured(
        "plugin.raised",
        where=f"{distribution}:{where}",
        what=what,
        kind=type(raised).__name__,
        wrong=wrong,
    )
