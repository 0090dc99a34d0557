"""Where a tenant's key comes from: a key provider.

A provider gives, for a tenant, the versions of a 32-byte key. The core brings two: a file that
only its owner may read, and the environment. The tenant's key seals no patient data: it wraps
data keys, and lookup keys are derived from it.
"""

import base64
import os
import secrets
import stat
from contextlib import suppress
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
            "sealing.key_malformed",
            where=where,
        ) from None
    if len(material) != 32:
        raise Misconfigured("sealing.key_length", where=where)
    return TenantKey(number, material)


@dataclass(frozen=True)
class FileKeys:
    """Keys in a folder: one file for each tenant, one line for each version, mode 0600.

    A file that is missing is missing: only `make_first` makes one, when its tenant is made.
    `create` makes it whenever it is asked for: for tests, whose tenants are made nowhere.
    """

    folder: Path
    create: bool = False

    def keys(self, tenant: UUID) -> tuple[TenantKey, ...]:
        file = self.folder / f"{tenant}.keys"
        if not file.exists():
            if not self.create:
                raise Misconfigured(
                    "sealing.key_missing",
                    where=str(file),
                )
            self.make_first(tenant)
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise Misconfigured("sealing.key_open", where=str(file), file=file)
        lines = [line for line in file.read_text().splitlines() if line.strip()]
        if not lines:
            raise Misconfigured("sealing.key_empty", where=str(file))
        return tuple(sorted((_decode(x, str(file)) for x in lines), key=lambda k: k.version))

    def make_first(self, tenant: UUID) -> None:
        """The first version, for a tenant that is made now. A file that is there is left as it is.

        Of two processes that do it together one wins, whole.
        """
        file = self.folder / f"{tenant}.keys"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._written(file, [_line(1)])
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
        _flush_folder(self.folder)

    def add_version(self, tenant: UUID) -> int:
        """A new version of the tenant's key, beside those that are there. Gives its number.

        Back the file up before anything is sealed with it; then rewrap the data keys.
        """
        file = self.folder / f"{tenant}.keys"
        known = self.keys(tenant)
        version = known[-1].version + 1
        lines = [f"{k.version}:{base64.b64encode(k.material).decode()}" for k in known]
        self._written(file, [*lines, _line(version)]).replace(file)
        _flush_folder(self.folder)
        return version

    def _written(self, file: Path, lines: list[str]) -> Path:
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write("".join(f"{line}\n" for line in lines))
            out.flush()
            os.fsync(out.fileno())
        return fresh


def _line(version: int) -> str:
    return f"{version}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def share_a_volume(keys: Path, data: Path) -> bool:
    """True if both lie on one volume: whoever takes the disk (or its backup) takes both."""
    return _standing(keys).stat().st_dev == _standing(data).stat().st_dev


def refuse_shared_volume(keys: Path, data: Path) -> None:
    """What production demands: keys do not lie where the data lies. Raises `Misconfigured`."""
    if share_a_volume(keys, data):
        raise Misconfigured(
            "sealing.same_disk",
            where=str(keys),
        )


def _standing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there already."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path


@dataclass(frozen=True)
class EnvironmentKeys:
    """Keys from a variable: `VERSION:BASE64`, several separated by commas, for all tenants."""

    variable: str = "BINDELEDD_KEYS"

    def keys(self, tenant: UUID) -> tuple[TenantKey, ...]:
        text = os.environ.get(self.variable, "")
        if not text.strip():
            raise Misconfigured("sealing.no_key_set", where=self.variable)
        parts = [_decode(part, self.variable) for part in text.split(",") if part.strip()]
        return tuple(sorted(parts, key=lambda k: k.version))
