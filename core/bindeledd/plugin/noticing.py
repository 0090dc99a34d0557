"""What lies beside a pack and says nothing: a misspelt file name, and files of an older build."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import metadata, util
from pathlib import Path

from bindeledd.foundation.texts import Fault, Said, said
from bindeledd.plugin.asking import distribution_of
from bindeledd.plugin.loading import GROUP
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
# `.toml` in whatever letters, misspelt, or with something after it.
_ENDING = re.compile(r"\.(toml.*|[toml]{3,5})$", re.IGNORECASE)


def unread_of(point: metadata.EntryPoint) -> list[dict[str, str]]:
    """Each file of the pack that was meant to be read and is read by nobody, with the name that was
    meant, and each that is read and says nothing. One that Python of the pack names is its own affair.

    Imports nothing: what it does not read may be why a pack cannot be loaded.
    """
    try:
        found = util.find_spec(point.module.partition(".")[0])
    except (ImportError, ValueError):
        return []
    if found is None or found.origin is None or Path(found.origin).name != "__init__.py":
        return []
    root = Path(found.origin).parent
    inner = Path(*point.module.split(".")[1:])
    return list(_unread(root / inner, distribution_of(point)))


def outside(folder: Path) -> Iterator[dict[str, str]]:
    """Each file of a pack that lies beside its `pyproject.toml`, where nobody reads it, with its
    place in the package."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    (target,) = project["entry-points"][GROUP].values()
    source = folder / "src" if (folder / "src").is_dir() else folder
    package = source.joinpath(*target.partition(":")[0].strip().split("."))
    if not package.is_dir() or package == folder:
        return
    for place in (folder, folder / _ROUTINES):
        for file in sorted(place.glob("*")):
            name = _belongs(file)
            if name:
                right = (package / name).relative_to(folder).as_posix()
                where = f"{project['name']}:{file.relative_to(folder).as_posix()}:1"
                about = {"name": file.relative_to(folder).as_posix(), "right": right}
                yield _told(where, Fault("plugin.lies_outside", about))


def _belongs(file: Path) -> str:
    """What the file is in a package; empty where it is none of the files that are read there."""
    if file.suffix.lower() != ".toml" or not file.is_file() or file.name == "pyproject.toml":
        return ""
    if file.parent.name == _ROUTINES or _is_routine(file):
        return f"{_ROUTINES}/{file.name}"
    return next(iter(get_close_matches(file.name.lower(), _READ, n=1, cutoff=0.85)), "")


def unread_in(folder: Path) -> Iterator[dict[str, str]]:
    """The same of the folder of a pack: its wheel may have none of them."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    for module in sorted((folder / "src").glob("*/__init__.py")):
        yield from _unread(module.parent, str(project["name"]))


def _unread(root: Path, distribution: str) -> Iterator[dict[str, str]]:
    named = "".join(file.read_text("utf-8", "replace") for file in sorted(root.rglob("*.py")))
    for file in sorted(root.rglob("*")):
        inner = file.relative_to(root)
        if not file.is_file() or inner.parts[0] == _CATALOGUES:
            continue
        if _is_read(inner):
            if _is_empty(file):
                yield _told(
                    f"{distribution}:{inner.as_posix()}:1", Fault("plugin.says_nothing", {})
                )
            continue
        if _was_meant(file, inner) and file.name not in named:
            values = {"name": inner.as_posix(), "meant": _meant(file, inner)}
            fault = Fault("plugin.read_by_nobody", values)
            yield _told(f"{distribution}:{inner.as_posix()}:1", fault)


def _is_read(inner: Path) -> bool:
    if inner.parts[0] == _ROUTINES:
        return len(inner.parts) == 2 and inner.suffix == ".toml"
    return str(inner) in _READ


def _is_empty(file: Path) -> bool:
    """Whether nothing stands in it, or nothing but comments: somebody meant to say something."""
    lines = file.read_text("utf-8", "replace").splitlines()
    return not any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def _was_meant(file: Path, inner: Path) -> bool:
    """Whether somebody wrote it to be read: by its ending, or by what it says among the routines."""
    if _ENDING.search(file.name):
        return True
    among = inner.parts[0] == _ROUTINES and file.suffix not in (".py", ".pyc")
    return among and _is_routine(file)


def _meant(file: Path, inner: Path) -> Said | str:
    """The name that somebody meant: one that is nearly it, or its place among the routines. None
    where such a file is there already: then this is a copy of it."""
    name = f"{_ENDING.sub('', file.name).lower() if _ENDING.search(file.name) else file.stem}.toml"
    near = get_close_matches(name, _READ, n=1)
    among = _ROUTINES in inner.parts or _is_routine(file)
    meant = f"{_ROUTINES}/{name}" if among else next(iter(near), "")
    place = file.parents[len(inner.parts) - 1] / meant
    copied = place != file and place.exists() and not place.samefile(file)
    return said("plugin.words.if_meant", name=meant) if meant and not copied else ""


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
