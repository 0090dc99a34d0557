"""`bindeledd pathways lint | show`: are the routine files right, and what do they say."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from bindeledd.features.pathways import service
from bindeledd.features.pathways.commands.owning import teams_missing
from bindeledd.features.pathways.commands.placing import find_unit
from bindeledd.features.pathways.domain import (
    Book,
    Gate,
    Layer,
    Origin,
    Pathway,
    PathwayFolder,
    Step,
)
from bindeledd.features.pathways.domain.reading import PathwayInvalid
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.service import linting
from bindeledd.features.pathways.service.wording import (
    default_words,
    due_words,
    owner_words,
    task_words,
    value_words,
)
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import Fault, said_of, t
from bindeledd.foundation.wording import unused_below


@click.group()
def pathways() -> None:
    """Routines: what is owed, when, and where that comes from."""


@pathways.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@pass_site
def lint(site: Site, paths: Sequence[Path], as_json: bool) -> None:
    """Look for faults in the routine files, and for words that we do not use: those of the core,
    of the plugins, of the site, or the ones named.
    """
    here = [] if paths else teams_missing(site)
    findings = [*_findings(site, paths), *here, *_unused(site, paths)]
    if as_json:
        answer_json([_finding(found) for found in findings])
    elif findings:
        columns = [t(f"pathways.lint.{name}") for name in ("where", "key", "wrong", "right")]
        rows = [(found.origin, found.key, found.wrong, found.right) for found in findings]
        answer_table(t("pathways.lint.title"), columns, rows)
    else:
        click.echo(t("pathways.lint.good"))
    leave(1 if findings else 0)


def _findings(site: Site, paths: Sequence[Path]) -> list[Finding]:
    """Those of the named files, together, with what is switched on here, or where nothing is set up
    with the core's; without a name, of everything that is installed."""
    if paths:
        beside = _switched_on(site)
        book, found = linting.check_packs(paths, beside)
        return list(dict.fromkeys([*found, *site.lint_beside(paths, None if found else book)]))
    try:
        _ = site.book
    except PathwayInvalid as invalid:
        return list(invalid.findings)
    return []


def _switched_on(site: Site) -> Book | None:
    try:
        book: Book = site.book
    except Misconfigured:
        return None
    return book


def _unused(site: Site, paths: Sequence[Path]) -> Iterator[Finding]:
    """Words that are not used, in every file of the named packs; else of the core's and the site's
    routines. (Those of what is switched on: `plugins check`.)"""
    core = service.core_folder()
    own = (PathwayFolder("site", folder) for folder in site.settings.pathways)
    every = [PathwayFolder(linting.distribution_at(path), path) for path in paths] or [core, *own]
    for one in every:
        for file, said in unused_below(one.folder):
            yield Finding(
                origin=Origin(distribution=one.distribution, file=file, line=said.line),
                key=said.said,
                fault=Fault("pathways.unused_word", {"instead": said.instead}),
            )


def _finding(found: Finding) -> dict[str, object]:
    return {**_origin(found.origin), "key": found.key, "wrong": found.wrong, "right": found.right}


def _origin(origin: Origin) -> dict[str, object]:
    return {"distribution": origin.distribution, "file": origin.file, "line": origin.line}


@pathways.command()
@click.argument("pathway_id", required=False)
@click.option("--unit", "unit_key")
@click.option("--unit-kind")
@click.option("--organisation")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def show(
    site: Site,
    pathway_id: str | None,
    unit_key: str | None,
    unit_kind: str | None,
    organisation: str | None,
    as_json: bool,
) -> None:
    """Show the routines, or the steps of one of them."""
    book: Book = site.book
    if pathway_id is None:
        _show_all(book, as_json)
        return
    versions = [version for name, version in book.pathways if name == pathway_id]
    if not versions:
        known = ", ".join(sorted({name for name, _ in book.pathways}))
        raise click.BadParameter(t("pathways.show.unknown", id=pathway_id, known=known))
    chosen = book.newest(pathway_id)
    layers = [layer for layer in book.layers if layer.extends == chosen.id]
    where = (unit_key, unit_kind, organisation)
    if unit_key is not None and where[1:] == (None, None):
        where = _place(site, unit_key, layers)
    _show_one(
        book.resolve(*chosen.key, *where),
        [(layer, layer.is_for(*where)) for layer in layers],
        as_json,
        book,
    )


