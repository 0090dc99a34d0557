"""`bindeledd intake FILE|FOLDER`: messages from the command line."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bindeledd.features.intake import service
from bindeledd.features.intake.domain.foreign import WaitsForReader
from bindeledd.features.intake.domain.queue import Received, Status
from bindeledd.features.intake.service import Letter, Rules, reason_text, stands_as
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.texts import t

_COLUMNS = ("file", "format", "status", "reason", "case")


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
@pass_site
def intake(site: Site, path: Path, as_json: bool) -> None:
    """Take in one message, or all in a folder. The files stay where they are.

    A discharge list (CSV) is taken in row by row, as FILE:ROWNUMBER.
    """
    rules, files = (
        Rules.said(site.settings, site.book, site.gathered.foreign),
        service.in_order(_files(path)),
    )
    rows = [
        _row(path, file, letter, done)
        for file in _watched(files, as_json)
        for letter, done in _take(site, rules, file)
    ]
    if as_json:
        answer_json(rows)
    else:
        _show(rows)
    leave(1 if any(_is_refused(row) for row in rows) else 0)


def _is_refused(row: Mapping[str, Any]) -> bool:
    """Not where it only waits for a pack to read it."""
    return bool(row["status"] == Status.REFUSED and row["reason"] != WaitsForReader.code)


def _files(path: Path) -> Iterator[Path]:
    """The file, or every file below the folder by their names; hidden ones left out."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path).parts
        if file.is_file() and not any(part.startswith(".") for part in inside):
            yield file


def _watched(files: Sequence[Path], as_json: bool) -> Iterator[Path]:
    """The files, with a progress bar where a person looks on."""
    if as_json or len(files) < 20:
        yield from files
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(files, description=t("intake.command.progress"), console=Console(stderr=True))


def _take(site: Site, rules: Rules, file: Path) -> Iterator[tuple[Letter, Received]]:
    for letter in service.open_letter(file, rules=rules).messages:
        with site.database.transaction() as session:
            done = service.receive_letter(session, letter, rules=rules, by=site.actor, at=site.at)
        yield letter, done


def _row(path: Path, file: Path, letter: Letter, done: Received) -> Mapping[str, Any]:
    name = service.legible(file.name if path.is_file() else str(file.relative_to(path)))
    return {
        "file": name if letter.row is None else f"{name}:{letter.row}",
        "format": done.format,
        "status": done.status.value,
        "reason": done.reason,
        "wrong_at": done.wrong_at,
        "about": dict(done.about),
        "case": None if done.case_id is None else str(done.case_id),
    }


def _show(rows: Sequence[Mapping[str, Any]]) -> None:
    shown = [
        (
            row["file"],
            row["format"],
            stands_as(row["status"], row["reason"]),
            reason_text(row["reason"], row["wrong_at"], row["about"]) if row["reason"] else "",
            row["case"],
        )
        for row in rows
    ]
    columns = [t(f"intake.command.{column}") for column in _COLUMNS]
    answer_table(t("intake.command.title"), columns, shown)
