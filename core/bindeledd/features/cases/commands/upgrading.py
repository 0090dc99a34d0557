"""`bindeledd pathways upgrade`: what a new version would do to every open case, and then do it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import click

from bindeledd.features.cases.commands.paging import pages_of_open_cases
from bindeledd.features.cases.domain import Case
from bindeledd.features.cases.domain.upgrade_sums import PARTS, Sums
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.console import Site, answer_json, answer_table, leave, pass_site
from bindeledd.foundation.texts import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bindeledd.features.cases.service.upgrading import Target


@click.command()
@click.option("--to", "version", required=True)
@click.option("--pathway", "pathway_id")
@click.option("--dry-run", is_flag=True)
@click.option("--reason", default="")
@click.option("--later", is_flag=True)
@click.option("--batch", default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@pass_site
def upgrade(
    site: Site,
    version: str,
    pathway_id: str | None,
    dry_run: bool,
    reason: str,
    later: bool,
    batch: int,
    as_json: bool,
) -> None:
    """Let open follow-ups follow a new version of the routine and of the unit's own additions."""
    named = _pathway(site.book, version, pathway_id)
    if not dry_run and not reason.strip():
        raise click.BadParameter(t("cases.upgrade.reason_needed"), param_hint="--reason")
    run = _Run(site, (named, version), reason=reason, later=later, batch=max(batch, 1))
    sums = run.preview() if dry_run else run.upgrade()
    if as_json:
        steps = {key: dict(counts) for key, counts in sums.steps.items()}
        refused = [str(case_id) for case_id in sums.refused]
        strengths = {key: sorted(map(list, pairs)) for key, pairs in sums.strengths.items()}
        stays = [{"from": was, "to": now, "cases": many} for (was, now), many in _stays(sums)]
        told = {"dry_run": dry_run, "steps": steps, "strengths": strengths, "not_moved": refused}
        answer_json({**sums.numbers, **told, "stays": stays})
    else:
        _show(sums, dry_run=dry_run, later=later)
    leave(1 if sums.refused else 0)


def _pathway(book: Book, version: str, pathway_id: str | None) -> str:
    """The routine that is meant, of those that have this version."""
    known = sorted(name for name, there in book.pathways if there == version)
    if pathway_id is not None and pathway_id in known:
        return pathway_id
    if pathway_id is None and len(known) == 1:
        return known[0]
    there = ", ".join(f"{name} {number}" for name, number in sorted(book.pathways))
    raise click.BadParameter(t("cases.upgrade.unknown", version=version, known=there))


