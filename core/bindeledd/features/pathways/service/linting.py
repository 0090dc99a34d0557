"""Packs and files that somebody is writing, tried together: on the core's files, or on a site's."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bindeledd.features.pathways.domain import Book, Layer, Pathway, PathwayFolder
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.kin_values import KinRules
from bindeledd.features.pathways.domain.ladder_values import CoreRule, Ladder
from bindeledd.features.pathways.domain.layer_values import TaskKind
from bindeledd.features.pathways.domain.opening import Unsound, text_of, toml_of
from bindeledd.features.pathways.domain.plan_values import PlanForm
from bindeledd.features.pathways.domain.reading import Read, declared_kinds, unreadable
from bindeledd.features.pathways.domain.script_values import Script
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.service import check, core_folder, read_all, words

_Told = TypeVar("_Told", Pathway, Ladder, CoreRule, KinRules, PlanForm, Script)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What lies at a path that somebody named: routines in a folder (or one file), and beside them
    the other files of the pack, which may have no routines. `name`: what a finding calls it."""

    name: str
    routines: Path | None
    beside: Path

    @property
    def folders(self) -> Iterator[PathwayFolder]:
        if self.routines is not None:
            yield PathwayFolder(self.name, self.routines)
        ladders = self.beside / "ladders.toml"
        if ladders.is_file() and (self.routines is None or self.routines.is_dir()):
            yield PathwayFolder(self.name, ladders)


def places(paths: Sequence[Path]) -> list[Place]:
    """Each named path once; what lies inside another one is of that. Two that would be called the
    same are called with the folder that they lie in, but files of one folder."""
    whole = list(dict.fromkeys(path.resolve() for path in paths))
    alone = [path for path in whole if not any(other in path.parents for other in whole)]
    apart = {path.parent if path.is_file() else path for path in alone}
    same = Counter(place.name for place in apart)
    return [_place(path, twice=same[_folder(path).name] > 1) for path in alone]


def _folder(path: Path) -> Path:
    return path.parent if path.is_file() else path


def _place(path: Path, *, twice: bool) -> Place:
    folder = _folder(path)
    name = f"{folder.parent.name}/{folder.name}" if twice else folder.name
    root = _package(path)
    if (root / "pathways").is_dir():
        return Place(name=name, routines=root / "pathways", beside=root)
    if (root / "__init__.py").is_file():
        return Place(name=name, routines=None, beside=root)
    return Place(name=name, routines=root, beside=root.parent)


def _package(path: Path) -> Path:
    """Where a pack's files lie: in the only package below `src`, where the path is its project."""
    if not (path / "pyproject.toml").is_file():
        return path
    packages = sorted(file.parent for file in (path / "src").glob("*/__init__.py"))
    return packages[0] if len(packages) == 1 else path


def check_packs(paths: Sequence[Path], site: Book | None = None) -> tuple[Book, list[Finding]]:
    """The core's files with those at `paths`, all of them together: packs, their folders of
    pathways, or files.

    A pack's own facts and ladders (`fields.toml`, `ladders.toml`) stand beside its pathways. With
    the book of a `site` they are tried on what is switched on there; only their own faults are told.
    """
    named = places(paths)
    folders = [folder for place in named for folder in place.folders]
    fields, unread = _fields(named)
    if site is not None:
        book, findings = _check_on(site, folders, fields)
    elif len(folders) == 1:
        book, findings = check(folders, fields=fields)
    else:
        book, findings = _check_on(check()[0], folders, fields)
    return book, [*unread, *findings]


def _fields(named: Sequence[Place]) -> tuple[list[CaseField], list[Finding]]:
    fields: list[CaseField] = []
    unread: list[Finding] = []
    for beside, name in {place.beside: place.name for place in named}.items():
        try:
            fields += _own_fields(beside / "fields.toml")
        except Unsound as wrong:
            unread += unreadable(wrong, distribution=name, file="fields.toml").findings
    return fields, unread


def _check_on(
    site: Book, folders: Sequence[PathwayFolder], fields: Sequence[CaseField]
) -> tuple[Book, list[Finding]]:
    mine = {own.key for own in fields}
    known = words().with_fields((*site.fields, *fields))
    beside = frozenset(site.task_titles)
    own = [
        read
        for folder in folders
        for read in read_all(
            folder, replace(known, beside=beside | _declared(folders, folder.distribution))
        )
    ]
    others = tuple(one for one in site.fields if one.key not in mine)
    book, findings = gathered([_without(site, own, folders), *own], (), (*others, *fields))
    named = {folder.distribution for folder in folders}
    return book, [found for found in findings if found.origin.distribution in named]


