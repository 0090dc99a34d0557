"""The words of a pack: none that are not said here, and each of them in English too."""

import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bindeledd.features.pathways.domain.lines import Path as Way
from bindeledd.features.pathways.domain.lines import lines_of
from bindeledd.features.pathways.domain.opening import Unsound, text_of, toml_of
from bindeledd.foundation.texts import HOME
from bindeledd.foundation.texts import Fault as Said
from bindeledd.foundation.wording import unused_below
from bindeledd.plugin.asking import Plugin
from bindeledd.plugin.showing import MEND

# The language that is whole beside bokmål; what is not said in nynorsk is said in bokmål.
BESIDE = "en"
# A folder for each language: what is not in one of them is seen there.
_CATALOGUES = "translations"
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def wrong_words(plugin: Plugin) -> Iterator[dict[str, str]]:
    """Words that are not used, and words that are not there in English, with file and line."""
    module = Path(plugin.file)
    whole = module.parent if module.name == "__init__.py" else module
    for file, found in unused_below(whole):
        said = Said("plugin.unused_word", {"said": found.said, "instead": found.instead})
        yield _told(f"{plugin.distribution}:{file}:{found.line}", said)
    if whole.is_dir():
        for file, line, key in untranslated_below(whole):
            said = Said("plugin.no_english", {"key": key, "code": BESIDE})
            yield _told(f"{plugin.distribution}:{file}:{line}", said)


def _told(where: str, said: Said) -> dict[str, str]:
    return {"where": where, "what": said.what, "do": said.do, "then": MEND}


def untranslated_below(folder: Traversable, name: str = "") -> Iterator[tuple[str, int, str]]:
    """Each text of a pack's TOML files that is there in Norwegian only: file, line and key."""
    for inner in sorted(folder.iterdir(), key=lambda one: one.name):
        place = f"{name}/{inner.name}" if name else inner.name
        if inner.is_dir() and inner.name != _CATALOGUES:
            yield from untranslated_below(inner, place)
        elif inner.name.endswith(".toml"):
            yield from ((place, line, key) for line, key in _untranslated(inner))


def _untranslated(file: Traversable) -> Iterator[tuple[int, str]]:
    try:
        text = text_of(file)
        content = toml_of(text)
    except Unsound:  # told already, by whoever reads it
        return
    lines = lines_of(text)
    for way in _without(content, ()):
        known = next((way[:end] for end in range(len(way), 0, -1) if way[:end] in lines), ())
        yield lines.get(known, 1), ".".join(str(part) for part in way)


def _without(value: Any, way: Way) -> Iterator[Way]:
    if isinstance(value, dict):
        said = all(isinstance(one, str) for one in value.values())
        if said and HOME in value and all(map(_LANGUAGE.fullmatch, value)) and BESIDE not in value:
            yield way
        for key, inner in value.items():
            yield from _without(inner, (*way, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _without(inner, (*way, number))
