"""The words of the interface: `t("worklist.page.title")` is file.table.key, in the reader's language.

A language is a folder of `translations/`, each file read when somebody first asks for a word of it;
what it has not said yet is said in bokmål. A key that is missing there too stops a test and shows itself in production:
a page with one odd word is better than no page.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bindeledd.foundation.errors import Refusal

# The language that is whole first; every other falls back on it, key by key.
HOME = "nb"
# Each by its own name, in the order in which a person may choose.
LANGUAGES: Mapping[str, str] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
# What else one of ours is called: `no` is Norwegian, without saying which.
_ALSO = {"no": "nb"}


def language_named(name: str) -> str | None:
    """Ours, of a language as a browser or a machine names it: `en-GB`, `nb_NO.UTF-8`, `no`."""
    primary = name.replace("_", "-").partition("-")[0].partition(".")[0].strip().lower()
    code = _ALSO.get(primary, primary)
    return code if code in LANGUAGES else None


class MissingText(KeyError):
    """No text stands under this key."""


@dataclass
class Texts:
    """One catalogue, and the one `behind` it that says what this one does not.

    `strict` raises for a missing key instead of showing it.
    """

    strict: bool = True
    language: str = HOME
    behind: "Texts | None" = None
    _words: dict[str, Any] = field(default_factory=dict)
    _found: dict[str, str | Mapping[str, str]] = field(default_factory=dict)
    _refusals: dict[str, str] = field(default_factory=dict)
    _unread: dict[str, list[Traversable]] = field(default_factory=dict)
    _reading: Lock = field(default_factory=Lock)

    def add(self, folder: Traversable) -> None:
        """Every TOML file in `folder`; a later one adds tables to an earlier of its name."""
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".toml"):
                self._unread.setdefault(file.name.removesuffix(".toml"), []).append(file)

    def _read(self, name: str) -> None:
        """The file of this name, unless it was read already."""
        if name not in self._unread:
            return
        with self._reading:
            for file in self._unread.get(name, ()):
                self._take(name, file.read_text(encoding="utf-8"))
            self._unread.pop(name, None)

    def _read_all(self) -> None:
        for name in list(self._unread):
            self._read(name)

    def _take(self, name: str, text: str) -> None:
        tables = tomllib.loads(text)
        self._found.clear()
        self._refusals.update(tables.get("refusals", {}))
        own = self._words.setdefault(name, {})
        for table, words in tables.items():
            if isinstance(words, dict):
                own.setdefault(table, {}).update(words)
            else:
                own[table] = words

    def find(self, key: str) -> str | Mapping[str, str] | None:
        """What stands under `key`: a text, or the forms `one` and `other`."""
        self._read(key.partition(".")[0])
        if key in self._found:
            return self._found[key]
        found: Any = self._words
        rest = key
        while rest:
            if not isinstance(found, dict):
                found = None
                break
            if rest in found:
                found, rest = found[rest], ""
            else:
                head, _, rest = rest.partition(".")
                found = found.get(head)
        if isinstance(found, str | dict):
            self._found[key] = found
            return found
        return None if self.behind is None else self.behind.find(key)

    def text(self, key: str, /, **values: object) -> str:
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
        self._read_all()
        found = self._refusals.get(code)
        if found is None and self.behind is not None:
            return self.behind.refusal(code)
        if found is None:
            if self.strict:
                raise MissingText(f"refusals.{code}")
            return code
        return found

    def codes(self) -> Iterator[str]:
        """Every refusal that has a text of this language's own."""
        self._read_all()
        return iter(self._refusals)


def read_texts(language: str = HOME, *, strict: bool = True, behind: Texts | None = None) -> Texts:
    """The core's own catalogue of one language."""
    made = Texts(strict=strict, language=language, behind=behind)
    made.add(files("bindeledd") / "translations" / language)
    return made


# --- who is spoken to --------------------------------------------------------------------------------


@dataclass
class _Speech:
    """What this process speaks when nobody in particular listens, and what it has read so far."""

    site: str = HOME
    strict: bool = True
    known: dict[str, Texts] = field(default_factory=dict)
    reading: Lock = field(default_factory=Lock)

    def catalogue(self, language: str) -> Texts:
        found = self.known.get(language)
        if found is not None:
            return found
        behind = None if language == HOME else self.catalogue(HOME)
        with self.reading:
            if language not in self.known:
                made = read_texts(language, strict=self.strict, behind=behind)
                self.known[language] = made
            return self.known[language]


_speech = _Speech()
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def set_site_language(code: str) -> None:
    """The language of this installation: of whoever has chosen none, and of what leaves it."""
    if code not in LANGUAGES:
        raise ValueError(code)
    _speech.site = code


def site_language() -> str:
    return _speech.site


def language() -> str:
    """The language that is spoken just now: of the one who asked, else of the site."""
    return _spoken.get() or _speech.site


def speak(code: str | None) -> None:
    """From here on, in this request: this language; None, or one that is unknown: the site's."""
    _spoken.set(code if code in LANGUAGES else None)


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Inside: this language; None, or one that is unknown: the site's."""
    before = _spoken.set(code if code in LANGUAGES else None)
    try:
        yield
    finally:
        _spoken.reset(before)


def be_strict(strict: bool) -> None:
    """Whether a key without a text raises (tests) or shows itself (production)."""
    _speech.strict = strict
    for one in _speech.known.values():
        one.strict = strict


# --- words -------------------------------------------------------------------------------------------


def texts() -> Texts:
    """The catalogue of the language that is spoken just now."""
    return _speech.catalogue(language())


def t(key: str, /, **values: object) -> str:
    """The words under `key` (file.table.key)."""
    return texts().text(key, **values)


def said_of(words: Mapping[str, str], otherwise: str = "") -> str:
    """What TOML says of itself, `{nb = "…", en = "…"}`, in the language that is spoken just now."""
    return words.get(language()) or words.get(HOME) or otherwise


def refusal_text(code: str) -> str:
    """The words for a refusal."""
    return texts().refusal(code)


def refusal_said(refused: "Refusal") -> str:
    """The words for a refusal, and what it is about: ids, keys, states and dates."""
    return about_said(refusal_text(refused.code), refused.facts)


def about_said(words: str, about: Mapping[str, object]) -> str:
    """The words, and after them what they are about: `… (kolonne 5, «Stilling»)`."""
    named = ", ".join(_about(name, value) for name, value in about.items())
    return f"{words} ({named})" if named else words


def _about(name: str, value: object) -> str:
    """`kolonne 5`: a fact by its word, where it says nothing without one; a moment as people write it."""
    from bindeledd.foundation.spelling import written

    value = written(value) if isinstance(value, datetime) else value
    found = texts().find(f"web.about.{name}")
    return found.format(**{name: value}) if isinstance(found, str) else str(value)


# --- words that are said later -----------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """Words that are chosen now and said when somebody reads them, in the language of that one."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return t(self.key, **self.values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def said(key: str, /, **values: object) -> Said:
    """The words under `key`, to be said later; a value may be words itself."""
    return Said(key, values)


@dataclass(frozen=True)
class Fault:
    """What is wrong with something that a person wrote or set up, and what would be right.

    `code` is stable: `settings.no_port` is `no_port` under `[faults]` in `settings.toml`, with
    `what` and `do`. Knows no language: it is worded when somebody reads it.
    """

    code: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def what(self) -> str:
        return self._said("what")

    @property
    def do(self) -> str:
        return self._said("do")

    def _said(self, part: str) -> str:
        file, _, name = self.code.partition(".")
        return t(f"{file}.faults.{name}.{part}", **self.values)
