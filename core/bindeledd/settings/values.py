"""What an installation is, as one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import MailSettings
from bindeledd.features.staff.domain import LONGEST_ON_CALL
from bindeledd.features.worklist.domain.downtime import Downtime
from bindeledd.foundation.sealing.providers import EnvironmentKeys, FileKeys, KeyProvider
from bindeledd.foundation.texts import HOME, Said, said

ENVIRONMENTS = ("production", "test", "training", "demo")
OPENS = ("ask", "by_code", "always")


@dataclass(frozen=True, kw_only=True)
class RouteSetting:
    """What a message from a source may do: `opens` is ask, by_code or always."""

    source: str
    kinds: tuple[str, ...]
    opens: str
    codes: tuple[str, ...] = ()
    codes_from: str = ""


@dataclass(frozen=True, kw_only=True)
class PluginSetting:
    """What a site says to one plugin, and how much its host may take (seconds a call, megabytes).

    `callback` is the secret part of the address at which a gateway reports; empty: none is open.
    `file` is where `settings` stand. `reads`, `writes`: files and folders that its process may open
    besides what Python needs.
    """

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    callback: str = field(default="", repr=False)
    seconds: int = 20
    memory_mb: int = 256
    file: Path | None = None
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Retention:
    """What the data controller has decided about keeping and archiving. Deletes nothing.

    Years after the closing of a follow-up, and of the log; 0 and empty are "not decided".
    """

    cases_years: int = 0
    log_years: int = 0
    archive: str = ""
    basis: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys that nobody has decided about."""
        said = ("cases_years", "log_years", "archive", "basis")
        return tuple(key for key in said if not getattr(self, key))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What this installation is. `file` is where it was read from, None for defaults only."""

    home: Path
    file: Path | None
    environment: str
    database_url: str = field(repr=False)
    key_provider: str
    key_folder: Path
    key_variable: str
    language: str = HOME
    plugins: tuple[str, ...] = ()
    plugins_lock: Path | None = None
    plugin_settings: tuple[PluginSetting, ...] = ()
    pathways: tuple[Path, ...] = ()
    bind: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    web_workers: int = 2
    session_idle: timedelta = timedelta(minutes=30)
    session_longest: timedelta = timedelta(hours=10)
    intake_folder: Path | None = None
    standards: Path | None = None
    allow_test_messages: bool = False
    routes: tuple[RouteSetting, ...] = ()
    mail: MailSettings | None = None
    ping_url: str = ""
    metrics_token: str = field(default="", repr=False)
    on_call_longest: timedelta = LONGEST_ON_CALL
    alerts: Rules = field(default_factory=Rules)
    reports_least: int = 5
    reports_waits: Mapping[str, int] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    downtime: Downtime = field(default_factory=Downtime)

    def of_plugin(self, name: str) -> PluginSetting:
        """What the site says to a plugin; the defaults where it says nothing."""
        found = (one for one in self.plugin_settings if one.name == name)
        return next(found, PluginSetting(name=name))

    def place(self, name: str) -> Said:
        """Where a setting stands, for whoever has to mend it: `settings.toml [web] port`."""
        return said(
            "settings.words.place", file=self.file or said("settings.words.settings"), name=name
        )

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def secure(self) -> bool:
        """Cookies are Secure: behind TLS, and always in production."""
        return self.is_production or self.public_url.startswith("https:")

    def keys(self) -> KeyProvider:
        """Where tenants' keys live."""
        if self.key_provider == "environment":
            return EnvironmentKeys(self.key_variable)
        return FileKeys(self.key_folder)
