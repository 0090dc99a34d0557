"""`bindeledd plugins new`: a complete pack that passes its own tests before a word is changed."""

import re
from dataclasses import dataclass
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
_UNIT = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
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
_LADDERS = {"ladders.toml.txt": "src/$package/ladders.toml"}
_APPLIES = """\
# [applies_to]
# units = ["acute_ward"]            # kinds or keys of units; without it: every unit
# organisations = ["my-trust"]      # keys of organisations
"""
_LADDER_HOOK = """

@hookimpl
def rungs() -> Iterator[Ladder]:
    yield from DataPack(__name__).rungs()
"""


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a new pack is to hold, by the names that its author gives; empty: an example, or none.

    `unit` is a kind or a key of units. The keys come without the name of the pack.
    """

    unit: str = ""
    step: str = ""
    gate: str = ""
    ladder: str = ""
    letter: str = ""


def make(
    name: str,
    *,
    at: Path,
    level: str = "municipality",
    python: bool = False,
    named: Named | None = None,
) -> Path:
    """A new folder `bindeledd-NAME` in `at`; gives it. Nothing that is there is written over.

    Raises `Misconfigured` for a name that no pack, step, gate, ladder, letter or unit can have, and
    for a folder that is taken.
    """
    named = named or Named()
    _insist_names(name, named)
    folder = at / f"bindeledd-{name}"
    if folder.exists():
        raise Misconfigured("plugin.folder_there", where=str(folder))
    for place, text in _files(name, level, python, named).items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def _insist_names(name: str, named: Named) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise Misconfigured("plugin.no_name", where="plugins new NAME", name=name)
    for option, said in vars(named).items():
        form = _UNIT if option == "unit" else _NAME
        if said and (not form.fullmatch(said) or len(said) > _LONGEST):
            where = f"plugins new --{option}"
            raise Misconfigured("plugin.no_name_within", where=where, name=said)
    if named.step and named.step in (named.gate, named.letter):
        raise Misconfigured("plugin.part_twice", where="plugins new --step", name=named.step)
    if named.letter and named.letter == named.gate:
        raise Misconfigured("plugin.part_twice", where="plugins new --letter", name=named.letter)


def _files(name: str, level: str, python: bool, named: Named) -> dict[str, str]:
    """Every file of the pack by its place."""
    words = _words(name, level, python=python) | _rules(name, named)
    package = words["package"]
    pattern = files("bindeledd.plugin.pattern")

    def written(part: str) -> str:
        return Template((pattern / part).read_text(encoding="utf-8")).substitute(words)

    words["gate"] = written("gate.toml.txt" if named.gate else "no_gate.toml.txt")
    words["title"] = "" if named.step else written("title.toml.txt")
    words["letter"] = written("letter.toml.txt") if named.letter else ""
    places = {**_ALWAYS, **(_PYTHON if python else _DATA), **(_LADDERS if named.ladder else {})}
    made = {Template(place).substitute(words): written(part) for part, place in places.items()}
    tests = written("test_data.py.txt") + (written("test_python.py.txt") if python else "")
    made[f"tests/test_{package.removeprefix('bindeledd_')}.py"] = tests
    made[f"src/{package}/pathways/__init__.py"] = f'"""What {name} puts on top of a routine."""\n'
    made[f"src/{package}/py.typed"] = ""
    made |= {f"{FOLDER}/{file}": text for file, text in schemas()}
    return made


def _words(name: str, level: str, *, python: bool) -> dict[str, str]:
    core = Version(bindeledd.__version__)
    return {
        "name": name,
        "package": f"bindeledd_{name.replace('-', '_')}",
        "distribution": f"bindeledd-{name}",
        "plugin": "" if python else ":plugin",
        "level": f'"{level}"',
        "core": f"{core.major}.{core.minor}",
        "next": f"{core.major}.{core.minor + 1}",
        "api": str(API),
        "pytest": "\n\nimport pytest\n\nfrom bindeledd.plugin.testing import numbers"
        if python
        else "",
    }


def _rules(name: str, named: Named) -> dict[str, str]:
    """What the layer's patterns are filled with."""
    step, letter = named.step or "second-call", named.letter
    return {
        "applies": f'[applies_to]\nunits = ["{named.unit}"]\n' if named.unit else _APPLIES,
        "unit_kind": f', unit_kind="{named.unit}"' if named.unit else "",
        "step": step,
        "task": _kind(name, step) if named.step else "call_patient",
        "kind": _declared(_kind(name, step), _shown(step)) if named.step else "",
        "ladder": f"{name}.{named.ladder}" if named.ladder else "standard",
        "ladder_import": "    Ladder,\n" if named.ladder else "",
        "ladder_hook": _LADDER_HOOK if named.ladder else "",
        "gate_key": named.gate,
        "gate_words": _shown(named.gate),
        "letter_key": letter,
        "letter_task": _kind(name, letter),
        "letter_words": _shown(letter),
    }


def _kind(name: str, key: str) -> str:
    """A kind of task of the pack's own: its name before it, so that no other pack has it."""
    return f"{name}-{key}".replace("-", "_")


def _shown(key: str) -> str:
    return key.replace("-", " ").capitalize()


def _declared(kind: str, words: str) -> str:
    remark = "# the words that stand in people's lists"
    return f'[task.{kind}]\ntitle = {{ nb = "{words}", en = "{words}" }}    {remark}\n\n'
