"""`bindeledd rollcall`: is everyone accounted for? Ends with 0 when they are, with 1 when not."""

from dataclasses import asdict

import click

from bindeledd.features.rollcall import queries
from bindeledd.features.rollcall.domain import Statement, silences_of
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.texts import t


@click.command("rollcall")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def rollcall(site: Site, as_json: bool) -> None:
    """Is everybody accounted for? Derived anew from the database."""
    with site.database.reading() as session:
        statement = queries.derive(
            session, site.tenant, silences=silences_of(site.book), at=site.at
        )
    if as_json:
        answer_json(told(statement))
    else:
        _show(statement)
    leave(0 if statement.complete else 1)


def told(statement: Statement) -> dict[str, object]:
    """The six numbers that scripts rely on, how many of the closed were registered in error, the
    ids of a remainder with why each is in it, the due times that were put later by people and by
    the rules, and the handovers between each pair of organisations.
    """
    missing = (*statement.remainder, *statement.undecided.unseen)
    return {
        **statement.numbers,
        "registered_in_error": statement.registered_in_error,
        "remainder": [str(one.id) for one in statement.remainder],
        "why": {str(one.id): one.why for one in missing},
        "moved_later": statement.beside.moved_later,
        "counted_anew": statement.beside.counted_anew,
        "handovers": [{**asdict(pair), "lost": pair.lost} for pair in statement.beside.pairs],
    }


def _show(statement: Statement) -> None:
    numbers = [(t(f"rollcall.numbers.{name}"), many) for name, many in statement.numbers.items()]
    in_error = (t("rollcall.numbers.registered_in_error"), statement.registered_in_error)
    numbers.insert(list(statement.numbers).index("closed_signed") + 1, in_error)
    beside = statement.beside
    more = {
        "waiting": statement.undecided.waiting,
        "undecided_unseen": len(statement.undecided.unseen),
        "never_reached": beside.never_reached,
        "longest_days": beside.longest_days_since_reached,
        "median_days": beside.median_days_since_reached,
        "moved_later": beside.moved_later,
        "counted_anew": beside.counted_anew,
        "handovers_pending": beside.handovers.pending,
        "handovers_lost": beside.handovers.lost,
        "takeovers_unsigned": beside.takeovers_unsigned,
        "takeover_rows_undecided": beside.takeover_rows_undecided,
        "listed_undecided": beside.listed_undecided,
        "faults_unseen": beside.faults_unseen,
    }
    rows = [*numbers, *((t(f"rollcall.beside.{name}"), many) for name, many in more.items())]
    columns = (t("rollcall.page.what"), t("rollcall.page.many"))
    answer_table(t("rollcall.page.title"), columns, rows)
    if beside.pairs:
        counted = ("sent", "accepted", "returned", "pending", "lost")
        headings = ("sender", "receiver", *counted)
        answer_table(
            t("rollcall.pairs.title"),
            [t(f"rollcall.pairs.{name}") for name in headings],
            [[getattr(pair, name) for name in headings] for pair in beside.pairs],
        )
    missing = [(one.id, t(f"rollcall.why.{one.why}")) for one in statement.remainder]
    missing += [(one, t("rollcall.why.pointer_wrong")) for one in statement.pointer_wrong]
    missing += [(one.id, t(f"rollcall.why.{one.why}")) for one in statement.undecided.unseen]
    if missing:
        columns = (t("rollcall.page.id"), t("rollcall.page.why"))
        answer_table(t("rollcall.page.missing"), columns, missing)
