"""Opening a database, and the sessions and transactions that come of it."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pysqlite3.dbapi2 as sqlite
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.foundation.db.postgresql import open_postgresql
from bindeledd.foundation.db.sqlite import READS, open_sqlite
from bindeledd.foundation.errors import Misconfigured


@dataclass(frozen=True)
class Database:
    """An open database, and what its sessions carry with them (`info`: the key ring)."""

    engine: sa.Engine
    info: Mapping[Any, Any] = field(default_factory=dict)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def session(self) -> Session:
        """A new session; whoever opens it closes it."""
        return Session(self.engine, expire_on_commit=False, info=dict(self.info))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One piece of work: committed whole at the end of the block, or not at all."""
        with self.session() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One long look at everything as it stands, for questions only: no writer waits for it."""
        with Session(self._reader, expire_on_commit=False, info=dict(self.info)) as session:
            yield session

    @property
    def _reader(self) -> sa.Engine:
        return self.engine.execution_options(**{READS: True, "postgresql_readonly": True})

    def learn(self) -> None:
        """Let SQLite count what its indexes hold, where that has changed; a short look at each.

        PostgreSQL does so by itself. Whoever is writing is let write: then it is done another time.
        """
        if self.dialect != "sqlite":
            return
        with closing(self.engine.raw_connection()) as connection:
            try:
                for pragma in ("busy_timeout=0", "analysis_limit=400", "optimize=0x10002"):
                    connection.cursor().execute(f"PRAGMA {pragma}").fetchall()
            except sqlite.Error:
                pass
            finally:
                connection.cursor().execute("PRAGMA busy_timeout=10000").fetchall()

    def close(self) -> None:
        self.engine.dispose()


def is_address(url: str) -> bool:
    """Whether `url` has the form of an address of a database."""
    try:
        made = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # of what is no number as port
        return False
    return made.get_backend_name() == "sqlite" or bool(made.database)


def open_database(
    url: str, *, info: Mapping[Any, Any] | None = None, echo: bool = False
) -> Database:
    """Open the database at `url` (`sqlite:///FILE` or `postgresql://…`).

    Raises `Misconfigured` for any other kind, and for a SQLite library that could lose
    committed writes.
    """
    made = sa.make_url(url)
    backend = made.get_backend_name()
    if backend == "sqlite":
        engine = open_sqlite(made, echo)
    elif backend == "postgresql":
        engine = open_postgresql(made, echo)
    else:
        raise Misconfigured(
            "installation.no_such_database",
            where="BINDELEDD_DATABASE_URL",
            backend=backend,
        )
    return Database(engine, info or {})
