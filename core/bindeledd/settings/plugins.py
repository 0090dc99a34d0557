"""What a site says to its plugins: `[[plugin]]`, each with a file of its own and its secrets."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bindeledd.settings.checking import Checked, Tables, defaults, not_toml
from bindeledd.settings.values import PluginSetting

_CALLBACK = 24
_MOST = {"seconds": (1, 60), "memory_mb": (64, 4096)}


@dataclass(frozen=True)
class PluginReader:
    """Reads each `[[plugin]]`; whatever is wrong is said with its place."""

    checked: Checked

    def read(self) -> tuple[PluginSetting, ...]:
        rows: list[Tables] = self.checked.own.get("plugin", [])
        named = self.checked.texts("site", "plugins")
        found = tuple(self._one(defaults()["plugin"][0] | row) for row in rows)
        for one in found:
            if one.name not in named:
                self._wrong("name", "settings.plugin_off", name=one.name)
            if [other.name for other in found].count(one.name) > 1:
                self._wrong("name", "settings.plugin_twice", name=one.name)
        return found

    def _one(self, row: Tables) -> PluginSetting:
        for key, default in defaults()["plugin"][0].items():
            if type(row[key]) is not type(default):
                self._wrong(key, "settings.unfit", value=row[key])
        for key, (least, most) in _MOST.items():
            if not least <= row[key] <= most:
                self._wrong(key, "settings.outside", least=least, most=most, value=row[key])
        callback = self._secret("callback", row["callback"]) if row["callback"] else ""
        if callback and (len(callback) < _CALLBACK or not _plain(callback)):
            self._wrong("callback", "settings.callback_unfit", least=_CALLBACK)
        return PluginSetting(
            name=row["name"],
            settings=self._file(row["settings"]) if row["settings"] else {},
            secrets=dict(self._secrets(row["secrets"])),
            callback=callback,
            seconds=row["seconds"],
            memory_mb=row["memory_mb"],
            file=self.checked.beside(row["settings"]) if row["settings"] else None,
            reads=tuple(self._places("reads", row["reads"])),
            writes=tuple(self._places("writes", row["writes"])),
        )

    def _places(self, key: str, told: list[object]) -> Iterator[Path]:
        for one in told:
            if not isinstance(one, str) or not Path(one).is_absolute() or not Path(one).exists():
                self._wrong(key, "settings.no_place", value=one)
            yield Path(one)

    def _file(self, name: str) -> dict[str, Any]:
        path = self.checked.beside(name)
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._wrong("settings", "settings.no_plugin_file", path=path)
        except (OSError, UnicodeDecodeError):
            self._wrong("settings", "settings.file_closed", path=path)
        except tomllib.TOMLDecodeError as wrong:
            raise not_toml(path, wrong) from None

    def _secrets(self, told: Tables) -> Iterator[tuple[str, str]]:
        for name, where in told.items():
            yield name, self._secret(f"secrets.{name}", where)

    def _secret(self, key: str, where: object) -> str:
        """The secret that stands where it is said; the place may be told, the secret never."""
        kind, _, place = str(where).partition(":")
        if kind == "env" and place:
            found = self.checked.environ.get(place, "")
        elif kind == "file" and place:
            found = self._text_of(key, Path(place).expanduser())
        else:
            self._wrong(key, "settings.secret_here")
        if not found:
            self._wrong(key, "settings.secret_empty", place=place)
        return found

    def _text_of(self, key: str, path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            self._wrong(key, "settings.secret_closed", path=path)

    def _wrong(self, key: str, code: str, /, **values: object) -> NoReturn:
        self.checked.wrong("plugin", key, code, **values)


def _plain(text: str) -> bool:
    return text.isascii() and text.replace("-", "").replace("_", "").isalnum()
