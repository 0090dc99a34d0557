"""What lies beside a pack and says nothing: a misspelt file name, and files of an older build."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from bindeledd.foundation.texts import Fault, Said, said
from bindeledd.plugin.asking import Plugin
from bindeledd.plugin.showing import MEND

_READ = (
    "calendars.toml",
    "contacts.toml",
    "fields.toml",
    "ladders.toml",
    "rows.toml",
    "units.toml",
)
_ROUTINES = "pathways"
_CATALOGUES = "translations"


def unread(plugin: Plugin) -> Iterator[dict[str, str]]:
    """Each TOML file of the pack that is read by nobody, with the name that was meant.

    One that Python of the pack names is its own affair.
    """
    module = Path(plugin.file)
    if module.name != "__init__.py":
        return
    root = module.parent
    named = "".join(file.read_text("utf-8", "replace") for file in sorted(root.rglob("*.py")))
    for file in sorted(root.rglob("*")):
        inner = file.relative_to(root)
        if file.suffix.lower() != ".toml" or inner.parts[0] == _CATALOGUES or _is_read(inner):
            continue
        if file.name not in named:
            values = {"name": inner.as_posix(), "meant": _meant(file, inner)}
            fault = Fault("plugin.read_by_nobody", values)
            yield _told(f"{plugin.distribution}:{inner.as_posix()}:1", fault)


def _is_read(inner: Path) -> bool:
    if inner.parts[0] == _ROUTINES:
        return len(inner.parts) == 2 and inner.suffix == ".toml"
    return str(inner) in _READ


def _meant(file: Path, inner: Path) -> Said | str:
    """The name that somebody meant: one that is nearly it, or its place among the routines."""
    near = get_close_matches(file.name.lower(), _READ, n=1)
    routine = f"{_ROUTINES}/{file.name.lower()}"
    if _ROUTINES in inner.parts or _is_routine(file):
        return said("plugin.words.if_meant", name=routine)
    return said("plugin.words.if_meant", name=near[0]) if near else ""


def _is_routine(file: Path) -> bool:
    lines = file.read_text("utf-8", "replace").splitlines()
    return any(line.partition("=")[0].strip() == "extends" for line in lines)


def left_of_a_build(folder: Path) -> Iterator[Mapping[str, str]]:
    """Each file that lies in `build/` of an older build and not in `src`: the next wheel has it."""
    source = folder / "src"
    for built in sorted((folder / "build").glob("lib*")):
        for file in sorted(built.rglob("*")):
            inner = file.relative_to(built)
            if file.is_file() and source.is_dir() and not (source / inner).exists():
                where = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                yield _told(where, Fault("plugin.left_of_a_build", {"folder": folder / "build"}))


def _told(where: str, fault: Fault) -> dict[str, str]:
    return {"where": where, "what": fault.what, "do": fault.do, "then": MEND}
