"""What a check says: what it found, and what to do about it."""

from dataclasses import dataclass

from bindeledd import __version__
from bindeledd.foundation.texts import t, texts


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at. `ok` False makes doctor end with 1."""

    name: str
    ok: bool
    found: str
    do: str = ""

    @property
    def mark(self) -> str:
        return t(f"maintenance.doctor.{'ok' if self.ok else 'look'}")

    @property
    def title(self) -> str:
        """Its name for people; a team's name follows it."""
        known, _, rest = self.name.partition(" ")
        found = texts().find(f"staff.checks.{known}")
        return f"{found if isinstance(found, str) else known} {rest}".strip()


@dataclass(frozen=True, kw_only=True)
class Checkup:
    checks: tuple[Check, ...]
    database: str
    version: str = __version__

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.ok,
            "checks": [
                {"name": c.name, "ok": c.ok, "found": c.found, "do": "" if c.ok else c.do}
                for c in self.checks
            ],
            "database": self.database,
            "version": self.version,
        }
