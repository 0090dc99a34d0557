"""`bindeledd access-log`: who has seen or done what with the person behind a follow-up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bindeledd.foundation.console import Site, answer_json, answer_table, pass_site
from bindeledd.foundation.spelling import OSLO, word
from bindeledd.foundation.texts import t

if TYPE_CHECKING:
    from bindeledd.features.casefile.domain.looking import Look

_SET = 500


@click.command("access-log")
@click.argument("case_id", metavar="CASE", type=click.UUID)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def access_log(site: Site, case_id: UUID, as_json: bool) -> None:
    """Who has seen, taken out or done what, the newest first. Itself written in the log."""
    looks = _every(site, case_id)
    if as_json:
        answer_json({"case": str(case_id), "entries": [_json(one) for one in looks]})
        return
    columns = [t(f"casefile.log.{name}") for name in ("at", "who", "what", "door", "purpose")]
    answer_table(t("casefile.log.title"), columns, [_row(one) for one in looks])


def _every(site: Site, case_id: UUID) -> Iterator["Look"]:
    """Set by set, each read and written in the log by itself."""
    from bindeledd.features.casefile.service.looking import show_access_log

    before: UUID | None = None
    more = True
    while more:
        with site.database.transaction() as session:
            found = show_access_log(
                session, case_id, by=site.actor, at=site.at, before=before, limit=_SET
            )
        yield from found.looks
        before, more = found.next, found.next is not None


def _json(one: "Look") -> dict[str, object]:
    entry = one.entry
    return {
        "id": str(entry.id),
        "at": entry.at.astimezone(OSLO).isoformat(),
        "act": entry.act,
        "did": entry.did.value,
        "thing": entry.thing,
        "door": entry.door.value,
        "purpose": entry.purpose,
        "by": {
            "kind": entry.actor_kind,
            "id": None if entry.actor_id is None else str(entry.actor_id),
            "name": one.name or None,
            "teams": list(one.teams),
        },
    }


def _row(one: "Look") -> tuple[str, ...]:
    entry = one.entry
    who = one.name or t(f"audit.actors.{entry.actor_kind}")
    return (
        f"{entry.at.astimezone(OSLO):%Y-%m-%d %H:%M:%S}",
        f"{who} ({', '.join(one.teams)})" if one.teams else who,
        f"{t(f'audit.did.{entry.did.value}')}: {word('audit.things', entry.thing)} ({entry.act})",
        t(f"audit.doors.{entry.door.value}"),
        t(f"audit.purposes.{entry.purpose}"),
    )
