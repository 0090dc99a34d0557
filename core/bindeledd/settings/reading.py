"""Reading the settings: the site's file, then the environment, each value by its own rule."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bindeledd.features.reminders.domain import MailSettings, Rules
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.periods import Period, PeriodError
from bindeledd.settings.checking import Checked, Tables, defaults
from bindeledd.settings.values import ENVIRONMENTS, OPENS, RouteSetting, Settings


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


def read_settings(
    environ: Mapping[str, str] | None = None, *, tables: Tables | None = None
) -> Settings:
    """The settings of this machine. `tables` stand in place of the file (demo, setup).

    Raises `Misconfigured` for an unknown key, a wrong value, or a named file that is missing.
    """
    environ = os.environ if environ is None else environ
    file = file_of(environ)
    if tables is not None:
        return _Reader(file=None, source="", own=tables, environ=environ).read()
    if not file.exists():
        if environ.get("BINDELEDD_SETTINGS"):
            raise Misconfigured(
                "the file is not there", where=str(file), do="run `bindeledd setup`"
            )
        return _Reader(file=None, source="", own={}, environ=environ).read()
    text = file.read_text(encoding="utf-8")
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Misconfigured(f"not TOML: {wrong}", where=str(file), do="correct that line") from None
    return _Reader(file=file, source=text, own=own, environ=environ).read()


@dataclass(frozen=True)
class _Reader(Checked):
    """Each value of `Settings`, in the order in which it stands there."""

    def read(self) -> Settings:
        self.only_known()
        home = home_of(self.environ)
        environment = self.one_of("site", "environment", ("", *ENVIRONMENTS))
        port = self.number("web", "port", 0, 65535)
        return Settings(
            home=home,
            file=self.file,
            environment=environment,
            database_url=self._database(home),
            key_provider=self._provider(),
            key_folder=self.path("keys", "folder") or home / "keys",
            key_variable=self.text("keys", "variable"),
            plugins=self.texts("site", "plugins"),
            pathways=tuple(Path(one).expanduser() for one in self.texts("site", "pathways")),
            bind=self._bind(),
            port=self.env_number("BINDELEDD_PORT", port),
            public_url=self._public_url(environment),
            web_workers=self.number("web", "workers", 1, 64),
            session_idle=self.period("session_idle", timedelta(hours=8)),
            session_longest=self.period("session_longest", timedelta(hours=24)),
            intake_folder=self.path("intake", "folder"),
            standards=self._standards(),
            allow_test_messages=self._allow_test(environment),
            routes=self._routes(),
            mail=self._mail(environment),
            ping_url=self._ping(environment),
            metrics_token=self._metrics_token(),
            alerts=self._alerts(),
        )

    def _database(self, home: Path) -> str:
        url = self.environ.get("BINDELEDD_DATABASE_URL") or self.text("database", "url")
        if not url:
            return f"sqlite:///{home / 'bindeledd.db'}"
        if not url.startswith(("sqlite:///", "postgresql:", "postgresql+psycopg:", "postgres:")):
            self.wrong(
                "database",
                "url",
                "a database of this kind is not known",
                'use "sqlite:///FILE" or "postgresql://USER@HOST/NAME"',
            )
        return url.replace("postgres:", "postgresql:", 1) if url.startswith("postgres:") else url

    def _provider(self) -> str:
        if "keys" not in self.own and self.environ.get("BINDELEDD_KEYS"):
            return "environment"
        return self.one_of("keys", "provider", ("file", "environment"))

    def _bind(self) -> str:
        text = self.text("web", "bind")
        if text != "localhost":
            try:
                ip_address(text)
            except ValueError:
                self.wrong("web", "bind", f'"{text}" is not an address', 'use "127.0.0.1"')
        return text

    def _public_url(self, environment: str) -> str:
        url = self.text("web", "public_url").rstrip("/")
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.wrong("web", "public_url", f'"{url}" is not an address', 'use "https://…"')
        if environment == "production" and parts.scheme == "http":
            self.wrong("web", "public_url", "production needs TLS", 'use "https://…"')
        return url

    def _standards(self) -> Path | None:
        named = self.environ.get("BINDELEDD_STANDARDS")
        found = Path(named).expanduser() if named else self.path("intake", "standards")
        if found is not None and not found.is_dir():
            where = "BINDELEDD_STANDARDS" if named else self.place("intake", "standards")
            raise Misconfigured(
                "the folder is not there", where=where, do="name the folder, or leave it empty"
            )
        return found

    def _allow_test(self, environment: str) -> bool:
        """Whether messages with Status=TEST are taken; never in production."""
        value = self.value("intake", "allow_test")
        if not isinstance(value, bool):
            self.wrong("intake", "allow_test", f"{value!r} is not right", "use true or false")
        own = "allow_test" in self.own.get("intake", {})
        if value and own and environment == "production":
            self.wrong("intake", "allow_test", "test messages are refused in production", "false")
        return value and environment != "production"

    def _routes(self) -> tuple[RouteSetting, ...]:
        rows: list[Tables] = self.own.get("route") or defaults()["route"]
        return tuple(self._route(row) for row in rows)

    def _route(self, row: Tables) -> RouteSetting:
        for key, kind in (("source", str), ("kinds", list), ("opens", str), ("codes", list)):
            if key in row and not isinstance(row[key], kind):
                self.wrong("route", key, f"{row[key]!r} is not right", "see config/defaults.toml")
        opens, codes = str(row.get("opens", "ask")), tuple(map(str, row.get("codes") or ()))
        if opens not in OPENS:
            self.wrong("route", "opens", f'"{opens}" is not known', f"use one of {OPENS}")
        if opens == "by_code" and not codes:
            self.wrong("route", "codes", "by_code needs codes", 'for example ["X60-X84"]')
        if codes and not row.get("codes_from"):
            self.wrong("route", "codes_from", "codes need their source", "say where they come from")
        return RouteSetting(
            source=str(row.get("source", "*")),
            kinds=tuple(map(str, row.get("kinds") or ("*",))),
            opens=opens,
            codes=codes,
            codes_from=str(row.get("codes_from", "")),
        )

    def _mail(self, environment: str) -> MailSettings | None:
        host, sender = self.text("mail", "host"), self.text("mail", "sender")
        if not host:
            return None
        if environment == "demo" and not _is_here(host):
            self.wrong("mail", "host", "a demo sends nothing out of the machine", '"127.0.0.1"')
        if "@" not in sender:
            self.wrong("mail", "sender", f'"{sender}" is not an address', '"bindeledd@example.no"')
        user = self.text("mail", "user")
        variable = self.text("mail", "password_from")
        password = self.environ.get(variable) if user else None
        if user and not password:
            raise Misconfigured(
                "the password of the mail server is not set", where=variable, do="set the variable"
            )
        return MailSettings(
            host=host,
            sender=sender,
            port=self.number("mail", "port", 1, 65535),
            security=self.one_of("mail", "security", ("starttls", "tls", "none")),
            user=user or None,
            password=password,
        )

    def _ping(self, environment: str) -> str:
        url = self.text("outside", "ping")
        if url and environment == "demo":
            self.wrong("outside", "ping", "a demo sends nothing out of the machine", '""')
        if url and urlsplit(url).scheme not in ("http", "https"):
            self.wrong("outside", "ping", f'"{url}" is not an address', 'use "https://…"')
        return url

    def _metrics_token(self) -> str:
        variable = self.text("outside", "metrics_token_from")
        token = self.environ.get(variable, "") if variable else ""
        if variable and len(token) < 16:
            raise Misconfigured(
                "the token for /metrics is not set, or shorter than 16 characters",
                where=variable,
                do="set the variable, or leave metrics_token_from empty",
            )
        return token

    def _alerts(self) -> Rules:
        tries = tuple(
            self._wait("back_off", one) for one in self.texts("alerts", "back_off")
        )  # fmt: skip
        return Rules(
            batch=self.number("alerts", "batch", 1, 100_000),
            back_off=tries,
            then_every=self._wait("then_every", self.text("alerts", "then_every")),
            jitter=self.number("alerts", "jitter_percent", 0, 50) / 100,
            give_up_after=self._wait("give_up_after", self.text("alerts", "give_up_after")),
            stuck_after=self._wait("stuck_after", self.text("alerts", "stuck_after")),
        )

    def _wait(self, key: str, text: str) -> timedelta:
        try:
            length = Period.parse(text).length
        except PeriodError as wrong:
            self.wrong("alerts", key, str(wrong), 'for example "PT10M"')
        if not timedelta(seconds=1) <= length <= timedelta(days=7):
            self.wrong("alerts", key, f'"{text}" is not right', "from one second to seven days")
        return length


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
