"""`bindeledd plugins remove NAME`: what open follow-ups owe by a pack, and then without it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from bindeledd.features.cases.commands.paging import pages_of_open_cases
from bindeledd.features.cases.domain.rehoming import Away, Rehomed, going, words_of
from bindeledd.foundation.actors import Actor, ActorKind
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.texts import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--dry-run", is_flag=True)
@click.option("--by", "login", default="")
@click.option("--reason", default="")
@click.option("--json", "as_json", is_flag=True)
@pass_site
def remove(site: Site, name: str, dry_run: bool, login: str, reason: str, as_json: bool) -> None:
    """Let what a plugin made owed rest on the core, so that the plugin can be taken out.

    Every task stays open, with its owner, its due time and its words.
    """
    if not dry_run and not reason.strip():
        raise click.BadParameter(t("cases.remove.reason_needed"), param_hint="--reason")
    run = _Run(site, name, reason=reason)
    done = run.preview() if dry_run else run.remove(_person(site, login))
    if as_json:
        answer_json({"dry_run": dry_run, "pack": name, **run.as_json(done)})
    else:
        run.show(done, dry_run=dry_run)
    leave(1 if run.refused or run.came else 0)


def _person(site: Site, login: str) -> Actor:
    """Whoever answers for it, by name: the log says who."""
    from bindeledd.features.staff import queries as staff

    with site.database.transaction() as session:
        found = staff.find_member(session, site.tenant, login) if login else None
    if found is None or not found.active:
        raise click.BadParameter(t("cases.remove.by_needed"), param_hint="--by")
    return Actor(
        kind=ActorKind.MEMBER, tenant_id=site.tenant, id=found.id, name=found.name, door="command"
    )


class _Run:
    """One run over the open cases of a tenant, page by page."""

    def __init__(self, site: Site, name: str, *, reason: str) -> None:
        self.site, self.name, self.reason = site, name, reason
        settings: Any = site.settings
        others = tuple(one for one in settings.plugins if one != name)
        before, after = site.book_with((*others, name)), site.book_with(others)
        self.away: Away = going(name, before, after)
        self.refused: list[UUID] = []
        self.came: list[UUID] = []

    def preview(self) -> list[Rehomed]:
        done = self._resting()
        self._record("plugins.remove_previewed", self.site.actor, done)
        return done

    def _resting(self) -> list[Rehomed]:
        """What rests on the pack now."""
        from bindeledd.features.cases.service import rehoming

        found: list[Rehomed] = []
        for cases in pages_of_open_cases(self.site):
            with self.site.database.transaction() as session:
                found += rehoming.preview(session, cases, self.away, at=self.site.at)
        return found

    def remove(self, by: Actor) -> list[Rehomed]:
        """Each case whole or not at all. Run again, it goes on.

        Looked at once more in the end: whoever still works with the pack gives it to more (`came`).
        """
        from bindeledd.features.cases.service import rehoming
        from bindeledd.foundation.errors import Refusal

        done: list[Rehomed] = []
        for cases in pages_of_open_cases(self.site):
            for case in cases:
                try:
                    with self.site.database.transaction() as session:
                        found = rehoming.rehome_case(
                            session,
                            case.id,
                            self.away,
                            reason=self.reason,
                            language=self.site.settings.language,
                            by=by,
                            at=self.site.at,
                        )
                except Refusal:
                    self.refused.append(case.id)
                else:
                    done += [found] if found is not None else []
        self.came = [one.case.id for one in self._resting() if one.case.id not in self.refused]
        self._record("plugins.removed", by, done)
        return done

    def _record(self, act: str, by: Actor, done: Sequence[Rehomed]) -> None:
        from bindeledd.features.audit import service as audit

        facts = {"pack": self.name, "cases": len(done), "tasks": _tasks(done)}
        with self.site.database.transaction() as session:
            audit.record(session, act, by=by, at=self.site.at, facts=facts, purpose="HSYSADMIN")

    # --- what is said -------------------------------------------------------------------------

    def rows(self, done: Sequence[Rehomed]) -> list[dict[str, str]]:
        """Every task that rests on the pack. Nothing in it says who the person is."""
        with self.site.database.transaction() as session:
            teams = self._teams(session)
        language = self.site.settings.language
        return [
            {
                "case": str(one.case.id),
                "task": str(was.id),
                "step": was.step_key,
                "words": words_of(was, self.away, language),
                "team": teams.get(was.owner_team_id, ""),
                "due": f"{was.due_at:%Y-%m-%d %H:%M}",
                "ladder": now.ladder
                if now.ladder == was.ladder
                else f"{was.ladder} → {now.ladder}",
            }
            for one in done
            for was, now in one.tasks
        ]

    def _teams(self, session: "Session") -> dict[UUID, str]:
        from bindeledd.features.staff import queries as staff

        return {team.id: team.name for team in staff.teams(session, self.site.tenant)}

    def as_json(self, done: Sequence[Rehomed]) -> dict[str, Any]:
        return {
            "cases": len(done),
            "with_tasks": len(_owing(done)),
            "only_follow": [str(one.case.id) for one in done if not one.tasks],
            "tasks": self.rows(done),
            "stays": _stays(done),
            "refused": [str(case_id) for case_id in self.refused],
            "came": [str(case_id) for case_id in self.came],
        }

    def show(self, done: Sequence[Rehomed], *, dry_run: bool) -> None:
        rows = self.rows(done)
        if rows:
            columns = [t(f"cases.remove.columns.{name}") for name in rows[0]]
            answer_table(t("cases.remove.title"), columns, [tuple(row.values()) for row in rows])
        when = "would" if dry_run else "did"
        cases = t("web.counted.cases", count=len(_owing(done)))
        tasks = t("web.counted.open_tasks", count=len(rows))
        click.echo(t(f"cases.remove.{when}", cases=cases, tasks=tasks))
        if others := len(done) - len(_owing(done)):
            cases = t("web.counted.cases", count=others)
            click.echo(t(f"cases.remove.{when}_unfollow", cases=cases))
        if stays := _stays(done):
            click.echo(t("cases.remove.stays", layers=", ".join(stays)))
        for key, ids in (("refused", self.refused), ("came", self.came)):
            if ids:
                click.echo(t(f"cases.remove.{key}", ids=", ".join(map(str, ids))))
        if dry_run:
            click.echo(t("cases.remove.stop_first"))
        elif not self.refused and not self.came:
            click.echo(t("cases.remove.next", name=self.name))


def _owing(done: Sequence[Rehomed]) -> list[Rehomed]:
    """Those in which a task rests on the pack; the others only follow its layers."""
    return [one for one in done if one.tasks]


def _tasks(done: Sequence[Rehomed]) -> int:
    return sum(len(one.tasks) for one in done)


def _stays(done: Sequence[Rehomed]) -> list[str]:
    return sorted({key for one in done for key in one.stays})
