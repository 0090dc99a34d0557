"""One sealed bundle: a JSON object, encrypted once, bound to the place where it stands.

Format (version 1): `0xC1 | algorithm 0x01 | key version u16 | nonce 12 | ciphertext and tag`.
AES-256-GCM from `cryptography`; the associated data binds a bundle to tenant, table, purpose,
row, subject and key version, so that it can be moved to no other place.
"""

import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bindeledd.foundation.errors import Refusal

MAGIC, ALGORITHM = 0xC1, 0x01
_HEAD = struct.Struct(">BBH12s")


class Unreadable(Refusal):
    """A bundle whose tag does not fit, or whose key is gone. Only this bundle is affected."""

    code = "sealing.unreadable"
    status = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bundle stands. Two places that differ in anything cannot swap their bundles."""

    tenant: UUID
    table: str
    purpose: str
    row: UUID
    subject: UUID

    def bound_to(self, version: int) -> bytes:
        """Associated data: each part behind its length, so that no two places spell alike."""
        return b"".join(
            (
                b"bindeledd.aad.v1",
                self.tenant.bytes,
                self.row.bytes,
                self.subject.bytes,
                _spelled(version, self.table, self.purpose),
            )
        )


@lru_cache(maxsize=256)
def _spelled(version: int, table: str, purpose: str) -> bytes:
    names = table.encode(), purpose.encode()
    return struct.pack(">HHH", version, *map(len, names)) + b"".join(names)


def seal_bytes(key: AESGCM, version: int, place: Place, plain: bytes) -> bytes:
    """`plain`, sealed under `key` for `place`."""
    nonce = os.urandom(12)
    head = _HEAD.pack(MAGIC, ALGORITHM, version, nonce)
    return head + key.encrypt(nonce, plain, place.bound_to(version))


def open_bytes(key: AESGCM, place: Place, sealed: bytes) -> bytes:
    """What was sealed for `place`. Raises `Unreadable` when anything does not fit."""
    if len(sealed) < 32 or sealed[0] != MAGIC or sealed[1] != ALGORITHM:
        raise Unreadable(table=place.table, purpose=place.purpose, row=place.row)
    version = key_version(sealed)
    try:
        return key.decrypt(sealed[4:16], sealed[16:], place.bound_to(version))
    except InvalidTag:
        raise Unreadable(table=place.table, purpose=place.purpose, row=place.row) from None


def key_version(sealed: bytes) -> int:
    """Which version of the subject's data key sealed it."""
    return int.from_bytes(sealed[2:4], "big")


def pack(value: Mapping[str, Any]) -> bytes:
    """The JSON object as bytes, padded to a multiple of 16 so that lengths tell little."""
    plain = orjson.dumps(value)
    return plain + b" " * (-len(plain) % 16)


def unpack(plain: bytes) -> dict[str, Any]:
    value = orjson.loads(plain)
    if not isinstance(value, dict):
        raise TypeError("a bundle is a JSON object")
    return value
