"""Which packs may load here, and what they hold: `plugins.lock`, written by a person, read at start.

A pack that is not in it, or holds another file than it did when it was locked, stops the start
before any of it is imported. It finds what was changed unseen or by mistake; it keeps nobody out
who may write where the packs and the lock lie.

What it does not hold: what Python compiles (`__pycache__`), though an altered one runs; packages
that a pack depends on; what is only tried (a folder, a pack that is not switched on). A pack with a
`.pth` file is refused, but Python has run that by then: it runs each time Python starts.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata, util
from pathlib import Path

from bindeledd.features.pathways.domain.opening import Unsound, text_of, toml_of
from bindeledd.foundation.errors import Misconfigured, insist_none
from bindeledd.foundation.texts import t
from bindeledd.plugin.asking import distribution_of

FORM = 1
_DIFFERS = {
    "changed": "plugin.locked_changed",
    "added": "plugin.locked_added",
    "gone": "plugin.locked_gone",
}


@dataclass(frozen=True, kw_only=True)
class Held:
    """One pack as it lies here: its distribution and version, and the hash of each of its files."""

    name: str
    distribution: str
    version: str
    files: Mapping[str, str] = field(default_factory=dict)


def held(point: metadata.EntryPoint) -> Held:
    """What a pack holds now. Imports nothing of it."""
    version = point.dist.version if point.dist is not None else ""
    return Held(
        name=point.name,
        distribution=distribution_of(point),
        version=version,
        files=dict(sorted(_hashes(point))),
    )


def _hashes(point: metadata.EntryPoint) -> Iterator[tuple[str, str]]:
    for root in sorted(_roots(point)):
        found = util.find_spec(root)
        places = [] if found is None else [*(found.submodule_search_locations or ())]
        for place in map(Path, places):
            for file in sorted(place.rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    yield f"{root}/{file.relative_to(place).as_posix()}", _hash(file)
        if found is not None and not places and found.origin:
            yield Path(found.origin).name, _hash(Path(found.origin))
    for name, lies in _of_wheel(point):
        yield name, _hash(lies)


def _of_wheel(point: metadata.EntryPoint) -> Iterator[tuple[str, Path]]:
    """Every file that pip put in site-packages; what it wrote of its own is not the pack's."""
    for file in (point.dist.files or ()) if point.dist is not None else ():
        own = ".." in file.parts or "__pycache__" in file.parts or file.is_absolute()
        lies = Path(str(file.locate()))
        if not own and not file.parts[0].endswith(".dist-info") and lies.is_file():
            yield file.as_posix(), lies


def _at_start(point: metadata.EntryPoint) -> list[str]:
    """The files that Python runs by itself; the one of a pack worked on where it lies is pip's."""
    told = point.dist.read_text("direct_url.json") if point.dist is not None else None
    if told and json.loads(told).get("dir_info", {}).get("editable"):
        return []
    return [name for name, _ in _of_wheel(point) if name.endswith(".pth")]


def _roots(point: metadata.EntryPoint) -> set[str]:
    """The packages of its wheel; of one that is worked on where it lies, that of its entry point."""
    files = (point.dist.files or ()) if point.dist is not None else ()
    own = {file.parts[0] for file in files if len(file.parts) > 1 and file.suffix == ".py"}
    return {point.module.partition(".")[0], *(one for one in own if one.isidentifier())}


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# --- the file -------------------------------------------------------------------------------------


def read(lock: Path) -> dict[str, Held]:
    """What it lets load, by name. Raises `Misconfigured` where it is not there or cannot be read."""
    if not lock.exists():
        raise Misconfigured("plugin.no_lock", where=str(lock))
    try:
        tables = toml_of(text_of(lock))
        return {
            name: Held(
                name=name,
                distribution=str(one["distribution"]),
                version=str(one["version"]),
                files={str(file): str(told) for file, told in one["files"].items()},
            )
            for name, one in {FORM: tables["plugin"]}[tables["form"]].items()
        }
    except (Unsound, KeyError, TypeError, AttributeError, OSError) as wrong:
        line = wrong.line if isinstance(wrong, Unsound) else 1
        raise Misconfigured("plugin.lock_unread", where=f"{lock}:{line}") from None


def write(lock: Path, packs: Sequence[Held]) -> None:
    """Whole or not at all: a start never reads half of it."""
    made = lock.with_name(f"{lock.name}.new")
    lock.parent.mkdir(parents=True, exist_ok=True)
    made.write_text("".join(_lines(packs)), encoding="utf-8")
    made.replace(lock)


def _lines(packs: Sequence[Held]) -> Iterator[str]:
    yield f"# {t('plugin.lock.head')}\nform = {FORM}\n\n[plugin]\n"
    for one in sorted(packs, key=lambda pack: pack.name):
        yield f'\n[plugin."{one.name}"]\n'
        yield f'distribution = "{one.distribution}"\nversion = "{one.version}"\n'
        yield f'[plugin."{one.name}".files]\n'
        yield from (f'"{_escaped(name)}" = "{told}"\n' for name, told in one.files.items())


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


# --- what it says ---------------------------------------------------------------------------------


def insist_locked(points: Sequence[metadata.EntryPoint], lock: Path | None) -> None:
    """Raise `Misconfigured` for what may not load; without a lock everything that is named may."""
    if lock is not None:
        known = read(lock)
        found = [wrong for point in points for wrong in _differs(held(point), known, lock)]
        insist_none([*(wrong for point in points for wrong in run_at_start(point)), *found])


def run_at_start(point: metadata.EntryPoint) -> Iterator[Misconfigured]:
    """What no lock can hold: it runs before anything is compared."""
    for name in _at_start(point):
        yield Misconfigured("plugin.runs_at_start", where=f"{distribution_of(point)}:{name}")


def _differs(now: Held, known: Mapping[str, Held], lock: Path) -> Iterator[Misconfigured]:
    was = known.get(now.name)
    if was is None:
        yield Misconfigured("plugin.not_locked", where=str(lock), name=now.name)
        return
    other = (was.distribution, was.version) != (now.distribution, now.version)
    if other:
        yield Misconfigured(
            "plugin.locked_other",
            where=f"{lock}: {now.name}",
            now=f"{now.distribution} {now.version}",
            was=f"{was.distribution} {was.version}",
        )
        return
    for name, how in changes(was, now):
        yield Misconfigured(
            _DIFFERS[how],
            where=f"{now.distribution}:{name}",
            pack=f"{was.distribution} {was.version}",
            lock=lock,
        )


def same_version(was: Mapping[str, Held], now: Mapping[str, Held]) -> list[Held]:
    """The packs that hold other files than they did, and say that they are the same version."""
    return [
        one
        for name, one in sorted(now.items())
        if name in was
        and was[name].version == one.version
        and was[name].distribution == one.distribution
        and changes(was[name], one)
    ]


def changes(was: Held | None, now: Held | None) -> list[tuple[str, str]]:
    """Each file that is not as it was, and how: `changed`, `added` or `gone`."""
    before, after = (dict(one.files) if one is not None else {} for one in (was, now))
    return [
        (name, "added" if name not in before else "gone" if name not in after else "changed")
        for name in sorted(before | after)
        if before.get(name) != after.get(name)
    ]
