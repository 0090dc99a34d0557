"""Packs and files that somebody is writing, tried together: on the core's files, or on a site's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from bindeledd.features.pathways.domain import Book, PathwayFolder
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.layer_values import TaskKind
from bindeledd.features.pathways.domain.opening import Unsound, text_of, toml_of
from bindeledd.features.pathways.domain.reading import Read, declared_kinds, unreadable
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.service import check, read_all, words


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
    book, findings = gathered([_without(site, own), *own], (), (*others, *fields))
    named = {folder.distribution for folder in folders}
    return book, [found for found in findings if found.origin.distribution in named]


def _declared(folders: Sequence[PathwayFolder], name: str) -> frozenset[str]:
    """The kinds of tasks of files that are named one by one: each knows those beside it."""
    beside = (one.folder for one in folders if one.distribution == name)
    files = [Path(str(file)) for file in beside if file.is_file()]
    texts = (file.read_text("utf-8", "replace") for file in files)
    return frozenset(kind for text in texts for kind in declared_kinds(text))


def _without(site: Book, own: Sequence[Read]) -> Read:
    """What a site has beside what is tried, which may be switched on there already."""
    pathways = {one.key for read in own for one in read.pathways}
    layers = {one.id for read in own for one in read.layers}
    ladders = {one.key for read in own for one in read.ladders}
    core = {one.kind for read in own for one in read.core}
    return Read(
        pathways=[one for one in site.pathways.values() if one.key not in pathways],
        layers=[one for one in site.layers if one.id not in layers],
        ladders=[one for one in site.ladders.values() if one.key not in ladders],
        core=[one for one in site.core.values() if one.kind not in core],
        kin=[site.kin] if site.kin and not any(read.kin for read in own) else [],
        plans=[site.plan] if site.plan and not any(read.plans for read in own) else [],
        kinds=_kinds_without(site, own, layers),
    )


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
