"""The downtime list: each team's list on paper for when the system is not there. When it is due."""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

# Encryption is as strong as its password: what is shorter is not taken.
LEAST = 14
_OURS = re.compile(r"downtime-.+-[0-9a-f]{8}-(\d{8}T\d{6}Z)\.pdf")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class Downtime:
    """What a site has said of it. `times` are on the wall of `zone`; without `folder` none is made.

    `holder` names the role that keeps the password where the system is not needed to read it.
    """

    folder: Path | None = None
    times: tuple[time, ...] = ()
    keep: timedelta = timedelta(days=7)
    holder: str = ""
    secret: str = field(default="", repr=False)
    secret_file: Path | None = None
    zone: str = "Europe/Oslo"

    @property
    def password(self) -> str:
        """The password, read when it is used. Raises `OSError` for a file that cannot be read."""
        if self.secret_file is not None:
            return self.secret_file.read_text(encoding="utf-8").strip()
        return self.secret


def last_due(said: Downtime, at: datetime) -> datetime | None:
    """The latest moment at which the lists were to be written; None where none ever is."""
    zone = ZoneInfo(said.zone)
    today = at.astimezone(zone).date()
    days = (today, today - timedelta(days=1))
    moments = [datetime.combine(day, wall, zone) for day in days for wall in said.times]
    return max((one for one in moments if one <= at), default=None)


def is_due(said: Downtime, last: datetime | None, at: datetime) -> bool:
    """Whether a time has come since they were `last` written."""
    due = last_due(said, at)
    return due is not None and (last is None or last < due)


def file_name(tenant: str, team: str, at: datetime) -> str:
    """A name that says which team and when, in UTC, and nobody's name."""
    return f"downtime-{tenant}-{team[:8]}-{at:{_STAMP}}.pdf"


def over(names: list[str], *, keep: timedelta, at: datetime) -> list[str]:
    """Those of our own files that are older than `keep`; the newest of each team stays."""
    made = {name: found[1] for name in names if (found := _OURS.fullmatch(name))}
    newest: dict[str, str] = {}
    for name in sorted(made):
        newest[name.removesuffix(f"-{made[name]}.pdf")] = name
    limit = f"{at - keep:{_STAMP}}"
    return [name for name in made if made[name] < limit and name not in newest.values()]