def _place(
    site: Site, unit_key: str, layers: Iterable[Layer]
) -> tuple[str | None, str | None, str | None]:
    """The unit, with the kind and the organisation that the site knows of it, where a layer asks."""
    if all(layer.is_for(unit_key, None) for layer in layers):
        return unit_key, None, None
    return find_unit(site, unit_key).where


def _show_all(book: Book, as_json: bool) -> None:
    """Every routine, and every layer that is put on one for all units or some."""
    names = ("id", "version", "name", "steps", "extends", "units")
    rows: list[tuple[str, str, str, int, str | None, list[str]]] = [
        (each.id, each.version, said_of(each.title), len(each.owed), None, [])
        for each in book.pathways.values()
    ] + [
        (
            each.id,
            each.version,
            said_of(each.title),
            _said_by(each),
            each.extends,
            sorted(each.units),
        )
        for each in book.layers
    ]
    if as_json:
        answer_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    columns = [t(f"pathways.show.{name}") for name in names]
    told = [(*row[:5], _units(row[5]) if row[4] else "") for row in rows]
    answer_table(t("pathways.show.list"), columns, told)


def _said_by(layer: Layer) -> int:
    return len(layer.added) + len(layer.tightenings)


def _units(units: Iterable[str]) -> str:
    return ", ".join(sorted(units)) or t("pathways.show.all_units")


def _show_one(
    pathway: Pathway, layers: Sequence[tuple[Layer, bool]], as_json: bool, book: Book
) -> None:
    if as_json:
        answer_json(
            {
                "id": pathway.id,
                "version": pathway.version,
                "title": dict(pathway.title),
                "steps": [_step(owed) for owed in pathway.owed],
                "layers": [
                    {"id": each.id, "version": each.version, "units": sorted(each.units), "on": on}
                    for each, on in layers
                ],
            }
        )
        return
    names = ("key", "task", "after", "due", "owner", "strength", "basis", "source", "default")
    title = t(
        "pathways.show.title",
        title=said_of(pathway.title),
        id=pathway.id,
        version=pathway.version,
    )
    columns = [t(f"pathways.show.{name}") for name in names]
    answer_table(title, columns, [_row(owed, book) for owed in pathway.owed])
    for each, on in layers:
        said = "layer_on" if on else "layer_off"
        units = _units(each.units)
        click.echo(t(f"pathways.show.{said}", id=each.id, version=each.version, units=units))


def _row(owed: Step | Gate, book: Book) -> tuple[str, ...]:
    return (
        owed.key,
        task_words(owed.task, book),
        value_words("after", owed.anchor),
        due_words(owed.due),
        owner_words(owed.owner),
        t(f"pathways.strength.{owed.strength}"),
        t(f"pathways.basis.{owed.basis.kind}"),
        owed.basis.source,
        default_words(owed),
    )


def _step(owed: Step | Gate) -> dict[str, object]:
    return {
        "key": owed.key,
        "gate": isinstance(owed, Gate),
        "task": owed.task,
        "after": owed.anchor,
        "due": {
            "form": owed.due.form,
            "within": str(owed.due.within),
            "opens": None if owed.due.opens is None else str(owed.due.opens),
            "count": str(owed.due.count),
        },
        "owner": owed.owner,
        "strength": str(owed.strength),
        "satisfied_by": list(owed.satisfying),
        "ladder": owed.ladder,
        "basis": str(owed.basis.kind),
        "source": owed.basis.source,
        "verified": owed.basis.verified,
        "default": owed.basis.shown_as_default,
        "deadline_default": owed.deadline_basis.shown_as_default,
        "rows": list(owed.rows),
        "origin": _origin(owed.origin),
        "said": {name: str(origin) for name, origin in owed.said.items()},
    }