class _Run:
    """One run over the open cases of a tenant, page by page."""

    def __init__(
        self, site: Site, to: tuple[str, str], *, reason: str, later: bool, batch: int
    ) -> None:
        self.site, self.reason, self.later, self.batch = site, reason, later, batch
        self.pathway_id, self.version = to
        self.at: datetime = site.at

    def preview(self) -> Sums:
        """What it would do; the log says that somebody looked, and how much there was."""
        from bindeledd.features.cases.service import upgrading

        sums = Sums()
        for cases in self._pages():
            with self.site.database.transaction() as session:
                to = self._target(session)
                for one in upgrading.preview(session, cases, to, at=self.at, later=self.later):
                    sums.add(one)
            sums.cases += len(cases)
        self._record("pathways.upgrade_previewed", sums)
        return sums

    def upgrade(self) -> Sums:
        """Do it, a batch at a time, each whole or not at all. Run again, it goes on."""
        sums = Sums()
        for cases in self._pages():
            self._move(cases, sums)
            sums.cases += len(cases)
        self._record("pathways.upgraded", sums)
        return sums

    def _move(self, cases: Sequence[Case], sums: Sums) -> None:
        """One transaction for the batch; where one case stops it, one for each."""
        from bindeledd.foundation.errors import Refusal

        try:
            self._together([case.id for case in cases], sums)
        except Refusal:
            for case in cases:
                try:
                    self._together([case.id], sums)
                except Refusal:
                    sums.refused.append(case.id)

    def _together(self, case_ids: Iterable[UUID], sums: Sums) -> None:
        from bindeledd.features.cases.service import upgrading

        moved = []
        with self.site.database.transaction() as session:
            to = self._target(session)
            for case_id in case_ids:
                done = upgrading.upgrade_case(
                    session,
                    case_id,
                    to,
                    reason=self.reason,
                    by=self.site.actor,
                    at=self.site.at,
                    later=self.later,
                )
                moved += [done] if done is not None else []
        for one in moved:
            sums.add(one)

    def _target(self, session: "Session") -> "Target":
        from bindeledd.features.cases.service import upgrading

        return upgrading.target(
            session,
            self.site.tenant,
            pathway_id=self.pathway_id,
            version=self.version,
            book=self.site.book,
        )

    def _pages(self) -> Iterator[Sequence[Case]]:
        """Open cases in their order, with a bar on a terminal."""
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            done = bar.add_task(t("cases.upgrade.progress"), total=None)
            for cases in pages_of_open_cases(self.site, self.batch):
                yield cases
                bar.advance(done, len(cases))

    def _record(self, act: str, sums: Sums) -> None:
        from bindeledd.features.audit import service as audit

        facts = {"pathway": self.pathway_id, "to": self.version, **sums.numbers}
        with self.site.database.transaction() as session:
            audit.record(
                session, act, by=self.site.actor, at=self.site.at, facts=facts, purpose="HSYSADMIN"
            )


def _show(sums: Sums, *, dry_run: bool, later: bool) -> None:
    when = "would" if dry_run else "did"
    said = [
        t(
            "cases.upgrade.behind",
            cases=t("web.counted.open_cases", count=sums.cases),
            behind=sums.behind,
        )
    ]
    said.append(t(f"cases.upgrade.{when}_move", count=sums.total("earlier")))
    said.append(t("cases.upgrade.overdue_now", count=sums.total("overdue_now")))
    said.append(t("cases.upgrade.new", count=sums.total("new")))
    if sums.total("later"):
        put = "later_moved" if later else "later_stays"
        said.append(t(f"cases.upgrade.{put}", count=sums.total("later")))
    if sums.total("ruleless"):
        said.append(t("cases.upgrade.ruleless", count=sums.total("ruleless")))
    for part in ("blocks", "owner", "gates"):
        if sums.total(part):
            said.append(t(f"cases.upgrade.{when}_{part}", count=sums.total(part)))
    for (was, now), many in _stays(sums):
        went = " → ".join((was or "–", now or "–"))
        said.append(t(f"cases.upgrade.{when}_stays", count=many, went=went))
    if sums.refused:
        ids = ", ".join(str(case_id) for case_id in sums.refused)
        said.append(t("cases.upgrade.refused", ids=ids))
    click.echo("\n".join(said))
    if sums.steps:
        answer_table(t("cases.upgrade.title"), *_table(sums))


def _stays(sums: Sums) -> list[tuple[tuple[str, str], int]]:
    """Each layer of stays in other units that gives way to another, and in how many follow-ups."""
    return sorted(sums.stays.items())


def _table(sums: Sums) -> tuple[list[str], list[tuple[object, ...]]]:
    """Step by step, with the columns that say something."""
    shown = [part for part in PARTS if part != "blocks" and sums.total(part)]
    columns = [t(f"cases.upgrade.columns.{name}") for name in ("step", *shown)]
    rows = [(key, *(_cell(sums, key, part) for part in shown)) for key in sorted(sums.steps)]
    return columns, rows


def _cell(sums: Sums, key: str, part: str) -> object:
    count = sums.steps[key][part] or ""
    if part != "strength" or not count:
        return count
    pairs = sorted(sums.strengths[key])
    went = ", ".join(
        f"{t(f'pathways.strength.{was}')} → {t(f'pathways.strength.{now}')}" for was, now in pairs
    )
    return f"{count} ({went})"
