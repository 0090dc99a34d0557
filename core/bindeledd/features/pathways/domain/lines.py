"""On which line of a TOML file each table and key stands."""

import re
import tomllib

Path = tuple[str | int, ...]

_QUOTED = r"""(?:"(?:\\.|[^"\\])*"|'[^']*')"""
_HEADER = re.compile(rf"""\s*(\[\[?)((?:{_QUOTED}|[^\]"'])+)\]""")
_KEYED = re.compile(rf"\s*([A-Za-z0-9_-]+|{_QUOTED})(?:\.([A-Za-z0-9_-]+|{_QUOTED}))?\s*=")
_PART = re.compile(rf"""{_QUOTED}|[^."'\s]+""")
_CODE = re.compile(rf"""(?:{_QUOTED}|[^#"'])*""")
_QUOTES = re.compile(r"\"{3}|'{3}")
_INLINE = re.compile(r"(?:^|[{,])\s*([A-Za-z0-9_-]+)\s*=")


def lines_of(text: str) -> dict[Path, int]:
    """Which line each table and key stands on, by its path (`step`, 2, `due`)."""
    found: dict[Path, int] = {}
    where: Path = ()
    inside: Path | None = None
    entries: dict[Path, int] = {}
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        was, quoted = quoted, quoted != bool(len(_QUOTES.findall(line)) % 2)
        if was:  # the words of a text over several lines are no keys
            continue
        bare = _uncommented(line)
        header, keyed = _HEADER.match(bare), _KEYED.match(bare)
        if header:
            where, inside = _table_path(header, entries), None
            found[where] = number
        elif keyed and not bare.lstrip().startswith("{"):
            inside = (*where, *(_key(part) for part in keyed.groups() if part))
            found.setdefault(inside, number)
            _inline(found, inside, bare[keyed.end() :], number, entries)
        elif inside is not None:
            _inline(found, inside, bare, number, entries)
    return found


def _uncommented(line: str) -> str:
    """What stands before a comment, or before a text that runs over several lines."""
    found = _CODE.match(line)
    return found[0] if found else ""


def _key(part: str) -> str:
    """A key as the file means it: what is quoted, without its quotes and with its signs."""
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"key = {part}")["key"])
    except tomllib.TOMLDecodeError:
        return part[1:-1]


def _table_path(header: re.Match[str], entries: dict[Path, int]) -> Path:
    """The way to a table from the top; what lies in an entry of a list is of its last entry."""
    path: Path = ()
    for part in _PART.findall(header[2]):
        if path in entries:
            path = (*path, entries[path])
        path = (*path, _key(part))
    if header[1] == "[[":
        entries[path] = entries.get(path, -1) + 1
        return (*path, entries[path])
    return path


def _inline(
    found: dict[Path, int], path: Path, rest: str, number: int, entries: dict[Path, int]
) -> None:
    """Keys of inline tables; in a list each `{` begins the next entry."""
    listed = path in entries or rest.lstrip().startswith("[")
    for piece in rest.split("{")[1:] if listed else [rest]:
        if listed:
            entries[path] = entries.get(path, -1) + 1
        table = (*path, entries[path]) if listed else path
        found.setdefault(table, number)
        for key in _INLINE.findall("{" + piece if listed else piece):
            found.setdefault((*table, key), number)
    if listed:
        entries.setdefault(path, -1)
