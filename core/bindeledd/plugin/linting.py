"""What `plugins check` knows of a pack's other files, for `pathways lint` of what is being written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.coverage import read_cover
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.pathways.domain.opening import Unsound, text_of, toml_of
from bindeledd.features.pathways.domain.reading import unreadable
from bindeledd.features.pathways.domain.table import Finding, Sheet, Table
from bindeledd.features.pathways.domain.values import Origin
from bindeledd.features.pathways.service import catalogue
from bindeledd.features.pathways.service.linting import Place, places
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.apart import insist_single
from bindeledd.plugin.asking import Plugin, Yielded
from bindeledd.plugin.carrying import insist_carried
from bindeledd.plugin.entries import contact_of, days_of, field_of, organisation_of
from bindeledd.plugin.using import insist_own_names, insist_tasks, insist_used

# The files that lie beside the routines: their only heading, and what one entry is.
_FILES: Mapping[str, tuple[str, Callable[[Table], object]]] = {
    "fields.toml": ("field", field_of),
    "calendars.toml": ("calendar", days_of),
    "units.toml": ("organisation", organisation_of),
    "contacts.toml": ("contact", contact_of),
}


def beside(paths: Sequence[Path], book: Book | None) -> list[Finding]:
    """Every fault in the files that lie beside the routines at these paths, and in what they say
    together; with the `book` that all of them make also whether what they name is there."""
    yielded: list[Yielded] = []
    found: list[Finding] = []
    for place in {one.beside: one for one in places(paths)}.values():
        for name in _names(place):
            values, findings = _read(place, name)
            yielded += values
            found += findings
        found += _rows(place) if _is_pack(place) else []
    if not found:
        found += _said_together(yielded, book)
    return found


def _is_pack(place: Place) -> bool:
    return (place.beside / "__init__.py").is_file()


def _names(place: Place) -> Sequence[str]:
    """The files that are a pack's: beside routines of the site's own may lie anything."""
    return tuple(_FILES) if _is_pack(place) else ("fields.toml",)


def _read(place: Place, name: str) -> tuple[list[Yielded], list[Finding]]:
    file, (heading, entry) = place.beside / name, _FILES[name]
    if not file.is_file():
        return [], []
    try:
        text = text_of(file)
        sheet = Sheet(text, distribution=place.name, file=name)
        root = Table(sheet, toml_of(text))
    except Unsound as wrong:
        return [], unreadable(wrong, distribution=place.name, file=name).findings
    root.only(heading)
    values = [entry(table) for table in root.tables(heading)]
    pack = Plugin(name=place.name, distribution=place.name, version="", file=name)
    return [Yielded(plugin=pack, hook=heading, line=1, value=one) for one in values], sheet.findings


def _rows(place: Place) -> Sequence[Finding]:
    file = place.beside / "rows.toml"
    if not file.is_file():
        return []
    try:
        text = text_of(file)
    except Unsound as wrong:
        return unreadable(wrong, distribution=place.name, file=file.name).findings
    known = catalogue().rows
    return read_cover(text, distribution=place.name, file=file.name, known=known).findings


def _said_together(yielded: Sequence[Yielded], book: Book | None) -> Iterator[Finding]:
    asked: list[Callable[[], None]] = [
        lambda: insist_single(yielded),
        lambda: insist_own_names(yielded),
    ]
    if book is not None:
        known, fields = book, [one.value for one in yielded if isinstance(one.value, CaseField)]
        asked += [lambda: insist_used(yielded, known), lambda: insist_tasks(yielded, known)]
        asked += [lambda: insist_carried(fields, known)]
    for ask in asked:
        try:
            ask()
        except Misconfigured as wrong:
            yield _finding(wrong)


def _finding(wrong: Misconfigured) -> Finding:
    """A refusal of a start, with the place that stands in its words."""
    place, _, line = wrong.where.rpartition(":")
    distribution, _, file = place.partition(":")
    origin = Origin(distribution=distribution, file=file, line=int(line) if line.isdigit() else 0)
    return Finding(origin=origin, key=str(wrong.fault.values.get("name", "")), fault=wrong.fault)
