"""All files closed to this process but those that are named: asked of the kernel (Landlock).

By what is opened in the end, whatever it was called: a URI, a link, a folder's descriptor, `ATTACH`
in another database, code in C. Linux 5.13 and newer; `version` says whether the kernel does it.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

from bindeledd.plugin.host import kernel

# From the kernel's own header, landlock.h; the numbers of the calls are those of every machine.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REFER, _TRUNCATE, _DEVICES = 1 << 13, 1 << 14, 1 << 15
_DEVICES_MADE = 1 << 6 | 1 << 11  # character and block devices
_FIRST = (1 << 13) - 1
# From which version on the kernel knows a right.
_LATER = {2: _REFER, 3: _TRUNCATE, 5: _DEVICES}
_OF_A_FILE = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICES

LIST = _READ_DIR
READ = _READ_FILE | _READ_DIR
WRITE = (_FIRST | _REFER | _TRUNCATE) & ~_EXECUTE & ~_DEVICES_MADE


def version() -> int:
    """Which Landlock the kernel has; 0 where it has none, or does not let us."""
    if not kernel.offered():
        return 0
    return max(0, _call(_CREATE, None, 0, _ASK_VERSION))


def hold(granted: Iterable[tuple[str, int]]) -> bool:
    """From now on this thread, and what it starts, opens what is granted and nothing else.

    Each with its rights: `LIST`, `READ`, `WRITE`, for all that is below a folder. What is not there
    is passed over. What is open stays open. False where the kernel does not do it.
    """
    known = version()
    if not known:
        return False
    handled = _FIRST | sum(right for since, right in _LATER.items() if since <= known)
    told = ctypes.create_string_buffer(struct.pack("=Q", handled), 8)
    rules = _call(_CREATE, ctypes.addressof(told), 8, 0)
    if rules < 0:
        return False
    try:
        for path, rights in granted:
            with suppress(OSError):
                _add(rules, path, rights & handled)
        return kernel.no_new_rights() and _call(_RESTRICT, rules, 0, 0) == 0
    finally:
        os.close(rules)


def _add(rules: int, path: str, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_A_FILE
        told = ctypes.create_string_buffer(struct.pack("=Qi", rights, place), 12)
        _call(_ADD, rules, _BENEATH, ctypes.addressof(told))
    finally:
        os.close(place)


def _call(number: int, *values: int | None) -> int:
    if sys.platform != "linux":
        return -1
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    call.argtypes = [ctypes.c_long] * (1 + 4)
    return int(call(number, *[value or 0 for value in values], *[0] * (4 - len(values))))
