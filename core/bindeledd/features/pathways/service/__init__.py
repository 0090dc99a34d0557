"""Reading the files: the core's own and those of packs, into one book, or a refusal to start."""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bindeledd.features.pathways.domain import Book, Ladder, PathwayFolder
from bindeledd.features.pathways.domain.fields import CaseField, Option
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import (
    PathwayInvalid,
    Read,
    declared_kinds,
    read_file,
)
from bindeledd.features.pathways.domain.rows import Catalogue, read_catalogue
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.domain.words import Words


def core_folder() -> PathwayFolder:
    """The files that come with the product."""
    return PathwayFolder(distribution="bindeledd", folder=files("bindeledd.config.pathways"))


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
    texts = {file.name: _text(file) for file in _toml_files(folder.folder)}
    beside = frozenset(kind for text in texts.values() for kind in declared_kinds(text))
    known = replace(words_known, beside=beside)
    for name, text in texts.items():
        yield read_file(text, distribution=folder.distribution, file=name, words=known)


def check_pack(path: Path) -> tuple[Book, list[Finding]]:
    """The core's files with those at `path`: a pack, its folder of pathways, or one file.

    A pack's own facts and ladders (`fields.toml`, `ladders.toml`) stand beside its pathways.
    """
    folder = path / "pathways" if (path / "pathways").is_dir() else path
    beside = path if folder != path else path.parent
    own = beside / "ladders.toml"
    folders = [PathwayFolder(path.name, folder)]
    if own.is_file() and folder.is_dir() and own.parent != folder:
        folders.append(PathwayFolder(path.name, own))
    return check(folders, fields=_own_fields(beside / "fields.toml"))


def _own_fields(file: Path) -> list[CaseField]:
    if not file.is_file():
        return []
    return [
        CaseField(
            key=str(own.get("key")),
            label={},
            options=tuple(Option(value=str(o.get("value")), label={}) for o in own["option"]),
            asked_with=(),
            used_by=(),
        )
        for own in tomllib.loads(file.read_text(encoding="utf-8")).get("field", [])
    ]


def _toml_files(folder: Traversable) -> list[Traversable]:
    """Its TOML files by name, or the one file that it is."""
    if folder.is_file():
        return [folder]
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return "# not UTF-8\n= "
