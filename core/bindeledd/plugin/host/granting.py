"""Which files a host needs: Python and its packages, what a name, a certificate or a time zone is
looked up in, what its site named, and a folder of its own. `landlock.py` closes all others to it.
"""

import os
import ssl
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from bindeledd.plugin.host import landlock

_FOLDERS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/gnu/store",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    "/usr/share/ca-certificates",
    "/usr/share/pki",
    "/usr/local/share/ca-certificates",
    "/var/lib/ca-certificates",
    "/etc/zoneinfo",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/ld.so.conf.d",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/certs",
    "/etc/ssl/certs",
    "/run/systemd/resolve",
    "/sys/devices/system/cpu",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
)
# Files that are put in place anew when they change: a grant holds for the one that was there.
_REPLACED = (
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/passwd",
    "/etc/group",
    "/etc/mime.types",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
)
_OURS = ("bindeledd", "bindeledd.config")

Seen = tuple[tuple[int, int] | None, ...]


def close_files(start: Mapping[str, list[str]], run: Iterable[str], *, own: str) -> bool:
    """From now on nothing but what is needed opens in this thread, and in what it starts.

    `start`: the search `path`, what the site said (`reads`, `writes`), what is `closed` also where
    it lies below something that is needed. False where the kernel does not do it.
    """
    needed = [*start["path"], *_of_python(), *_packages(run), *_FOLDERS, *_REPLACED]
    writes = [*start["writes"], *([own] if own else []), os.devnull]
    return landlock.hold(
        [
            *_granted([*needed, *start["reads"]], start["closed"], landlock.READ),
            *_granted(writes, start["closed"], landlock.WRITE),
        ]
    )


def seen() -> Seen:
    """The files that change by being replaced, as they are now: what has another one of them may
    not read it any more, and has to start again. Nothing where the kernel closes no file.
    """
    return tuple(_identity(path) for path in _REPLACED) if landlock.version() else ()


def without(path: str, closed: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """`path`, or all in it that neither is closed nor holds what is; whether it is whole.

    What is not whole is there to be listed only: what comes into it later is not granted.
    """
    real, shut = os.path.realpath(path), [os.path.realpath(one) for one in closed]
    if real == os.sep or any(_is_in(real, one) for one in shut):
        return
    if not any(_is_in(one, real) for one in shut):
        yield real, True
        return
    yield real, False
    for child in sorted(os.scandir(real), key=lambda one: one.name):
        if not child.is_symlink():
            yield from without(child.path, shut)


def _granted(paths: Iterable[str], closed: Iterable[str], rights: int) -> Iterator[tuple[str, int]]:
    for path in dict.fromkeys(paths):
        for one, whole in without(path, closed):
            yield one, rights if whole else rights & landlock.LIST


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _of_python() -> Iterator[str]:
    """The interpreter's own, and where it looks for certificates."""
    for place in (sys.prefix, sys.base_prefix, sys.exec_prefix):
        yield from (f"{place}/{name}" for name in ("lib", "lib64", "pyvenv.cfg"))
    found = ssl.get_default_verify_paths()
    told = (found.cafile, found.capath, found.openssl_cafile, found.openssl_capath)
    yield from filter(None, told)
    yield str(Path(found.openssl_cafile).with_name("openssl.cnf"))


def _packages(run: Iterable[str]) -> Iterator[str]:
    """Where the core and the pack lie, also where no folder of the search path holds them."""
    for name in (*_OURS, *(one.partition(":")[0].partition(".")[0] for one in run)):
        try:
            found = find_spec(name)
        except (ImportError, ValueError):
            continue
        if found is not None:
            yield from found.submodule_search_locations or filter(None, [found.origin])


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
