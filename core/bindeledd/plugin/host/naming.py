"""Which files Python means when it names one: by a URI, by a folder's descriptor, through a link.

For the audit hook of `limits.py`, which is told the name and no more.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

_DESCRIPTORS = "/proc/self/fd"
_LISTS = frozenset(["os.listdir", "os.scandir", "os.chdir"])
_URI = "file:"


def meant(event: str, arguments: tuple[object, ...]) -> Iterator[str]:
    """Every file or folder that this audit event may be about, by its real path.

    A relative name is looked for in each folder that is open too: the event does not say in which.
    """
    for told in arguments:
        if event in _LISTS and isinstance(told, int):
            yield os.path.realpath(f"{_DESCRIPTORS}/{told}")
            continue
        name = _text(told)
        if name is not None:
            yield from _real(name)
            if event.startswith("sqlite3.") and name.lower().startswith(_URI):
                yield from _real(_of_uri(name))


def attached(told: str) -> Iterator[str]:
    """The same of what SQLite is to attach."""
    return meant("sqlite3.connect", (told,))


def _text(told: object) -> str | None:
    if not isinstance(told, str | bytes | os.PathLike):
        return None
    with suppress(TypeError, ValueError):
        return os.fsdecode(told).split("\0")[0]
    return None


def _of_uri(uri: str) -> str:
    """The path in it, as SQLite reads it; a host is none or this machine."""
    path = uri[len(_URI) :].partition("#")[0].partition("?")[0]
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    return unquote(path, errors="surrogateescape").split("\0")[0]


def _real(name: str) -> Iterator[str]:
    yield os.path.realpath(name)
    if not name.startswith(os.sep):
        for folder in _open_folders():
            yield os.path.realpath(f"{folder}/{name}")


def _open_folders() -> Iterator[str]:
    with suppress(OSError):
        for link in list(Path(_DESCRIPTORS).iterdir()):
            with suppress(OSError):
                path = link.resolve()
                if path.is_dir():
                    yield str(path)
