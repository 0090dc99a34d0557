"""Faults of packs, for people: what comes of each stands above it."""

from collections.abc import Mapping, Sequence

from bindeledd.foundation.console import answer_table
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.texts import t

# What comes of a fault: the start is stopped, or would be with the pack switched on; the pack is
# left out and all else starts; nothing of it, until somebody mends it.
STOPS, WOULD_STOP, LEFT_OUT, MEND = "stops", "would_stop", "left_out", "mend"


def told(wrong: Misconfigured) -> dict[str, str]:
    return {"where": wrong.where, "what": wrong.what, "do": wrong.do}


def show(faults: Sequence[Mapping[str, str]]) -> None:
    """A table for each of what the faults lead to, which stands above it."""
    columns = [t(f"plugin.columns.{name}") for name in ("where", "what", "do")]
    for then in (STOPS, WOULD_STOP, LEFT_OUT, MEND):
        rows = [
            tuple(fault[name] for name in ("where", "what", "do"))
            for fault in faults
            if fault.get("then", MEND) == then
        ]
        if rows:
            answer_table(t(f"plugin.then.{then}"), columns, rows)
