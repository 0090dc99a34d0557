"""-9 to every process at random while people work: nothing is lost, nothing stands twice inside.

The product's own `run` with its web workers, its worker and a plugin's host; a mail server that is
sometimes gone. `BINDELEDD_SEED` chooses again what was chosen before; the kernel does not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random, SystemRandom
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.service import make_token
from bindeledd.features.staff.domain import system
from bindeledd.features.staff.tables import InstallationRow, OpeningHoursRow, TeamRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from bindeledd.installation import gather, read_settings, watched_folder
from bindeledd.revisions import newest
from bindeledd.worker import create_worker
from builders import a_site, an_open_case
from features.reminders.test_smtp import free_port
from killing.load import Load, Post
from killing.product import SETTINGS, WEIGHTS, Product
from killing.reckoning import (
    alerts_once,
    cases_add_up,
    inbox_once,
    mails_at_least_once,
    messages_once,
    nobody_missing,
    requests_once,
    whole,
)
from plugin.packs import a_shelf
from plugin.troubles import put

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")

CASES = 6


@pytest.fixture
def load(
    fresh_database: Database, database_url: str, scratch: Path, tmp_path: Path
) -> Iterator[tuple[Load, Post]]:
    """An installation with six follow-ups, one plugin, a mail server, and what will come in."""
    seed = int(os.environ.get("BINDELEDD_SEED") or SystemRandom().randrange(10**6))
    post = Post(free_port())
    product = Product(home=tmp_path, port=free_port(), environment={})
    product.folder.mkdir()
    text = SETTINGS.format(
        keys=scratch / "keys", port=product.port, folder=product.folder, mail=post.port
    )
    (tmp_path / "settings.toml").write_text(text)
    for shelf in a_shelf(tmp_path / "shelf"):
        put(shelf, "good", name="good", key="good")
        product.environment = _environment(tmp_path, database_url, shelf.folder)
        made = _a_load(fresh_database, product, seed)
        yield made, post
        product.kill_all()
        post.down()


def _environment(home: Path, url: str, shelf: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BINDELEDD")}
    own = {"BINDELEDD_HOME": str(home), "BINDELEDD_DATABASE_URL": url, "PYTHONPATH": str(shelf)}
    return kept | own


def _a_load(database: Database, product: Product, seed: int) -> Load:
    at = now()
    with database.transaction() as session:
        session.execute(sa.insert(InstallationRow).values(id=1, environment="test", made_at=at))
        session.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(sa.text(f"INSERT INTO alembic_version VALUES ('{newest()}')"))
        site = a_site(session, at)
        _open_day_and_night(session, site.team)
        cases = [an_open_case(session, site, at=at).case.id for _ in range(CASES)]
        token = make_token(
            session, site.anna.id, label="load", until=at + timedelta(days=1),  # type: ignore[arg-type]
            by=system(site.tenant), at=at,
        )  # fmt: skip
    return Load(product=product, database=database, site=site, cases=cases, token=token, seed=seed)


def _open_day_and_night(session: Session, team: UUID) -> None:
    """So that owner, team and lead are different people, whenever this runs."""
    session.execute(sa.delete(OpeningHoursRow).where(OpeningHoursRow.team_id == team))
    tenant = session.scalar(sa.select(TeamRow.tenant_id).where(TeamRow.id == team))
    session.execute(
        sa.insert(OpeningHoursRow),
        [
            {"team_id": team, "weekday": day, "opens": time_of_day(0), "closes": time_of_day(0),
             "tenant_id": tenant}
            for day in range(1, 8)
        ],
    )  # fmt: skip


def until(true: Callable[[], object], product: Product, seconds: float = 60.0) -> None:
    """Wait for it, and keep the product running meanwhile."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, product.said()[-3000:]
        product.keep_running()
        time.sleep(0.1)


def tried(load: Load, post: Post, *, seconds: float, pace: float) -> dict[str, object]:
    """Load and kills for so long, then quiet, then the reckoning. Gives what was counted."""
    product, random = load.product, Random(load.seed)  # noqa: S311
    post.up()
    until(product.answers, product)
    load.start(post)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        product.keep_running()
        if random.random() < 0.7:  # else also what is just starting
            patience = time.monotonic() + 5  # a child that dies again and again rests longer
            until(lambda: product.is_whole() or time.monotonic() > patience, product)  # noqa: B023
        time.sleep(random.uniform(0.2, 1.8) * pace)
        if product.kill_one(random) == "worker":
            until(lambda: not product.left_alone(), product, seconds=2)
    load.end()
    assert load.failed == []
    post.up()
    _quiet(load)
    assert load.refused == []
    return _reckoned(load, post)


def _quiet(load: Load) -> None:
    """What was asked is asked until it is answered; then everything is ended at once, and the

    worker does what is left, some minutes later by its clock: leases of the dead have ended.
    """
    product = load.product
    product.kill_all()
    until(product.answers, product)
    for one in load.requests:
        one.busy = False
        until(lambda one=one: one.settled or one.busy or load.send(one), product)  # type: ignore[misc, func-returns-value]
    while left := len(list(product.folder.iterdir())):
        until(lambda left=left: len(list(product.folder.iterdir())) < left, product)  # type: ignore[misc]
    product.kill_all()
    assert product.family() == []
    _end_of(load)


class Later:
    """A clock that goes on a little whenever it is asked, so that no two messages are of one moment."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


def _end_of(load: Load) -> None:
    settings, clock = read_settings(load.product.environment), Later()
    gathered = gather(settings)
    worker = create_worker(
        settings, database=load.database, gathered=gathered, clock=clock,
        intake=watched_folder(settings, load.database, gathered),
    )  # fmt: skip
    try:
        for _ in range(4):
            clock.moment += timedelta(minutes=3)
            worker.run_once()
    finally:
        worker.hosts.close()


def _reckoned(load: Load, post: Post) -> dict[str, object]:
    at = now() + timedelta(minutes=13)
    with load.database.transaction() as session:
        kept = requests_once(session, load, at=at)
        messages_once(session, load)
        cases_add_up(session, load, kept)
        alerts = alerts_once(session, load)
        inside = inbox_once(session)
        mails = mails_at_least_once(session, post.mails)
        said = nobody_missing(session, load.site, at=at)
    whole(load.database)
    return {
        "seed": load.seed, "killed": load.product.killed, "cpu": round(load.product.spent), "requests": len(load.requests),
        "tries": sum(one.tries for one in load.requests), "kept": dict(kept),
        "messages": len(load.dropped), "fell due": len(load.quick), "alerts": alerts,
        "inbox": inside, "e-mails": len(post.mails), "again, same id": mails.same_id,
        "again, other id": mails.other_id, "mail server gone": post.gone,
        "answers lost": sum(one.busy for one in load.requests), "registered": said.registered, "unseen": said.unseen,
    }  # fmt: skip


def test_killed_at_random_nothing_is_lost_and_nothing_stands_twice(
    load: tuple[Load, Post],
) -> None:
    print("seed", load[0].seed)
    counted = tried(*load, seconds=10, pace=1.0)
    print(counted)
    assert counted["unseen"] == 0
    assert sum(load[0].product.killed.values()) >= 3


@pytest.mark.prove
def test_killed_at_random_for_five_minutes(load: tuple[Load, Post]) -> None:
    print("seed", load[0].seed)
    counted = tried(*load, seconds=300, pace=1.5)
    print(counted)
    assert counted["unseen"] == 0
    assert set(load[0].product.killed) == set(WEIGHTS)
