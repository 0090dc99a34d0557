"""Writing a site's own file, for `bindeledd setup`."""

from pathlib import Path
from typing import Any

from bindeledd.settings.checking import Tables


def write_settings(file: Path, tables: Tables) -> None:
    """Write the site's own file, whole or not at all; only its owner may read it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.write_text(as_toml(tables), encoding="utf-8")
    new.chmod(0o600)
    new.replace(file)


def as_toml(tables: Tables) -> str:
    """`tables` as TOML: tables of plain values, and lists of such tables."""
    blocks = ["# Written by `bindeledd setup`; every key is explained in config/defaults.toml.\n"]
    for name, table in tables.items():
        rows = table if isinstance(table, list) else [table]
        head = f"[[{name}]]" if isinstance(table, list) else f"[{name}]"
        for row in rows:
            lines = [f"{key} = {_value(value)}" for key, value in row.items()]
            blocks.append("\n".join([head, *lines]) + "\n")
    return "\n".join(blocks)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
