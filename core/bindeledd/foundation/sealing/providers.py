"""Where a tenant's key comes from: a key provider.

A provider gives, for a tenant, the versions of a 32-byte key. The core brings two: a file that
only its owner may read, and the environment. The tenant's key seals no patient data: it wraps
data keys, and lookup keys are derived from it.
"""

import base64
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from bindeledd.foundation.errors import Misconfigured


@dataclass(frozen=True)
class TenantKey:
    """One version of a tenant's key. `material` is 32 bytes."""

    version: int
    material: bytes

    def __repr__(self) -> str:
        return f"TenantKey(version={self.version})"


class KeyProvider(Protocol):
    """Promise: the same tenant and version always give the same key, and no key is ever logged."""

    def keys(self, tenant: UUID) -> tuple[TenantKey, ...]:
        """All versions that may still be needed, the newest last; never empty."""
        ...


def _decode(line: str, where: str) -> TenantKey:
    try:
        version, _, text = line.strip().partition(":")
        material = base64.b64decode(text, validate=True)
        number = int(version)
    except ValueError:
        raise Misconfigured(
            "a key is not of the form VERSION:BASE64", where=where, do="restore the key file"
        ) from None
    if len(material) != 32:
        raise Misconfigured("a key is not 32 bytes long", where=where, do="restore the key file")
    return TenantKey(number, material)


@dataclass(frozen=True)
class FileKeys:
    """Keys in a folder: one file for each tenant, one line for each version, mode 0600.

    `create` makes the first version when there is none (demo, test and `bindeledd setup`).
    """

    folder: Path
    create: bool = False

    def keys(self, tenant: UUID) -> tuple[TenantKey, ...]:
        file = self.folder / f"{tenant}.keys"
        if not file.exists():
            if not self.create:
                raise Misconfigured(
                    "the key of the tenant is missing",
                    where=str(file),
                    do="restore it from the escrow; without it nothing can be read",
                )
            self._make(file)
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Misconfigured(
                "others may read the key file", where=str(file), do=f"chmod 600 {file}"
            )
        lines = [line for line in file.read_text().splitlines() if line.strip()]
        if not lines:
            raise Misconfigured("the key file is empty", where=str(file), do="restore it")
        return tuple(sorted((_decode(x, str(file)) for x in lines), key=lambda k: k.version))

    def _make(self, file: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = f"1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n"
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w") as out:
            out.write(line)
            out.flush()
            os.fsync(out.fileno())


@dataclass(frozen=True)
class EnvironmentKeys:
    """Keys from a variable: `VERSION:BASE64`, several separated by commas, for all tenants."""

    variable: str = "BINDELEDD_KEYS"

    def keys(self, tenant: UUID) -> tuple[TenantKey, ...]:  # noqa: ARG002  (one for all)
        text = os.environ.get(self.variable, "")
        if not text.strip():
            raise Misconfigured(
                "no key is set", where=self.variable, do="set VERSION:BASE64 of 32 bytes"
            )
        parts = [_decode(part, self.variable) for part in text.split(",") if part.strip()]
        return tuple(sorted(parts, key=lambda k: k.version))
