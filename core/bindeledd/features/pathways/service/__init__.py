"""Reading the files: the core's own and those of packs, into one book, or a refusal to start."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bindeledd.features.pathways.domain import Book, Ladder, PathwayFolder
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.gathering import gathered, is_of_nothing
from bindeledd.features.pathways.domain.opening import Unsound, insist_few, text_of
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

# What the site's own files are called, as packs are called by their distributions.
SITE = "site"


def core_folder() -> PathwayFolder:
    """The files that come with the product."""
    return PathwayFolder(distribution="bindeledd", folder=files("bindeledd.config.pathways"))


def site_folders(places: Sequence[Traversable]) -> list[PathwayFolder]:
    """The site's own folders and files. Of several, what is told of a file names its folder too: two
    files may have one name."""
    return [
        PathwayFolder(SITE, place, called=_folder_of(place) if len(places) > 1 else "")
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


def tried_book(
    folders: Sequence[PathwayFolder] = (),
    *,
    fields: Iterable[CaseField] = (),
    ladders: Iterable[Ladder] = (),
    fewer: bool,
) -> Book:
    """The book as it would be with other packs than those that are on; with `fewer` only without some.

    A site's own files are written for the packs that are on. What a layer of theirs says of a step
    that is not there is not said; a file that cannot stand without the packs is left out, and its
    layers are named in `resting`. Raises `PathwayInvalid` for everything else.
    """
    book, findings = check(folders, fields=fields, ladders=ladders)
    own = {one for one in findings if one.origin.distribution == SITE}
    unsaid = {one for one in own if is_of_nothing(one)}
    wrong = [one for one in findings if one not in (own if fewer else unsaid)]
    if wrong:
        raise PathwayInvalid(wrong)
    broken = {one.origin.file for one in own - unsaid}
    resting = tuple(
        one for one in book.layers if one.origin.distribution == SITE and one.origin.file in broken
    )
    stay = tuple(one for one in book.layers if one not in resting)
    return replace(book, layers=stay, resting=resting)


def check(
    folders: Sequence[PathwayFolder] = (),
    *,
    fields: Iterable[CaseField] = (),
    ladders: Iterable[Ladder] = (),
) -> tuple[Book, list[Finding]]:
    """The book as far as it can be read, and every fault with its line."""
    own = tuple(fields)
    known = words().with_fields(own)
    reads = [read for folder in (core_folder(), *folders) for read in read_all(folder, known)]
    return gathered(reads, ladders, own)


def read_all(folder: PathwayFolder, words_known: Words) -> Iterator[Read]:
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


def _toml_files(folder: Traversable) -> list[Traversable]:
    """Its TOML files by name, or the one file that it is."""
    if folder.is_file():
        return [folder]
    found = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(found, key=lambda file: file.name)
