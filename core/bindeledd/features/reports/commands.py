"""`bindeledd reports [NAME]`: what was made last of the reports of packs."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click

from bindeledd.features.reports import service
from bindeledd.features.reports.domain import Declared, Made, ReportNotFound, as_json, spelled
from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.spelling import OSLO
from bindeledd.foundation.texts import HOME, language, t


@click.command("reports")
@click.argument("name", required=False, metavar="[TILLEGG:RAPPORT]")
@click.option("--json", "as_data", is_flag=True)
@pass_site
def reports(site: Site, name: str | None, as_data: bool) -> None:
    """The reports of the plugins: numbers without persons, as the worker made them last."""
    declared: Sequence[Declared] = site.gathered.reports
    if name is not None:
        declared = [one for one in declared if one.name == name]
        if not declared:
            raise ReportNotFound(report=name[:80])
    with site.database.transaction() as session:
        made = service.show(session, declared, by=site.actor, at=site.at)
    if as_data:
        answer_json([_told(one, made.get(one.name)) for one in declared])
    elif name is None:
        _list(declared, made)
    else:
        _show(declared[0], made.get(declared[0].name))


def _told(one: Declared, made: Made | None) -> Mapping[str, Any]:
    told: dict[str, Any] = {"name": one.name, "title": one.title[HOME], "made_at": None}
    if made is None:
        return told
    return {
        **told,
        "made_at": made.made_at.isoformat(),
        "since": made.since.isoformat(),
        "until": made.until.isoformat(),
        "least": made.least,
        **as_json(made.table),
    }


def _list(declared: Sequence[Declared], made: Mapping[str, Made]) -> None:
    columns = [t(f"reports.columns.{key}") for key in ("name", "title", "made_at")]
    rows = [
        (one.name, one.title[HOME], _at(made[one.name]) if one.name in made else "")
        for one in declared
    ]
    answer_table(t("reports.page.title"), columns, rows)


def _at(made: Made) -> str:
    """When it was made, on a Norwegian wall."""
    return f"{made.made_at.astimezone(OSLO):%Y-%m-%d %H:%M}"


def _show(one: Declared, made: Made | None) -> None:
    if made is None:
        click.echo(t("reports.page.not_made"))
        return
    as_read = partial(spelled, language=language(), hidden=t("reports.page.hidden"))
    rows = [[as_read(cell) for cell in row] for row in made.table.rows]
    answer_table(one.title[HOME], made.table.columns, rows)
    click.echo(t("reports.page.made", at=_at(made)))
    click.echo(t("reports.page.of_time", since=made.since, until=made.until))
    click.echo(t("reports.page.few", least=made.least))
    click.echo(t("reports.page.as_of"))
    if made.table.words:
        click.echo(made.table.words)
