"""`bindeledd plugins new`: a complete pack that passes its own tests before a word is changed."""

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from packaging.version import Version

import bindeledd
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.hooks import API
from bindeledd.plugin.schemas import FOLDER
from bindeledd.plugin.schemas import written as schemas

LEVELS = ("region", "trust", "municipality", "unit")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 30
# Where each file of the pattern goes; `$package` and `$name` are those of the pack.
_ALWAYS = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "CHANGELOG.md.txt": "CHANGELOG.md",
    "layer.toml.txt": "src/$package/pathways/$name.toml",
}
_DATA = {"data.py.txt": "src/$package/__init__.py"}
_PYTHON = {
    "python.py.txt": "src/$package/__init__.py",
    "channel.py.txt": "src/$package/channel.py",
    "inside.py.txt": "src/$package/inside.py",
}


def make(name: str, *, at: Path, level: str = "municipality", python: bool = False) -> Path:
    """A new folder `bindeledd-NAME` in `at`; gives it. Nothing that is there is written over.

    Raises `Misconfigured` for a name that no pack can have, and for a folder that is taken.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise Misconfigured(
            "plugin.no_name",
            where="plugins new NAME",
            name=name,
        )
    folder = at / f"bindeledd-{name}"
    if folder.exists():
        raise Misconfigured("plugin.folder_there", where=str(folder))
    for place, text in _files(name, level, python).items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def _files(name: str, level: str, python: bool) -> dict[str, str]:
    """Every file of the pack by its place."""
    core = Version(bindeledd.__version__)
    package = f"bindeledd_{name.replace('-', '_')}"
    words = {
        "name": name,
        "package": package,
        "distribution": f"bindeledd-{name}",
        "plugin": "" if python else ":plugin",
        "level": f'"{level}"',
        "core": f"{core.major}.{core.minor}",
        "next": f"{core.major}.{core.minor + 1}",
        "api": str(API),
        "pytest": "\n\nimport pytest" if python else "",
        "numbers": ", numbers" if python else "",
    }
    pattern = files("bindeledd.plugin.pattern")

    def written(part: str) -> str:
        return Template((pattern / part).read_text(encoding="utf-8")).substitute(words)

    places = {**_ALWAYS, **(_PYTHON if python else _DATA)}
    made = {Template(place).substitute(words): written(part) for part, place in places.items()}
    tests = written("test_data.py.txt") + (written("test_python.py.txt") if python else "")
    made[f"tests/test_{package.removeprefix('bindeledd_')}.py"] = tests
    made[f"src/{package}/pathways/__init__.py"] = f'"""What {name} puts on top of a routine."""\n'
    made[f"src/{package}/py.typed"] = ""
    made |= {f"{FOLDER}/{file}": text for file, text in schemas()}
    return made
