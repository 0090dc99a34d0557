"""Paths of a description, written into the settings as whole ones.

The file of `--from` lies elsewhere than the settings, and a start may be anywhere.
"""

from pathlib import Path
from typing import Any

from bindeledd.settings.checking import Tables

PATHS = (("site", "pathways"), ("keys", "folder"), ("intake", "folder"), ("intake", "standards"))


def place_paths(tables: Tables, base: Path) -> None:
    """Make each path in `tables` a whole one, meant from the folder `base`; others stay."""
    for table, key in PATHS:
        held = tables.get(table)
        if not isinstance(held, dict):
            continue
        told = held.get(key)
        if isinstance(told, list):
            held[key] = [_whole(one, base) for one in told]
        elif told:
            held[key] = _whole(told, base)

    rows = tables.get("plugin")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("settings"):
            row["settings"] = _whole(row["settings"], base)


def _whole(told: Any, base: Path) -> Any:
    return str(base / Path(told).expanduser()) if isinstance(told, str) else told
