"""The page shell: navigation, banners, dates in words, and what every template may use.

No rules. `install_shell()` is called once by `create_app`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for

from bindeledd.foundation.actors import Actor
from bindeledd.foundation.http.asking import in_place
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.printing import unprinted
from bindeledd.foundation.texts import language, site_language, t, texts

ZONE = "Europe/Oslo"
CALLED = "/called"
KEYS = "/keys"

# Only for those who lead a team, and for those who work in one: others see no patients.
FOR_LEADS = frozenset({"morning", "rollcall", "sign", "lists", "takeovers", "reports", "confirmed"})
# Also for those with these roles for the whole tenant.
FOR_GRANTS = {
    "takeovers": frozenset({"privacy", "admin"}),
    "confirmed": frozenset({"admin"}),
    "access_log": frozenset({"privacy"}),
    "administration": frozenset({"admin"}),
}
# Only for those with such a role.
FOR_GRANTED = frozenset({"access_log", "administration"})
FOR_TEAMS = frozenset(
    {"day", "search", "calendar", "leaving", "register", "intake", "calls", "epj"}
)
# Where each page stands. An entry shows when some feature answers at its path.
PATHS: Mapping[str, str] = {
    "day": "/day",
    "search": "/search",
    "calendar": "/calendar",
    "leaving": "/leaving",
    "register": "/register",
    "intake": "/queue",
    "calls": "/calls",
    "epj": "/epj",
    "inbox": "/inbox",
    "morning": "/morning",
    "rollcall": "/rollcall",
    "sign": "/sign",
    "lists": "/discharge-lists",
    "takeovers": "/takeovers",
    "reports": "/reports",
    "confirmed": "/confirmed",
    "access_log": "/access-log",
    "administration": "/administration",
}


# Pressed one after the other, they lead to a page.
PRESSED = {
    "day": "g d",
    "calendar": "g c",
    "inbox": "g i",
    "leaving": "g l",
    "morning": "g m",
    "rollcall": "g r",
}

# Days from which on a day is written with its year.
FAR = 180


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the navigation."""

    key: str
    path: str
    here: bool
    count: int = 0

    @property
    def press(self) -> str:
        """The keys that lead there; empty where none do."""
        return PRESSED.get(self.key, "")


@lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _words(local: datetime) -> dict[str, object]:
    return {
        "weekday": t(f"web.weekdays.{local.isoweekday()}"),
        "day": local.day,
        "month": t(f"web.months.{local.month}"),
        "year": local.year,
        "time": local.strftime(t("web.due.clock")),
    }


def moment(value: datetime, zone: str = ZONE) -> str:
    """`ons. 24. mars 2027 kl. 15.00`, on the wall of `zone`."""
    return t("web.due.year", **_words(value.astimezone(_zone(zone))))


def clock(value: datetime, zone: str = ZONE) -> str:
    """`15.00`, on the wall of `zone`."""
    return value.astimezone(_zone(zone)).strftime(t("web.due.clock"))


def on_day(value: datetime, zone: str = ZONE, *, at: datetime | None = None) -> str:
    """`ons. 24. mars`: the day only; `24. mars 2026` where it is far from `at`."""
    local = value.astimezone(_zone(zone)).date()
    if at is not None and abs((local - at.astimezone(_zone(zone)).date()).days) >= FAR:
        return day(local)
    return t("web.due.date", **_words(value.astimezone(_zone(zone))))


def day(value: date | str) -> str:
    """`24. mars 2027`, of a date or of one as JSON holds it."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return t("web.due.of_year", day=on.day, month=t(f"web.months.{on.month}"), year=on.year)


def iso_moment(value: str, date_only: bool = False, zone: str = ZONE) -> str:
    """The words for a moment as JSON holds it: the day only, where only the day is known."""
    at = datetime.fromisoformat(value)
    return day(at.astimezone(_zone(zone)).date()) if date_only else moment(at, zone)


def choices(table: str, keys: Iterable[str]) -> list[tuple[str, str]]:
    """Keys with their words, for `ui.select` and `ui.choice`: `choices("tasks.kinds", …)`."""
    return [(key, t(f"{table}.{key}")) for key in keys]


def when(value: datetime, at: datetime, zone: str = ZONE) -> str:
    """`i dag kl. 15.00`, `i morgen kl. 09.00`, else the day; with the year when it is far.

    A midnight that lies ahead is the end of the day before it: `i dag kl. 24.00`.
    """
    local, today = value.astimezone(_zone(zone)), at.astimezone(_zone(zone)).date()
    if value > at and not (local.hour or local.minute or local.second):
        local, midnight = local - timedelta(days=1), {"time": t("web.due.midnight")}
    else:
        midnight = {}
    days = (local.date() - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    key = near.get(days) or ("day" if abs(days) < FAR else "year")
    return t(f"web.due.{key}", **(_words(local) | midnight))


def late(value: datetime, at: datetime) -> str:
    """`2 dager for sent`, `3 timer for sent`, `5 minutter for sent`."""
    minutes = max(int((at - value).total_seconds() // 60), 1)
    if minutes >= 48 * 60:
        return t("web.due.late_days", count=minutes // (24 * 60))
    if minutes >= 60:
        return t("web.due.late_hours", count=minutes // 60)
    return t("web.due.late_minutes", count=minutes)


def notice() -> str:
    """The words of `?notice=worklist.notices.done`; nothing for any other key."""
    key = request.args.get("notice", "")
    found = texts().find(key) if key.count(".") == 2 and ".notices." in key else None
    return found if isinstance(found, str) else ""


def install_shell(
    app: Flask,
    *,
    environment: str,
    stale: Callable[[], bool],
    waiting: Callable[[], int] = lambda: 0,
) -> None:
    """Give every template what it may use. `stale()` says that the sweeps have stopped;
    `waiting()` how many things wait in the inbox of whoever asks."""

    @app.context_processor
    def _given() -> dict[str, object]:
        there = frozenset(rule.rule for rule in app.url_map.iter_rules())
        return {
            "language": language(),
            "site_language": site_language(),
            "actor": g.get("actor"),
            "environment": environment,
            "stale": stale,
            "navigation": lambda: _navigation(there, waiting),
            "called_path": _called() if CALLED in there else "",
            "keys_path": KEYS if KEYS in there else "",
            "notice": notice,
            "panel": in_place(),
            "log_in_back": lambda: url_for(
                "access_pages.log_in", next=request.full_path.rstrip("?")
            ),
        }

    app.jinja_env.globals.update(t=t, new_once=new_id, choices=choices, unprinted=unprinted)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for made in (moment, clock, on_day, day, iso_moment, when, late):
        app.jinja_env.filters[made.__name__] = made


def _navigation(there: Collection[str], waiting: Callable[[], int]) -> list[Entry]:
    """What whoever asks is led to, of the pages that are there."""
    return [
        Entry(
            key=key,
            path=path,
            here=request.path.startswith(path),
            count=waiting() if key == "inbox" else 0,
        )
        for key, path in PATHS.items()
        if path in there and _is_for(g.actor, key)
    ]


def _is_for(actor: Actor, key: str) -> bool:
    has_role = bool(actor.grants & FOR_GRANTS.get(key, frozenset()))
    if key in FOR_GRANTED:
        return has_role
    granted = actor.leads or has_role
    return (key not in FOR_LEADS or bool(granted)) and (key not in FOR_TEAMS or bool(actor.teams))


def _called() -> str:
    """From the page of a follow-up, the call is about that one."""
    case_id = (request.view_args or {}).get("case_id")
    return f"{CALLED}?case={case_id}" if case_id else CALLED