def _declared(folders: Sequence[PathwayFolder], name: str) -> frozenset[str]:
    """The kinds of tasks of files that are named one by one: each knows those beside it."""
    beside = (one.folder for one in folders if one.distribution == name)
    files = [Path(str(file)) for file in beside if file.is_file()]
    texts = (file.read_text("utf-8", "replace") for file in files)
    return frozenset(kind for text in texts for kind in declared_kinds(text))


def _without(site: Book, own: Sequence[Read], folders: Sequence[PathwayFolder]) -> Read:
    """What a site has beside what is tried, which may be switched on there already: the same things
    of the same distribution. What another one says stands, and cannot be said again."""
    layers = {one.id for read in own for one in read.layers}
    tried = _distributions_of(site, own, folders)
    pathways = {one.key for read in own for one in read.pathways}
    ladders = {one.key for read in own for one in read.ladders}
    core = {one.kind for read in own for one in read.core}
    return Read(
        pathways=_left(site.pathways.values(), lambda one: one.key in pathways, tried),
        layers=[one for one in site.layers if one.id not in layers],
        ladders=_left(site.ladders.values(), lambda one: one.key in ladders, tried),
        core=_left(site.core.values(), lambda one: one.kind in core, tried),
        kin=_left([site.kin] if site.kin else [], lambda _: any(read.kin for read in own), tried),
        plans=_left(
            [site.plan] if site.plan else [], lambda _: any(read.plans for read in own), tried
        ),
        scripts=_left(
            [site.script] if site.script else [], lambda _: any(read.scripts for read in own), tried
        ),
        kinds=_kinds_without(site, own, layers),
    )


def _left(
    there: Iterable[_Told], again: Callable[[_Told], bool], tried: AbstractSet[str]
) -> list[_Told]:
    return [one for one in there if one.origin.distribution not in tried or not again(one)]


def _distributions_of(
    site: Book, own: Sequence[Read], folders: Sequence[PathwayFolder]
) -> frozenset[str]:
    """Whose files those are that are tried, as a site names it: by a layer or routine that it has of
    them, by the folders in which they lie; the core's only by where they are."""
    ids = {one.id for read in own for one in read.layers}
    ids |= {one.id for read in own for one in read.pathways}
    named: list[Layer | Pathway] = [*site.layers, *site.pathways.values()]
    known = {one.origin.distribution for one in (*named, *site.ladders.values())}
    places = [Path(str(one.folder)).resolve() for one in folders]
    parts = {_plain(part) for place in places for part in place.parts}
    found = {one.origin.distribution for one in named if one.id in ids}
    found |= {one for one in known if _plain(one) in parts}
    core = core_folder()
    home = Path(str(core.folder)).resolve()
    of_the_core = any(home in (place, *place.parents) for place in places)
    return frozenset(
        found - {core.distribution} | ({core.distribution} if of_the_core else set[str]())
    )


def _plain(name: str) -> str:
    """A distribution and the package that it installs have one name."""
    return name.replace("-", "_").lower()


def _kinds_without(site: Book, own: Sequence[Read], layers: AbstractSet[str]) -> list[TaskKind]:
    """The kinds of tasks that a site has from other files than those that are tried: not of a
    layer that is among them, and not of a file of the same name."""
    mine = {(one.key, one.origin.file) for read in own for one in read.kinds}
    tried = {(one.origin.distribution, one.origin.file) for one in site.layers if one.id in layers}
    return [
        one
        for one in site.kinds
        if (one.key, one.origin.file) not in mine
        and (one.origin.distribution, one.origin.file) not in tried
    ]


def distribution_at(path: Path) -> str:
    """What a finding calls the place of `path`: the folder, or the one in which the file lies."""
    return _folder(path.resolve()).name


def _own_fields(file: Path) -> list[CaseField]:
    if not file.is_file():
        return []
    return [
        CaseField(
            key=str(own.get("key")),
            label={},
            options=tuple(
                Option(value=str(o.get("value")), label={}) for o in own.get("option", [])
            ),
            asked_with=(),
            used_by=(),
        )
        for own in toml_of(text_of(file)).get("field", [])
    ]
