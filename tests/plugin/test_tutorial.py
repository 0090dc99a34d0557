"""The tutorial is done as it stands: each file is written, each command run, each answer compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from architecture.tree import ROOT

PAGE = ROOT / "docs" / "tutorial-pack.md"
_BLOCK = re.compile(r"(?:^`([\w./-]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """File (if it is one), language and text of every block, in their order."""
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found[1] or "", found[2], found[3]


def environment(folder: Path) -> dict[str, str]:
    """A fresh one: what `pip` installs lies in a folder of its own, and nothing is fetched."""
    installed = folder / "installed"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BINDELEDD_")}
    return {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")]),
        "PIP_TARGET": str(installed),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": str(installed),
        "HOME": str(folder / "home"),
        "PWD": str(folder),
    }


def run(line: str, folder: Path, said: dict[str, str]) -> str:
    """What a line of the page answers; what it exports holds for the lines after it."""
    command, _, remark = line.partition("#")
    first, *words = shlex.split(command)
    if first == "export":
        said.update(one.replace("$PWD", said["PWD"]).split("=", 1) for one in words)
        return ""
    done = subprocess.run(
        [first, *words],
        cwd=folder,
        env=said,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    wanted = int(remark.rsplit(" ", 1)[-1]) if remark else 0
    assert done.returncode == wanted, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_tutorial_works_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    said: list[str] = []
    shell = environment(tmp_path)
    done = {"sh": 0, "text": 0, "file": 0}
    for file, language, text in blocks():
        done["file" if file else language] += 1
        if file:
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif language == "sh":
            said = [run(line, tmp_path, shell) for line in text.splitlines()]
        else:
            told = " ".join(" ".join(said).split())
            for line in text.splitlines():
                for part in line.split(" · "):
                    assert part in told, f"{part}\n{told}"
    assert done == {"sh": 8, "text": 6, "file": 12}


def test_a_later_version_of_a_layer_keeps_the_letters_of_the_one_before() -> None:
    layers = [tomllib.loads(text) for file, _, text in blocks() if "/pathways/" in file]
    letters: dict[str, set[str]] = {}
    for layer in layers:
        now = set(layer.get("letter", {}))
        assert letters.get(layer["id"], set()) <= now, layer["version"]
        letters[layer["id"]] = now
    assert letters["lillevik.letter"] == {"by-hand"}


def test_it_shows_no_command_that_is_not_tried() -> None:
    text = _BLOCK.sub("", PAGE.read_text(encoding="utf-8"))
    assert "```" not in text


def test_it_is_found_from_where_people_begin() -> None:
    for page in ("README.md", "plugins/README.md", "docs/plugins.md"):
        assert "tutorial-pack.md" in (ROOT / page).read_text(encoding="utf-8"), page
