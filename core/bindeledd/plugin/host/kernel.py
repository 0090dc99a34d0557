"""What the kernel holds a host to, on Linux: it ends with whoever started it, and forks nothing.

Whatever code runs in it, in C or with every signal ignored. Where the kernel offers neither, what
`limits.py` and `process.py` do is what there is.
"""

import ctypes
import os
import signal
import struct
import sys
from collections.abc import Iterator

# From the kernel's own headers: prctl.h, seccomp.h, filter.h, sched.h, errno.h.
_PDEATHSIG, _NO_NEW_PRIVS, _SECCOMP, _FILTER = 1, 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _NOT_THERE = 0x7FFF0000, 0x80000000, 0x00050000 | 38
_THREAD = 0x00010000
_OTHER_CALLS = 0x40000000
_ARCHITECTURE, _NUMBER, _FIRST = 4, 0, 16
_NOT_ALLOWED = 0x00050000 | 13
# By machine: its name in the kernel, clone, and what makes a process or becomes a program.
_MACHINES = {
    "x86_64": (0xC000003E, 56, (57, 58, 59, 322)),
    "aarch64": (0xC00000B7, 220, (221, 281)),
}
# socket, connect, bind; and a ring of requests, through which each could be asked for as well.
_WAYS_OUT = {"x86_64": (41, 42, 49, 425), "aarch64": (198, 203, 200, 425)}
_CLONE3 = 435
# What makes, names, moves, empties or takes away a file: a name can say as much as a byte.
_CHANGES = {
    "x86_64": (76, 82, 83, 84, 85, 86, 87, 88, 90, 92, 94, 132, 133, 188, 189, 235, 258, 259, 260,
               261, 263, 264, 265, 266, 268, 280, 316, 437),
    "aarch64": (5, 6, 33, 34, 35, 36, 37, 38, 45, 53, 54, 88, 276, 437),
}  # fmt: skip
# What opens a file, and where its flags stand; and the flags that are not for reading only.
_OPENS = {"x86_64": ((2, 24), (257, 32)), "aarch64": ((56, 32),)}
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_Instruction = tuple[int, int, int, int]


def end_with(parent: int) -> None:
    """From now on the kernel ends this process when `parent` does; it may have done so already.

    The kernel means the thread by which `parent` started it: that one has to last.
    """
    if sys.platform == "linux":
        _prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def offered(platform: str = sys.platform, machine: str | None = None) -> bool:
    """Whether the kernel of such a machine holds a host to anything: elsewhere Python alone does."""
    return platform == "linux" and (machine or os.uname().machine) in _MACHINES


def alone() -> bool:
    """From now on no process can come out of this one, nor another program: the kernel ends it.

    Threads are free. False where the kernel does not offer it.
    """
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    return machine is not None and _hold_to(list(_filter(*machine)))


def inside() -> bool:
    """From now on this thread, and what it starts, reaches nobody: there is no way to a network,
    and files are there to be read.

    The line to the worker was open before, and stays. False where the kernel does not offer it.
    """
    machine = os.uname().machine
    if not offered(machine=machine):
        return False
    reading = [_hold_to(list(_only_reading(*each))) for each in _OPENS[machine]]
    return all(reading) and _hold_to(list(_refusing(_WAYS_OUT[machine] + _CHANGES[machine])))


def no_new_rights() -> bool:
    """From now on this thread gains no right by what it runs: the kernel asks that first."""
    return _prctl(_NO_NEW_PRIVS, 1)


def _hold_to(steps: list[_Instruction]) -> bool:
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code, len(code))
    told = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(held)))
    return no_new_rights() and _prctl(_SECCOMP, _FILTER, ctypes.addressof(told))


def _filter(architecture: int, clone: int, forbidden: tuple[int, ...]) -> Iterator[_Instruction]:
    """What is asked of each system call; the last three are the answers."""
    kill = 8 + len(forbidden)  # where the first answer stands
    missing, allow = kill + 1, kill + 2
    place = 0

    def step(code: int, value: int, yes: int | None = None, no: int | None = None) -> _Instruction:
        nonlocal place
        place += 1
        return code, 0 if yes is None else yes - place, 0 if no is None else no - place, value

    yield step(_LOAD, _ARCHITECTURE)
    yield step(_EQUAL, architecture, None, kill)
    yield step(_LOAD, _NUMBER)
    yield step(_AT_LEAST, _OTHER_CALLS, kill)
    yield step(_EQUAL, _CLONE3, missing)
    for number in forbidden:
        yield step(_EQUAL, number, kill)
    yield step(_EQUAL, clone, None, allow)
    yield step(_LOAD, _FIRST)
    yield step(_ANY_BIT, _THREAD, allow, None)
    yield step(_RETURN, _KILL)
    yield step(_RETURN, _NOT_THERE)
    yield step(_RETURN, _ALLOW)


def _refusing(numbers: tuple[int, ...]) -> Iterator[_Instruction]:
    """These system calls are not allowed. Asked after `alone`, which knows the architecture."""
    yield _LOAD, 0, 0, _NUMBER
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        yield _EQUAL, left, 0, number
    yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _NOT_ALLOWED


def _only_reading(number: int, flags: int) -> Iterator[_Instruction]:
    """This system call opens nothing for writing. Asked after `alone`, as the others."""
    yield _LOAD, 0, 0, _NUMBER
    yield _EQUAL, 0, 2, number
    yield _LOAD, 0, 0, flags
    yield _ANY_BIT, 1, 0, _FOR_WRITING
    yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _NOT_ALLOWED


def _prctl(option: int, *values: int) -> bool:
    call = ctypes.CDLL(None).prctl
    call.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return bool(call(option, *values, *[0] * (4 - len(values))) == 0)
