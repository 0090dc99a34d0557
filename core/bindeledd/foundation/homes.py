"""Where an installation keeps its own: the home folder, and the file of its settings."""

from collections.abc import Mapping
from pathlib import Path


def home_of(environ: Mapping[str, str]) -> Path:
    """The folder of the embedded profile: database, keys, settings, mail sink."""
    named = environ.get("BINDELEDD_HOME")
    if named:
        return Path(named).expanduser().absolute()
    base = environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser().absolute() / "bindeledd"


def file_of(environ: Mapping[str, str]) -> Path:
    """The site's own file: `BINDELEDD_SETTINGS`, or `settings.toml` in the home folder."""
    named = environ.get("BINDELEDD_SETTINGS")
    return Path(named).expanduser().absolute() if named else home_of(environ) / "settings.toml"
