"""Reading the files: the core's own and those of packs, into one book, or a refusal to start."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bindeledd.features.pathways.domain import Book, Ladder, PathwayFolder
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.layer_values import TaskKind
from bindeledd.features.pathways.domain.opening import Unsound, insist_few, text_of, toml_of
from bindeledd.features.pathways.domain.reading import (
    PathwayInvalid,
    Read,
    declared_kinds,
    read_file,
    unreadable,
)
from bindeledd.features.pathways.domain.rows import Catalogue, read_catalogue
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.words import Words


def core_folder() -> PathwayFolder:
    """The files that come with the product."""
    return PathwayFolder(distribution="bindeledd", folder=files("bindeledd.config.pathways"))


def site_folders(places: Sequence[Traversable]) -> list[PathwayFolder]:
    """The site's own folders and files. Of several, what is told of a file names its folder too: two
    files may have one name."""
    return [
        PathwayFolder("site", place, called=_folder_of(place) if len(places) > 1 else "")
        for place in places
    ]


def _folder_of(place: Traversable) -> str:
    lies = Path(str(place))
    return str(lies.parent if place.is_file() else lies)


@cache
def catalogue() -> Catalogue:
    """Every row that a routine, a pack or a test may say that it answers."""
    file = files("bindeledd.config") / "rows.toml"
    return read_catalogue(file.read_text(encoding="utf-8"))


def words() -> Words:
    """The words that a file may use, with the rows that are known."""
    return Words(rows=frozenset(catalogue().rows))


def load_book(
    folders: Sequence[PathwayFolder] = (),
    *,
    fields: Iterable[CaseField] = (),
    ladders: Iterable[Ladder] = (),
) -> Book:
    """The book of the core's files and these folders; `PathwayInvalid` if anything is wrong."""
    book, findings = check(folders, fields=fields, ladders=ladders)
    if findings:
        raise PathwayInvalid(findings)
    return book


def check(
    folders: Sequence[PathwayFolder] = (),
    *,
    fields: Iterable[CaseField] = (),
    ladders: Iterable[Ladder] = (),
) -> tuple[Book, list[Finding]]:
    """The book as far as it can be read, and every fault with its line."""
    own = tuple(fields)
    known = words().with_fields(own)
    reads = [read for folder in (core_folder(), *folders) for read in _read_all(folder, known)]
    return gathered(reads, ladders, own)


def _read_all(folder: PathwayFolder, words_known: Words) -> Iterator[Read]:
    """Its files, each of which knows the kinds of tasks that another one declares."""
    texts: dict[str, str] = {}
    for number, file in enumerate(_toml_files(folder.folder), 1):
        try:
            texts[file.name] = text_of(file, folder.folder if folder.held else None)
            insist_few(number, sum(map(len, texts.values())))
        except Unsound as wrong:
            place = folder.place_of(file.name)
            yield unreadable(wrong, distribution=folder.distribution, file=place)
            if wrong.ends:
                return
    beside = frozenset(kind for text in texts.values() for kind in declared_kinds(text))
    known = replace(words_known, beside=words_known.beside | beside)
    for name, text in texts.items():
        place = folder.place_of(name)
        yield read_file(text, distribution=folder.distribution, file=place, words=known)


def check_pack(path: Path, site: Book | None = None) -> tuple[Book, list[Finding]]:
    """The core's files with those at `path`: a pack, its folder of pathways, or one file.

    A pack's own facts and ladders (`fields.toml`, `ladders.toml`) stand beside its pathways. With
    the book of a `site` they are tried on what is switched on there; only their own faults are told.
    """
    folder = path / "pathways" if (path / "pathways").is_dir() else path
    beside = path if folder != path else path.parent
    own = beside / "ladders.toml"
    named = distribution_at(path)
    folders = [PathwayFolder(named, folder)]
    if own.is_file() and folder.is_dir() and own.parent != folder:
        folders.append(PathwayFolder(named, own))
    unread: list[Finding] = []
    try:
        fields = _own_fields(beside / "fields.toml")
    except Unsound as wrong:
        fields, unread = [], unreadable(wrong, distribution=named, file="fields.toml").findings
    if site is None:
        book, findings = check(folders, fields=fields)
    else:
        book, findings = _check_on(site, folders, fields)
    return book, [*unread, *findings]


def _check_on(
    site: Book, folders: Sequence[PathwayFolder], fields: Sequence[CaseField]
) -> tuple[Book, list[Finding]]:
    mine = {own.key for own in fields}
    known = words().with_fields((*site.fields, *fields))
    known = replace(known, beside=frozenset(site.task_titles))
    own = [read for folder in folders for read in _read_all(folder, known)]
    others = tuple(one for one in site.fields if one.key not in mine)
    book, findings = gathered([_without(site, own), *own], (), (*others, *fields))
    named = {folder.distribution for folder in folders}
    return book, [found for found in findings if found.origin.distribution in named]


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
    whole = path.resolve()
    return whole.parent.name if whole.is_file() else whole.name


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


def _toml_files(folder: Traversable) -> list[Traversable]:
    """Its TOML files by name, or the one file that it is."""
    if folder.is_file():
        return [folder]
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)
