"""`bindeledd retention`: what has passed the term that was decided. It decides and moves nothing."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.spelling import written
from bindeledd.foundation.texts import t

if TYPE_CHECKING:
    from bindeledd.features.cases.service.keeping import Passed, PastTerm


@click.command("retention")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def retention(site: Site, as_json: bool) -> None:
    """What has passed the term that the data controller decided, by count and id.

    Nothing is deleted or moved: a person decides. Ends with 1 where something has passed its
    term, or where nobody has decided a term.
    """
    kept: Any = site.settings.retention
    sets = _sets(site, kept)
    found = _tell(kept, sets) if as_json else _show(kept, sets)
    leave(1 if found or kept.missing else 0)


def _sets(site: Site, kept: Any) -> Iterator["Passed"]:
    """Set by set, each read and written in the log by itself."""
    from bindeledd.features.cases.service import keeping

    after: PastTerm | None = None
    more = True
    while more:
        with site.database.transaction() as session:
            passed = keeping.look(
                session,
                cases_years=kept.cases_years,
                log_years=kept.log_years,
                after=after,
                by=site.actor,
                at=site.at,
            )
        yield passed
        more = passed.more
        after = passed.cases[-1] if passed.cases else None


def _tell(kept: Any, sets: Iterator["Passed"]) -> bool:
    """The whole as one value; True where something has passed its term."""
    first = next(sets)
    cases = [_case(one) for passed in chain((first,), sets) for one in passed.cases]
    answer_json(
        {
            "cases_years": kept.cases_years,
            "log_years": kept.log_years,
            "missing": list(kept.missing),
            "cases": cases,
            "log_events": first.log_events,
            "log_from": None if first.log_from is None else first.log_from.isoformat(),
        }
    )
    return bool(cases or first.log_events)


def _case(one: "PastTerm") -> dict[str, str]:
    return {
        "id": str(one.case_id),
        "team": str(one.team_id),
        "closed_at": one.closed_at.isoformat(),
        "ending": one.ending,
    }


def _show(kept: Any, sets: Iterator["Passed"]) -> bool:
    """A table for each set as it is read; True where something has passed its term."""
    if kept.missing:
        click.echo(t("cases.keeping.missing", keys=", ".join(kept.missing)))
    first = next(sets)
    if not first.cases and kept.cases_years:
        click.echo(t("cases.keeping.none", years=kept.cases_years))
    for passed in chain((first,), sets):
        _show_cases(kept, passed)
    if first.log_from is not None:
        since = written(first.log_from, date_only=True)
        click.echo(t("cases.keeping.log", count=first.log_events, since=since))
    click.echo(t("cases.keeping.decides"))
    return bool(first.cases or first.log_events)


def _show_cases(kept: Any, passed: "Passed") -> None:
    if not passed.cases:
        return
    columns = [t(f"cases.keeping.{name}") for name in ("case", "closed", "ending")]
    rows = [
        (one.case_id, written(one.closed_at), t(f"cases.endings.{one.ending}"))
        for one in passed.cases
    ]
    answer_table(t("cases.keeping.title", years=kept.cases_years), columns, rows)
