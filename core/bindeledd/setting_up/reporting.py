"""What a set-up changed, step by step, and what of the settings file is new or other than before."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bindeledd.features.staff.service import Installed
from bindeledd.foundation.texts import t
from bindeledd.setting_up.merging import route
from bindeledd.settings.checking import Tables


@dataclass
class Report:
    """What a set-up did: `changes` holds (what, key, outcome, columns) of each step."""

    environment: str
    tenant: str
    settings_file: str
    changes: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    administrator: dict[str, str] | None = None
    code_holds: dict[str, str] | None = None
    first: bool = False

    def tell(self, what: str, key: str, outcome: str, columns: Iterable[str] = ()) -> None:
        self.changes.append(
            {"what": what, "key": key, "outcome": outcome, "columns": list(columns)}
        )

    def note(self, what: str, key: str, done: Installed) -> UUID:
        self.tell(what, key, done.outcome, done.columns)
        return done.id

    @property
    def restart(self) -> bool:
        """Whether something was changed that web and worker read only when they start."""
        if self.first:
            return False
        read_once = [one for one in self.changes if one["what"] in ("settings", "pack", "route")]
        return any(one["outcome"] != "same" for one in read_once)

    def tell_file(self, own: Tables, tables: Tables, *, routes: Iterable[Tables]) -> None:
        """What of the settings file (`own` before, `tables` now) is new or other; no value is told.

        Of routes only those that were wanted are told of.
        """
        for name, table in tables.items():
            for key, value in table.items() if isinstance(table, dict) else ():
                was = own.get(name, {})
                outcome = "made" if key not in was else "changed" if was[key] != value else "same"
                self.tell("settings", f"[{name}] {key}", outcome)
        self._tell_switched_off(own, tables)
        packs, there = (
            {str(row.get("name")): row for row in one.get("plugin", [])} for one in (own, tables)
        )
        for name in sorted(packs.keys() - there.keys()):
            self.tell("pack", name, "taken_out")
        for name, row in there.items():
            self._tell_row("pack", name, row, packs.get(name))
        before = {route(row): row for row in own.get("route", [])}
        for row in routes:
            self._tell_row("route", route(row), row, before.get(route(row)))

    def _tell_switched_off(self, own: Tables, tables: Tables) -> None:
        """Names the packs that are named no more, with what stood and what stands."""
        before, now = (list(one.get("site", {}).get("plugins", [])) for one in (own, tables))
        off = [name for name in before if name not in now]
        if off:
            said = {"off": ", ".join(off), "before": json.dumps(before), "now": json.dumps(now)}
            self.warnings.append(t("setup.said.packs_off", **said))

    def _tell_row(self, what: str, key: str, row: Tables, was: Tables | None) -> None:
        if was is None:
            return self.tell(what, key, "made")
        other = sorted(one for one in {*row, *was} if row.get(one) != was.get(one))
        return self.tell(what, key, "changed" if other else "same", other)
