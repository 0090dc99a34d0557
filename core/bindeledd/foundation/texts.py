"""The words of the interface, in bokmål: `t("worklist.page.title")` is file.table.key.

Every file of `translations/nb/` is read once. A key that is missing stops a test and shows
itself in production: a page with one odd word is better than no page.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from bindeledd.foundation.errors import Refusal


class MissingText(KeyError):
    """No text stands under this key."""


@dataclass
class Texts:
    """The catalogue. `strict` raises for a missing key instead of showing it."""

    strict: bool = True
    _words: dict[str, Any] = field(default_factory=dict)
    _refusals: dict[str, str] = field(default_factory=dict)

    def add(self, folder: Traversable) -> None:
        """Read every TOML file in `folder`; a later one adds tables to an earlier of its name."""
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".toml"):
                self._take(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))

    def _take(self, name: str, text: str) -> None:
        tables = tomllib.loads(text)
        self._refusals.update(tables.get("refusals", {}))
        own = self._words.setdefault(name, {})
        for table, words in tables.items():
            if isinstance(words, dict):
                own.setdefault(table, {}).update(words)
            else:
                own[table] = words

    def find(self, key: str) -> str | Mapping[str, str] | None:
        """What stands under `key`: a text, or the forms `one` and `other`."""
        found: Any = self._words
        rest = key
        while rest:
            if not isinstance(found, dict):
                return None
            if rest in found:
                found, rest = found[rest], ""
            else:
                head, _, rest = rest.partition(".")
                found = found.get(head)
        return found if isinstance(found, str | dict) else None

    def text(self, key: str, **values: object) -> str:
        """The text with its values; with `count`, the form for one or for others."""
        found = self.find(key)
        if isinstance(found, Mapping):
            found = found.get("one" if values.get("count") == 1 else "other")
        if found is None:
            if self.strict:
                raise MissingText(key)
            return key
        return found.format(**values) if values else found

    def refusal(self, code: str) -> str:
        """What a person reads when `code` refuses: what is wrong, what to do."""
        found = self._refusals.get(code)
        if found is None:
            if self.strict:
                raise MissingText(f"refusals.{code}")
            return code
        return found

    def codes(self) -> Iterator[str]:
        """Every refusal that has a text."""
        return iter(self._refusals)


def read_texts(*, strict: bool = True) -> Texts:
    """The core's own catalogue, freshly read."""
    made = Texts(strict=strict)
    made.add(files("bindeledd") / "translations" / "nb")
    return made


_catalogue: list[Texts] = []


def texts() -> Texts:
    """The catalogue of this process."""
    if not _catalogue:
        _catalogue.append(read_texts())
    return _catalogue[0]


def t(key: str, **values: object) -> str:
    """The words under `key` (file.table.key)."""
    return texts().text(key, **values)


def refusal_text(code: str) -> str:
    """The words for a refusal."""
    return texts().refusal(code)


def refusal_said(refused: Refusal) -> str:
    """The words for a refusal, and what it is about: ids, keys, states and dates."""
    about = ", ".join(str(value) for value in refused.facts.values())
    return f"{refusal_text(refused.code)} ({about})" if about else refusal_text(refused.code)
