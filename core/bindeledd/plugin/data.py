"""A pack that is data only: TOML files beside one line of Python, `plugin = DataPack(__name__)`.

What it looks for in the package: `pathways/*.toml` (routines and layers), `fields.toml`,
`ladders.toml`, `calendars.toml`, `units.toml`, `contacts.toml`. Each only if it is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files

from bindeledd.features.pathways.domain.opening import Unsound, insist_inside, text_of, toml_of
from bindeledd.features.pathways.domain.reading import PathwayInvalid, read_file, unreadable
from bindeledd.features.pathways.domain.reading_rules import once
from bindeledd.features.pathways.domain.table import Sheet, Table
from bindeledd.features.pathways.service import words
from bindeledd.plugin.entries import contact_of, days_of, field_of, organisation_of, said_under
from bindeledd.plugin.hooks import (
    API,
    CaseField,
    Contact,
    KnownOrganisation,
    Ladder,
    PathwayFolder,
    TeamDays,
    hookimpl,
)


@dataclass(frozen=True)
class DataPack:
    """All hooks of a package of TOML files. `api` is what the pack was written for."""

    package: str
    api: tuple[int, int] = (API, API)

    @property
    def distribution(self) -> str:
        """The name of the distribution, by the habit that both names are one."""
        return self.package.replace("_", "-")

    @hookimpl
    def pathways(self) -> Iterator[PathwayFolder]:
        root = files(self.package)
        folder = root / "pathways"
        if folder.is_dir():
            with _told(self, folder.name):
                insist_inside(folder, root)
            yield PathwayFolder(distribution=self.distribution, folder=folder)

    @hookimpl
    def fields(self) -> Iterator[CaseField]:
        with _Reading(self, "fields.toml") as root:
            yield from [field_of(table) for table in _all(root, "field")]

    @hookimpl
    def rungs(self) -> Iterator[Ladder]:
        name = "ladders.toml"
        text = own_text(self, name)
        read = read_file(text, distribution=self.distribution, file=name, words=words())
        if read.findings:
            raise PathwayInvalid(read.findings)
        yield from read.ladders

    @hookimpl
    def calendars(self) -> Iterator[TeamDays]:
        with _Reading(self, "calendars.toml") as root:
            yield from [days_of(table) for table in _all(root, "calendar")]

    @hookimpl
    def units(self) -> Iterator[KnownOrganisation]:
        with _Reading(self, "units.toml") as root:
            yield from [organisation_of(table) for table in _all(root, "organisation")]

    @hookimpl
    def contacts(self) -> Iterator[Contact]:
        with _Reading(self, "contacts.toml") as root:
            yield from [contact_of(table) for table in _all(root, "contact")]


def own_text(pack: DataPack, name: str) -> str:
    """The text of a file beside the pack's module; empty where there is none.

    Raises `PathwayInvalid` for one that cannot be read.
    """
    root = files(pack.package)
    if not any(file.name == name for file in root.iterdir()):
        return ""
    with _told(pack, name):
        return text_of(root / name, root)


@contextmanager
def _told(pack: DataPack, name: str) -> Iterator[None]:
    """What cannot be opened is told as any other fault of the file."""
    try:
        yield
    except Unsound as wrong:
        read = unreadable(wrong, distribution=pack.distribution, file=name)
        raise PathwayInvalid(read.findings) from None


class _Reading:
    """One file of a pack while it is read; whatever is wrong in it is raised together."""

    def __init__(self, pack: DataPack, name: str) -> None:
        self.text = own_text(pack, name)
        self.sheet = Sheet(self.text, distribution=pack.distribution, file=name)

    def __enter__(self) -> Table:
        try:
            return Table(self.sheet, toml_of(self.text))
        except Unsound as wrong:
            self.sheet.broken(wrong)
            raise PathwayInvalid(self.sheet.findings) from None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self.sheet.findings:
            raise PathwayInvalid(self.sheet.findings)


def _all(root: Table, key: str) -> list[Table]:
    """What such a file holds; a misspelt heading would be something that is not there."""
    root.only(key)
    tables = root.tables(key)
    once(said_under("key", tables), "key", "pathways.key_twice")
    return tables
