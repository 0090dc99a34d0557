"""`bindeledd takeover FILE --dry-run`: a running caseload from a list, and what was taken over."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site

if TYPE_CHECKING:
    from bindeledd.features.pathways.domain import Book
    from bindeledd.features.takeover.domain import Takeover


@click.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--team", "team_key", metavar="KEY")
@click.option("--dry-run", "tried", is_flag=True)
@click.option("--template", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def takeover(
    site: Site, file: Path | None, team_key: str | None, tried: bool, template: bool, as_json: bool
) -> None:
    """Take over running follow-ups from a list (CSV or Excel .xlsx).

    The template is shown by --template. Nothing is alerted before a lead has signed the
    comparison on the page Take-overs. Without FILE, what has been taken over is shown.
    """
    if template:
        click.echo(_template(), nl=False)
    elif file is None:
        _show_all(site, as_json)
    else:
        _take(site, file, team_key, tried, as_json)


def _template() -> str:
    """The headings, as they came with this version; with the mark by which Excel knows UTF-8."""
    from importlib.resources import files

    return files("bindeledd.config.examples").joinpath("takeover.csv").read_text(encoding="utf-8")


def _take(site: Site, file: Path, team_key: str | None, tried: bool, as_json: bool) -> None:
    from bindeledd.features.staff import queries as staff
    from bindeledd.features.takeover import schemas, service
    from bindeledd.foundation.sheets import read_file

    team_id, data = _team(site, team_key), read_file(file)
    with site.database.session() as session:
        done = service.take_over(
            session,
            data=data,
            name=file.name,
            team_id=team_id,
            by=site.actor,
            at=site.at,
            book=site.book,
        )
        if tried:
            session.rollback()
            service.note_tried(session, done, by=site.actor, at=site.at)
        session.commit()
        teams = {team.id: team.key for team in staff.teams(session, site.tenant)}
        zone = staff.team_calendar(session, team_id).zone
    at = site.at
    answer = schemas.as_json(done.takeover, done.rows, tried=tried, at=at, zone=zone, teams=teams)
    if as_json:
        answer_json(answer)
    else:
        _tell(answer, site.book, zone)
    leave(1 if answer["refused"] else 0)


# What the comparison says of each row that is taken over, in this order.
_READ = ("owner", "last_reached", "attempts", "next_step_by", "appointment", "first_due")


def _tell(answer: dict[str, object], book: "Book", zone: str) -> None:
    from bindeledd.features.takeover.schemas import first_words
    from bindeledd.foundation.texts import t

    lines = answer["lines"]
    assert isinstance(lines, list)  # noqa: S101
    shown = [
        [
            line["row"],
            *(_plain(line[key]) for key in _READ),
            first_words(line["first_owed"], line["first_step"], book),
        ]
        for line in lines
        if line.get("first_owed")
    ]
    if shown:
        columns = [t(f"takeover.page.{key}") for key in ("row", *_READ, "first_owed")]
        answer_table(t("takeover.page.taken"), columns, shown)
        click.echo(t("takeover.command.zone", zone=zone))
    for line in lines:
        for reason in line["reasons"]:
            click.echo(reason["text"])
        if line["followed"]:
            said = {"row": line["row"], "team": line["followed"]["team"]}
            case = line["followed"]["case"]
            key = "followed_by" if case else "followed_here"
            click.echo(t(f"takeover.command.{key}", case=case, **said))
    places = {"rows": "rows", "taken": "cases", "refused": "refused"}
    numbers = {name: t(f"web.counted.{of}", count=answer[name]) for name, of in places.items()}
    click.echo(t("takeover.command.sum", **numbers))
    click.echo(t(f"takeover.command.{answer['state']}", takeover=answer["takeover"] or ""))
    if answer["undecided"] and answer["state"] == "unsigned":
        click.echo(t("takeover.command.undecided", count=answer["undecided"]))


_LISTED = ("takeover", "at", "state", "rows", "taken", "refused")


def _row(one: "Takeover", zone: str, names: Mapping[UUID, str]) -> dict[str, object]:
    from bindeledd.features.takeover.schemas import on_the_wall

    asked_at = one.undo_asked_at
    return {
        "takeover": str(one.id),
        "at": on_the_wall(one.taken_at, zone),
        "state": one.state.value,
        "rows": one.rows,
        "taken": one.taken,
        "refused": one.refused,
        "accounted": one.accounted,
        "undecided": one.undecided,
        "zone": zone,
        "undo_asked_by": names.get(one.undo_asked_by) if one.undo_asked_by else None,
        "undo_asked_at": on_the_wall(asked_at, zone) if asked_at else None,
        "left_open": list(one.left_open),
    }


def _cells(row: Mapping[str, object]) -> list[object]:
    from bindeledd.foundation.texts import t

    said = {"state": t(f"takeover.states.{row['state']}"), "at": _plain(row["at"])}
    if row["accounted"]:
        followed = t("takeover.page.accounted", count=row["accounted"])
        said["refused"] = f"{row['refused']} ({followed})"
    return [said.get(name, row[name]) for name in _LISTED]


def _plain(value: object) -> object:
    """`2027-03-04T16:00+01:00` as `2027-03-04 16:00`; an empty cell where nothing is known."""
    return value[:16].replace("T", " ") if isinstance(value, str) else value


def _team(site: Site, key: str | None) -> UUID:
    """The team that was named, or the only one there is."""
    from bindeledd.features.staff import queries as staff
    from bindeledd.foundation.errors import Misconfigured

    with site.database.session() as session:
        known = {team.key: team.id for team in staff.teams(session, site.tenant)}
    if key is not None and key in known:
        return known[key]
    if key is None and len(known) == 1:
        return next(iter(known.values()))
    raise Misconfigured("takeover.which_team", where="--team", known=", ".join(sorted(known)))


def _show_all(site: Site, as_json: bool) -> None:
    from bindeledd.features.staff import queries as staff
    from bindeledd.features.takeover import service
    from bindeledd.foundation.texts import t

    with site.database.transaction() as session:
        found = service.show_takeovers(session, by=site.actor, at=site.at)
        teams = {one.team_id for one in found}
        zones = {team: staff.team_calendar(session, team).zone for team in teams}
        names = staff.member_names(session, site.tenant)
    rows = [_row(one, zones[one.team_id], names) for one in found]
    if as_json:
        answer_json(rows)
        return
    columns = [t(f"takeover.columns.{name}") for name in _LISTED]
    answer_table(t("takeover.page.title"), columns, [_cells(row) for row in rows])
    for one, row in zip(found, rows, strict=True):
        for said in _standing(one, row):
            click.echo(t("takeover.command.about", takeover=one.id, said=said))
    for zone in sorted(set(zones.values())):
        click.echo(t("takeover.command.zone", zone=zone))


def _standing(one: "Takeover", row: dict[str, object]) -> Iterator[str]:
    """What the state alone does not say: that an undoing waits, and what it left open."""
    from bindeledd.foundation.texts import t

    if one.undo_waits:
        asked = {"name": row["undo_asked_by"] or "", "at": _plain(row["undo_asked_at"])}
        yield t("takeover.page.undo_waits", **asked)
    if one.left_open:
        numbers = ", ".join(map(str, one.left_open))
        yield t("takeover.page.left_open", count=len(one.left_open), rows=numbers)
