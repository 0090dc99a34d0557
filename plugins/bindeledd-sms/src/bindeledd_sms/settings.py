"""The pack's own file, read once when it is opened: whatever is wrong stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

from bindeledd.plugin.working import Opening, Unfit
from bindeledd_sms.discreet import COUNT, Revealing, faults_of, revealing

GATEWAYS = ("link", "sveve", "twilio")
# What is said to one who reads bokmål, nynorsk, English: of one thing, and of several.
TEXTS: Mapping[str, tuple[str, str]] = {
    "nb": (
        "1 sak venter i Bindeledd. Logg inn når du kan.",
        "{count} saker venter i Bindeledd. Logg inn når du kan.",
    ),
    "nn": (
        "1 sak ventar i Bindeledd. Logg inn når du kan.",
        "{count} saker ventar i Bindeledd. Logg inn når du kan.",
    ),
    "en": (
        "1 item is waiting in Bindeledd. Log in when you can.",
        "{count} items are waiting in Bindeledd. Log in when you can.",
    ),
}
HOME = "nb"
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
    texts: Mapping[str, tuple[str, str]]
    timeout: float
    callback_url: str
    more: Mapping[str, str]

    def text(self, waiting: int, language: str = HOME) -> str:
        """All that is said, in the receiver's language: how many things wait."""
        one, other = self.texts.get(language) or self.texts[HOME]
        return one if waiting == 1 else other.replace(COUNT, str(waiting))


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
    return Sms(
        gateway=gateway,
        url=_url(_text(told, "url")),
        sender=_sender(_text(told, "sender"), words),
        user=_text(told, "user"),
        password=_password(opening),
        texts=_said(told.get("text", {}), words),
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


def _said(own: object, words: Revealing) -> dict[str, tuple[str, str]]:
    """The texts of each language. What a site says in its own words, and not in another language,
    is said in its own words to everybody: it may not want ours."""
    if not isinstance(own, dict):
        _wrong("text", "er ikke en tabell", "skriv [text] med one og other")
    unknown = sorted(set(own) - {"one", "other"} - set(TEXTS))
    if unknown:
        _wrong(f"text.{unknown[0]}", "finnes ikke", f"kjente er one, other, {', '.join(TEXTS)}")
    home = _pair("text", own, TEXTS[HOME], words)
    made = {HOME: home}
    for language, ours in TEXTS.items():
        if language != HOME:
            table = own.get(language, {})
            said = ours if home == TEXTS[HOME] else home
            made[language] = _pair(f"text.{language}", table, said, words)
    return made


def _pair(key: str, own: object, ours: tuple[str, str], words: Revealing) -> tuple[str, str]:
    if not isinstance(own, dict):
        _wrong(key, "er ikke en tabell", f"skriv [{key}] med one og other")
    one = _discreet(f"{key}.one", own.get("one", ours[0]), words)
    other = _discreet(f"{key}.other", own.get("other", ours[1]), words)
    if COUNT not in other:
        _wrong(f"{key}.other", "sier ikke hvor mange", f"sett inn {COUNT}")
    return one, other


def _discreet(key: str, text: object, words: Revealing) -> str:
    if not isinstance(text, str):
        _wrong(key, "er ikke en tekst", f'skriv {key} = "…"')
    faults = faults_of(text, words)
    if faults:
        _wrong(key, "; ".join(faults), "si bare hvor mange saker som venter")
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
