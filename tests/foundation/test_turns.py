"""Writers of one process stand in line: nobody tries in vain while others go past."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bindeledd.foundation.db import Database, is_busy, open_database
from bindeledd.foundation.turns import Turns

WRITERS, EACH = 25, 8


def stand_in_line(turns: Turns, many: int, came: list[int]) -> list[Thread]:
    """So many who ask one after another, and who say so when it is their turn."""

    def ask(number: int) -> None:
        me = object()
        assert turns.take(me, 30)
        came.append(number)
        turns.leave(me)

    threads = []
    for number in range(many):
        before = turns.waiting
        threads.append(Thread(target=ask, args=(number,)))
        threads[-1].start()
        while turns.waiting == before:
            pass
    return threads


def test_whoever_asked_first_is_next() -> None:
    turns, came, me = Turns(), [], object()
    assert turns.take(me, 0)
    threads = stand_in_line(turns, 12, came)
    turns.leave(me)
    for thread in threads:
        thread.join(30)

    assert came == list(range(12))
    assert turns.take(me, 0)


def test_whoever_gives_up_leaves_the_line_to_the_others() -> None:
    turns, me, other = Turns(), object(), object()
    assert turns.take(me, 0)

    assert not turns.take(other, 0)
    assert turns.waiting == 0
    turns.leave(other)  # has none: takes nobody else's
    assert not turns.take(other, 0)
    turns.leave(me)
    assert turns.take(other, 0)


@pytest.fixture
def impatient(tmp_path: Path) -> Database:
    """A SQLite file whose own patience is short: only a line lets many write."""
    database = open_database(f"sqlite:///{tmp_path / 'lines.db'}")

    @sa.event.listens_for(database.engine, "connect")
    def hurry(connection: object, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")  # type: ignore[attr-defined]

    with database.transaction() as session:
        session.execute(sa.text("CREATE TABLE told (writer INTEGER, number INTEGER)"))
    return database


def test_of_many_threads_that_write_at_once_none_finds_the_database_locked(
    impatient: Database,
) -> None:
    ready = Barrier(WRITERS)

    def write(writer: int) -> int:
        ready.wait(30)
        locked = 0
        for number in range(EACH):
            try:
                with impatient.transaction() as session:
                    session.execute(sa.text(f"INSERT INTO told VALUES ({writer}, {number})"))
            except sa.exc.OperationalError as wrong:
                locked += is_busy(wrong)
        return locked

    with ThreadPoolExecutor(WRITERS) as pool:
        locked = list(pool.map(write, range(WRITERS)))

    assert locked == [0] * WRITERS
    with impatient.transaction() as session:
        assert session.scalar(sa.text("SELECT COUNT(*) FROM told")) == WRITERS * EACH
    impatient.close()


def test_whoever_fails_or_is_cut_off_holds_nobody_back(impatient: Database) -> None:
    insert = sa.text("INSERT INTO told VALUES (1, 1)")
    with impatient.session() as session, pytest.raises(sa.exc.OperationalError), session.begin():
        session.execute(sa.text("INSERT INTO nothing VALUES (1)"))
    with impatient.session() as session:
        session.execute(insert)
        session.connection().invalidate()
    other = open_database(str(impatient.engine.url))
    with other.transaction() as session:
        session.execute(insert)
        with pytest.raises(sa.exc.OperationalError) as refused, impatient.transaction() as mine:
            mine.execute(insert)  # another process writes: SQLite itself says no
        assert is_busy(refused.value)
    other.close()

    with impatient.transaction() as session:
        session.execute(insert)
    with impatient.transaction() as session:
        assert session.scalar(sa.text("SELECT COUNT(*) FROM told")) == 2
    impatient.close()
