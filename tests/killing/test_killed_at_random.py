"""-9 to every process at random while people work: nothing is lost, nothing stands twice inside.

The product's own `run` with its web workers, its worker and a plugin's host; a mail server that is
sometimes gone. On both databases at the same time. `BINDELEDD_SEED` chooses again what was chosen
before; the kernel does not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random, SystemRandom
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access.service import make_token
from bindeledd.features.reminders.domain import DeliveryState
from bindeledd.features.reminders.tables import DeliveryRow
from bindeledd.features.staff.domain import system
from bindeledd.features.staff.tables import InstallationRow, OpeningHoursRow, TeamRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database, open_database
from bindeledd.foundation.sealing.keyring import Keyring
from bindeledd.installation import gather, read_settings, watched_folder
from bindeledd.revisions import newest
from bindeledd.worker import create_worker
from builders import a_site, an_open_case
from features.reminders.test_smtp import free_ports
from killing.load import Load, Post
from killing.product import SETTINGS, Product
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
ROUNDS = 12  # of the worker, after the last kill
DIALECTS = ("sqlite", "postgresql")


@pytest.fixture
def loads(
    own_database: Callable[[str, Path], AbstractContextManager[str]],
    keyring: Keyring,
    scratch: Path,
    tmp_path: Path,
) -> Iterator[dict[str, tuple[Load, Post]]]:
    """An installation on each database, with six follow-ups, one plugin, a mail server, and what

    will come in: the same in each.
    """
    seed = int(os.environ.get("BINDELEDD_SEED") or SystemRandom().randrange(10**6))
    ports = iter(free_ports(2 * len(DIALECTS)))
    with ExitStack() as stack:
        shelf = stack.enter_context(contextmanager(a_shelf)(tmp_path / "shelf"))
        put(shelf, "good", name="good", key="good")
        made = {}
        for dialect in DIALECTS:
            home = tmp_path / dialect
            home.mkdir()
            url = stack.enter_context(own_database(dialect, home))
            database = open_database(url, info={Keyring: keyring})
            stack.callback(database.close)
            post = Post(next(ports))
            product = Product(
                home=home, port=next(ports), environment=_environment(home, url, shelf.folder)
            )
            product.folder.mkdir()
            text = SETTINGS.format(
                keys=scratch / "keys", port=product.port, folder=product.folder, mail=post.port
            )
            (home / "settings.toml").write_text(text)
            stack.callback(post.down)
            stack.callback(product.kill_all)
            made[dialect] = _a_load(database, product, seed), post
        yield made


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


def until(true: Callable[[], object], product: Product, seconds: float = 120.0) -> None:
    """Wait for it, and keep the product running meanwhile."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, product.said()[-3000:]
        product.keep_running()
        time.sleep(0.1)


def tried(load: Load, post: Post, *, seconds: float, pace: float) -> dict[str, object]:
    """Load and kills for so long, and until one of every kind was killed; then quiet, then the

    reckoning. Gives what was counted.
    """
    product, random = load.product, Random(load.seed)  # noqa: S311
    post.up()
    until(product.answers, product)
    load.start(post)
    end = time.monotonic() + seconds
    while time.monotonic() < end or (product.spared and time.monotonic() < end + seconds):
        product.keep_running()
        if random.random() < 0.7:  # else also what is just starting
            patience = time.monotonic() + 5  # a child that dies again and again rests longer
            until(lambda: product.is_whole() or time.monotonic() > patience, product)  # noqa: B023
        time.sleep(random.uniform(0.2, 1.8) * pace)
        if product.kill_one(random) == "worker":
            killed = time.monotonic()
            until(lambda: not product.left_alone(), product)
            load.longest_alone = max(load.longest_alone, time.monotonic() - killed)
    load.end()
    assert load.failed == []
    post.up()
    at = _quiet(load)
    assert load.refused == []
    return _reckoned(load, post, at=at + timedelta(minutes=1))


def _quiet(load: Load) -> datetime:
    """What was asked is asked until it is answered; then everything is ended at once, and the

    worker does what is left, some minutes later by its clock: leases of the dead have ended. Gives
    the moment at which it was done.
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
    return _end_of(load)


class Later:
    """A clock that goes on a little whenever it is asked, so that no two messages are of one moment."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        self.moment += timedelta(milliseconds=1)
        return self.moment


def _end_of(load: Load) -> datetime:
    """Three minutes a round: a rung that fell due in the last one waits a while for its turn."""
    settings, clock = read_settings(load.product.environment), Later()
    gathered = gather(settings)
    worker = create_worker(
        settings, database=load.database, gathered=gathered, clock=clock,
        intake=watched_folder(settings, load.database, gathered),
    )  # fmt: skip
    try:
        for done in range(ROUNDS):
            if done >= 4 and not _waiting(load):
                break
            clock.moment += timedelta(minutes=3)
            worker.run_once()
    finally:
        worker.hosts.close()
    return clock.moment


def _waiting(load: Load) -> bool:
    with load.database.transaction() as session:
        ready = DeliveryRow.state == DeliveryState.READY.value
        return session.scalar(sa.select(sa.exists().where(ready))) is True


def _reckoned(load: Load, post: Post, *, at: datetime) -> dict[str, object]:
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
        "seed": load.seed, "killed": load.product.killed, "host alone": round(load.longest_alone, 2), "cpu": round(load.product.spent), "requests": len(load.requests),
        "tries": sum(one.tries for one in load.requests), "kept": dict(kept),
        "messages": len(load.dropped), "fell due": len(load.quick), "alerts": alerts,
        "inbox": inside, "e-mails": len(post.mails), "again, same id": mails.same_id,
        "again, other id": mails.other_id, "mail server gone": post.gone,
        "answers lost": sum(one.busy for one in load.requests), "registered": said.registered, "unseen": said.unseen,
    }  # fmt: skip


def on_both(
    loads: Mapping[str, tuple[Load, Post]], *, seconds: float, pace: float
) -> dict[str, dict[str, object]]:
    """The same on both databases at the same time. Gives what was counted on each."""
    with ThreadPoolExecutor(len(loads)) as pool:
        going = {
            dialect: pool.submit(tried, *one, seconds=seconds, pace=pace)
            for dialect, one in loads.items()
        }
    counted = {dialect: one.result() for dialect, one in going.items()}
    for dialect, said in counted.items():
        print(dialect, said)
    return counted


@pytest.mark.minutes(6)
def test_killed_at_random_for_five_minutes_nothing_is_lost_and_nothing_stands_twice(
    loads: dict[str, tuple[Load, Post]],
) -> None:
    """With other tests beside it: what comes in rests longer, and so does who kills."""
    print("seeds", {dialect: load.seed for dialect, (load, _) in loads.items()})
    for load, _ in loads.values():
        load.ease = 2.0
    counted = on_both(loads, seconds=300, pace=3.0)
    assert {said["unseen"] for said in counted.values()} == {0}
    assert [load.product.spared for load, _ in loads.values()] == [set(), set()]


@pytest.mark.prove
def test_killed_at_random_for_a_quarter_of_an_hour(loads: dict[str, tuple[Load, Post]]) -> None:
    print("seeds", {dialect: load.seed for dialect, (load, _) in loads.items()})
    counted = on_both(loads, seconds=900, pace=1.5)
    assert {said["unseen"] for said in counted.values()} == {0}
    assert [load.product.spared for load, _ in loads.values()] == [set(), set()]
