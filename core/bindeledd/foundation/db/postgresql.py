"""PostgreSQL: how its connections are set, rest and wake."""

import time
from typing import Any

import sqlalchemy as sa

# A connection that rested for longer than this is tried before it is used.
_RESTED = 5.0


def open_postgresql(url: sa.URL, echo: bool) -> sa.Engine:
    """An engine for a server at `url`."""
    from psycopg.pq import Format  # not loaded where the database is a file

    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        echo=echo,
        hide_parameters=True,
        pool_size=10,
        max_overflow=5,
        connect_args={
            "options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000 "
            "-c timezone=UTC -c datestyle=ISO "
            # Read by index from memory or SSD: else a prepared page is planned anew each time.
            "-c random_page_cost=1.1 -c jit=off"
        },
    )

    @sa.event.listens_for(engine, "before_cursor_execute")
    def pack(_connection: Any, cursor: Any, _s: str, _p: Any, context: Any, _m: bool) -> None:
        """Ask for the rows as the server holds them, where a statement says `packed`: nothing is
        written out as text on one side to be read on the other."""
        if context is not None and context.execution_options.get("packed"):
            cursor.format = Format.BINARY

    @sa.event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise sa.exc.DisconnectionError() from gone

    return engine
