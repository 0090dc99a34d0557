"""Reading the settings: the site's file, then the environment, each value by its own rule."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bindeledd.features.reminders.domain import Rules
from bindeledd.features.reminders.domain.channels import MailSettings
from bindeledd.features.reminders.domain.hygiene import Hygiene
from bindeledd.foundation.db import is_address
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.homes import file_of, home_of
from bindeledd.foundation.texts import LANGUAGES, said
from bindeledd.settings.checking import Checked, Tables, WrongValue, defaults, not_toml, read_whole
from bindeledd.settings.downtime import read_downtime
from bindeledd.settings.plugins import PluginReader
from bindeledd.settings.values import ENVIRONMENTS, OPENS, Retention, RouteSetting, Settings


def read_settings(
    environ: Mapping[str, str] | None = None,
    *,
    tables: Tables | None = None,
    told: tuple[str, str] | None = None,
) -> Settings:
    """The settings of this machine. `tables` stand in place of the file (demo, setup).

    `told`: the name and text of the file that the tables came from, where it is another.
    Raises `Misconfigured` for an unknown key, a wrong value, or a named file that is missing; for
    every one that is wrong in `tables`.
    """
    environ = os.environ if environ is None else environ
    file = file_of(environ)
    if tables is not None:
        bare = _Reader(file=None, source="", own=tables, environ=environ, base=file.parent)
        return read_whole(replace(bare, told=told), _Reader.read)
    if not file.exists():
        if environ.get("BINDELEDD_SETTINGS"):
            raise Misconfigured("settings.no_file", where=str(file))
        return _Reader(file=None, source="", own={}, environ=environ).read()
    text = file.read_text(encoding="utf-8")
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise not_toml(file, wrong) from None
    return _Reader(file=file, source=text, own=own, environ=environ).read()


_WAIT = (timedelta(seconds=1), timedelta(days=7), said("settings.words.second_to_week"))
_ON_CALL = (timedelta(days=1), timedelta(days=60), said("settings.words.day_to_months"))


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
            language=self.one_of("site", "language", tuple(LANGUAGES)),
            plugins=self.texts("site", "plugins"),
            plugins_lock=self.path("site", "plugins_lock"),
            plugin_settings=PluginReader(self).read(),
            pathways=self._pathways(),
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
            on_call_longest=self.length("duty", "on_call_longest", _ON_CALL, example="P14D"),
            alerts=self._alerts(),
            reports_least=self.number("reports", "least", 1, 100),
            reports_waits=dict(self._wait_of(one) for one in self.texts("reports", "waits")),
            retention=self._retention(),
            downtime=read_downtime(self),
        )

    def _database(self, home: Path) -> str:
        named = self.environ.get("BINDELEDD_DATABASE_URL")
        url = named or self.text("database", "url")
        if not url:
            return f"sqlite:///{home / 'bindeledd.db'}"
        kinds = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
        if not (url.startswith(kinds) and is_address(url)):
            where = "BINDELEDD_DATABASE_URL" if named else self.place("database", "url")
            raise WrongValue("settings.no_database", where=where).of("database", "url")
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
                self.wrong("web", "bind", "settings.no_bind", text=text)
        return text

    def _public_url(self, environment: str) -> str:
        url = self.text("web", "public_url").rstrip("/")
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.netloc):
            self.wrong("web", "public_url", "settings.no_url", url=url)
        if environment == "production" and parts.scheme == "http":
            self.wrong("web", "public_url", "settings.no_tls")
        return url

    def _pathways(self) -> tuple[Path, ...]:
        found = tuple(self.beside(one) for one in self.texts("site", "pathways"))
        for one in found:
            if not one.exists():
                self.wrong("site", "pathways", "settings.no_routines", folder=one)
        return found

    def _standards(self) -> Path | None:
        named = self.environ.get("BINDELEDD_STANDARDS")
        found = Path(named).expanduser() if named else self.path("intake", "standards")
        if found is not None and not found.is_dir():
            where = "BINDELEDD_STANDARDS" if named else self.place("intake", "standards")
            raise Misconfigured(
                "settings.no_folder",
                where=where,
            )
        return found

    def _allow_test(self, environment: str) -> bool:
        """Whether messages with Status=TEST are taken; never in production."""
        value = self.value("intake", "allow_test")
        if not isinstance(value, bool):
            self.wrong("intake", "allow_test", "settings.no_flag", value=value)
        own = "allow_test" in self.own.get("intake", {})
        if value and own and environment == "production":
            self.wrong("intake", "allow_test", "settings.test_in_production")
        return value and environment != "production"

    def _routes(self) -> tuple[RouteSetting, ...]:
        rows: list[Tables] = self.own.get("route") or defaults()["route"]
        return tuple(self._route(row) for row in rows)

    def _route(self, row: Tables) -> RouteSetting:
        for key, kind in (("source", str), ("kinds", list), ("opens", str), ("codes", list)):
            if key in row and not isinstance(row[key], kind):
                self.wrong("route", key, "settings.unfit", value=row[key])
        opens, codes = str(row.get("opens", "ask")), tuple(map(str, row.get("codes") or ()))
        if opens not in OPENS:
            self.wrong("route", "opens", "settings.no_opens", opens=opens, known=", ".join(OPENS))
        if opens == "by_code" and not codes:
            self.wrong("route", "codes", "settings.no_codes")
        if codes and not row.get("codes_from"):
            self.wrong("route", "codes_from", "settings.no_source")
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
            self.wrong("mail", "host", "settings.demo_mails")
        if "@" not in sender:
            self.wrong(
                "mail",
                "sender",
                "settings.no_sender",
                sender=sender,
            )
        user = self.text("mail", "user")
        variable = self.text("mail", "password_from")
        password = self.environ.get(variable) if user else None
        if user and not password:
            raise Misconfigured(
                "settings.no_password",
                where=variable,
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
            self.wrong("outside", "ping", "settings.demo_calls")
        if url and urlsplit(url).scheme not in ("http", "https"):
            self.wrong("outside", "ping", "settings.no_url", url=url)
        return url

    def _metrics_token(self) -> str:
        variable = self.text("outside", "metrics_token_from")
        token = self.environ.get(variable, "") if variable else ""
        if variable and len(token) < 16:
            raise Misconfigured(
                "settings.no_metrics_token",
                where=variable,
            )
        return token

    def _wait_of(self, text: str) -> tuple[str, int]:
        team, _, days = text.rpartition("=")
        if not team.strip() or not days.strip().isdigit() or not 1 <= int(days) <= 365:
            self.wrong("reports", "waits", "settings.no_goal", text=text)
        return team.strip(), int(days)

    def _retention(self) -> Retention:
        """What was decided about keeping; said, never acted upon."""
        return Retention(
            cases_years=self.number("retention", "cases_years", 0, 200),
            log_years=self.number("retention", "log_years", 0, 200),
            archive=self.text("retention", "archive"),
            basis=self.text("retention", "basis"),
        )

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
            hygiene=self._hygiene(),
        )

    def _hygiene(self) -> Hygiene:
        """How often and when people are interrupted."""
        begins, ends = self._wall("quiet_from"), self._wall("quiet_until")
        if (begins is None) is not (ends is None) or (begins is not None and begins == ends):
            self.wrong("alerts", "quiet_from", "settings.half_quiet")  # fmt: skip
        return Hygiene(
            budget=self.number("alerts", "budget", 0, 1000),
            quiet=None if begins is None or ends is None else (begins, ends),
            digest_at=self._wall("digest_at"),
            ways=self.texts("alerts", "ways"),
            next_way_after=self._wait("next_way_after", self.text("alerts", "next_way_after")),
            least_apart=self._wait("least_apart", self.text("alerts", "least_apart")),
            zone=str(defaults()["calendar"]["zone"]),
        )

    def _wall(self, key: str) -> time | None:
        """A time on the wall, or None where it is left empty."""
        text = self.text("alerts", key)
        if not text:
            return None
        try:
            return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time on the wall)
        except ValueError:
            self.wrong("alerts", key, "settings.no_time", text=text)

    def _wait(self, key: str, text: str) -> timedelta:
        return self.length("alerts", key, _WAIT, example="PT10M", text=text)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
