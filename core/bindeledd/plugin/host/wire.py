"""One JSON value on a socket, with its length before it. The only thing that passes either way."""

import json
import socket
import struct
import time
from typing import Any

_HEAD = struct.Struct(">I")

# What the worker gives, and what it takes back: a reply is small.
ASKED, ANSWERED = 64 * 2**20, 4 * 2**20


class Broken(Exception):
    """What came is no value of ours: too large, cut off, not JSON."""


class Ended(Exception):
    """Nobody is at the other end."""


def put(line: socket.socket, value: object, *, until: float | None = None) -> None:
    """Write one value. `until`, by the monotonic clock, is when `TimeoutError` is raised."""
    data = json.dumps(value, allow_nan=False).encode()
    view = memoryview(_HEAD.pack(len(data)) + data)
    try:
        while view:
            _wait(line, until)
            view = view[line.send(view) :]
    except (BrokenPipeError, ConnectionResetError) as gone:
        raise Ended from gone


def take(line: socket.socket, *, most: int, until: float | None = None) -> Any:
    """Read one value of at most `most` bytes. Raises `Ended`, `Broken` or `TimeoutError`."""
    (length,) = _HEAD.unpack(_bytes(line, _HEAD.size, until))
    if length > most:
        raise Broken
    try:
        return json.loads(_bytes(line, length, until))
    except (ValueError, RecursionError) as wrong:
        raise Broken from wrong


def _bytes(line: socket.socket, count: int, until: float | None) -> bytes:
    found = bytearray()
    while len(found) < count:
        _wait(line, until)
        try:
            part = line.recv(min(count - len(found), 2**20))
        except ConnectionResetError as gone:
            raise Ended from gone
        if not part:
            raise Ended
        found += part
    return bytes(found)


def _wait(line: socket.socket, until: float | None) -> None:
    if until is None:
        line.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)
