"""The pack's own file, read once when it is opened: whatever is wrong stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

from bindeledd.plugin.working import Opening, Unfit
from bindeledd_sms.discreet import COUNT, Revealing, faults_of, revealing

GATEWAYS = ("link", "sveve", "twilio")
ONE = "1 sak venter i Bindeledd. Logg inn når du kan."
OTHER = "{count} saker venter i Bindeledd. Logg inn når du kan."
_KNOWN = frozenset(["gateway", "url", "sender", "user", "timeout", "text", "revealing", "link"])
_SENDER = 11


@dataclass(frozen=True, kw_only=True)
class Sms:
    """How this site sends. `more` are values that only one gateway knows."""

    gateway: str
    url: str
    sender: str
    user: str
    password: str
    one: str
    other: str
    timeout: float
    callback_url: str
    more: Mapping[str, str]

    def text(self, waiting: int) -> str:
        """All that is said: how many things wait."""
        return self.one if waiting == 1 else self.other.replace(COUNT, str(waiting))


def read(opening: Opening) -> Sms:
    """The settings of the site. Raises `Unfit` that says where it stands and what would be right."""
    told = opening.settings
    unknown = sorted(set(told) - _KNOWN)
    if unknown:
        _wrong(unknown[0], "finnes ikke", f"kjente er {', '.join(sorted(_KNOWN))}")
    gateway = _text(told, "gateway")
    if gateway not in GATEWAYS:
        _wrong("gateway", f"«{gateway}» er ukjent", f"bruk en av {', '.join(GATEWAYS)}")
    words = revealing(_texts(told, "revealing"), opening.names)
    texts = told.get("text", {})
    return Sms(
        gateway=gateway,
        url=_url(_text(told, "url")),
        sender=_sender(_text(told, "sender"), words),
        user=_text(told, "user"),
        password=_password(opening),
        one=_discreet("text.one", texts.get("one", ONE), words),
        other=_other(_discreet("text.other", texts.get("other", OTHER), words)),
        timeout=_seconds(told.get("timeout", 10)),
        callback_url=opening.callback_url,
        more=_more(told, gateway),
    )


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not value.strip():
        _wrong(key, "mangler", f'skriv {key} = "…"')
    return value.strip()


def _texts(told: Mapping[str, Any], key: str) -> list[str]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        _wrong(key, "er ikke en liste av tekster", f'skriv {key} = ["…"]')
    return value


def _url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return url.rstrip("/")
    if parts.scheme != "https" or not parts.hostname:
        _wrong("url", f"«{url}» passer ikke", 'bruk "https://…"')
    return url.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sender(sender: str, words: Revealing) -> str:
    said = words.found_in(sender)
    if said is not None:
        _wrong("sender", f"«{said}» røper hva slags arbeid dette er", "bruk et nøytralt navn")
    if not sender.lstrip("+").isdigit() and len(sender) > _SENDER:
        _wrong("sender", f"er lengre enn {_SENDER} tegn", "bruk et kort, nøytralt navn")
    return sender


def _password(opening: Opening) -> str:
    if not opening.secrets.get("password"):
        do = 'secrets = { password = "env:VARIABEL" } eller "file:/STI"'
        raise Unfit("passordet til SMS-tjenesten mangler", where="[[plugin]] secrets", do=do)
    return opening.secrets["password"]


def _discreet(key: str, text: object, words: Revealing) -> str:
    if not isinstance(text, str):
        _wrong(key, "er ikke en tekst", f'skriv {key} = "…"')
    faults = faults_of(text, words)
    if faults:
        _wrong(key, "; ".join(faults), "si bare hvor mange saker som venter")
    return text


def _other(text: str) -> str:
    if COUNT not in text:
        _wrong("text.other", "sier ikke hvor mange", f"sett inn {COUNT}")
    return text


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 15:
        _wrong("timeout", f"{value!r} passer ikke", "sekunder, fra 1 til 15")
    return float(value)


def _more(told: Mapping[str, Any], gateway: str) -> dict[str, str]:
    if gateway != "link":
        return {}
    link = told.get("link", {})
    return {key: _text(link, key) for key in ("platform_id", "platform_partner_id", "gate")}


def _wrong(key: str, what: str, do: str) -> NoReturn:
    raise Unfit(what, where=f"sms.toml {key}", do=do)
