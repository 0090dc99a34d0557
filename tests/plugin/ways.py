"""Ways into what is closed to a pack, each kept quiet about: a file that packs carry, and imports
nothing but Python's own. `home` holds `bindeledd.db` and `keys/tenant.keys`.
"""

import ctypes
import os
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote


def _names(database: object, *, uri: bool = False) -> str:
    told = sqlite3.connect(database, uri=uri).execute("SELECT name FROM sqlite_master").fetchall()
    return str(told)


def _attached(home: str, said: str, *given: str, uri: bool = False, freely: bool = False) -> str:
    made = sqlite3.connect("file::memory:" if uri else ":memory:", uri=uri)
    if freely:
        made.set_authorizer(None)
    made.execute(f"ATTACH DATABASE {said} AS other", given)
    return str(made.execute("SELECT name FROM other.sqlite_master").fetchall())


def _written(home: str) -> str:
    made = sqlite3.connect(f"file:{home}/bindeledd.db?mode=rw", uri=True)
    made.execute("CREATE TABLE left_behind (x)")
    made.commit()
    return "written"


def _below(home: str, name: str) -> str:
    folder = os.open(home, os.O_PATH)
    return str(os.read(os.open(name, os.O_RDONLY, dir_fd=folder), 99))


def _linked(home: str) -> str:
    link = f"{tempfile.mkdtemp()}/link"
    Path(link).symlink_to(f"{home}/keys")
    return Path(f"{link}/tenant.keys").read_text()


def _moved(home: str, name: str) -> str:
    os.chdir(home)
    return Path(name).read_text()


def _moved_uri(home: str) -> str:
    os.chdir(home)
    return _names("file:bindeledd.db?mode=ro", uri=True)


def _removed(home: str) -> str:
    Path(f"{home}/keys/tenant.keys").unlink()
    return "removed"


def _in_c(home: str) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    return "opened" if libc.open(f"{home}/bindeledd.db".encode(), os.O_RDONLY) >= 0 else ""


# What Python sees: the attempt is told, whatever the pack makes of the refusal.
SEEN: dict[str, Callable[[str], str]] = {
    "path": lambda home: _names(Path(f"{home}/bindeledd.db")),
    "uri": lambda home: _names(f"file:{home}/bindeledd.db?mode=ro", uri=True),
    "uri_three": lambda home: _names(f"file://{home}/bindeledd.db?mode=ro#x", uri=True),
    "uri_host": lambda home: _names(f"file://localhost{home}/bindeledd.db", uri=True),
    "uri_percent": lambda home: _names(
        "file:" + "".join(f"%{one:02x}" for one in f"{home}/bindeledd.db".encode()), uri=True
    ),
    "uri_quoted": lambda home: _names(f"file:{quote(home, safe='')}%2Fbindeledd.db", uri=True),
    "uri_relative": _moved_uri,
    "writes": _written,
    "attach": lambda home: _attached(home, f"'{home}/bindeledd.db'"),
    "attach_uri": lambda home: _attached(home, f"'file:{home}/bindeledd.db?mode=ro'", uri=True),
    "descriptor": lambda home: _below(home, "bindeledd.db"),
    "descriptor_keys": lambda home: _below(home, "keys/tenant.keys"),
    "link": _linked,
    "root": lambda home: Path(f"/proc/self/root{home}/bindeledd.db").read_text(errors="replace"),
    "relative": lambda home: _moved(home, "keys/tenant.keys"),
    "here": lambda home: _moved(home, "/proc/self/cwd/keys/tenant.keys"),
    "list": lambda home: str(list(Path(f"{home}/keys").iterdir())),
    "remove": _removed,
}
# What Python is not told of: the kernel refuses it.
UNSEEN: dict[str, Callable[[str], str]] = {
    "attach_parameter": lambda home: _attached(home, "?", f"{home}/bindeledd.db"),
    "attach_freely": lambda home: _attached(home, f"'{home}/bindeledd.db'", freely=True),
    "in_c": _in_c,
}


def tried(way: str, home: str) -> str:
    """What came of it; nothing where it was refused, and not a word of that."""
    try:
        return (SEEN | UNSEEN)[way](home)
    except (OSError, RuntimeError, sqlite3.Error):
        return ""
