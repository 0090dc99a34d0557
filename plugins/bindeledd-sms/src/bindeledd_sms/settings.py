"""The pack's own file, read once when it is opened: whatever is wrong stops the start."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from bindeledd.plugin.working import Opening, Unfit
from bindeledd_sms.discreet import COUNT, Revealing, faults_of, revealing
from bindeledd_sms.saying import UNKNOWN, Said, both, joined, known, reveals, use, write

T = TypeVar("T")

GATEWAYS = ("link", "sveve", "twilio")
# What is said to one who reads bokmål, nynorsk, English: of one thing, and of several.
TEXTS: Mapping[str, tuple[str, str]] = {
    "nb": (
        "1 varsel venter i Bindeledd. Logg inn når du kan.",
        "{count} varsler venter i Bindeledd. Logg inn når du kan.",
    ),
    "nn": (
        "1 varsel ventar i Bindeledd. Logg inn når du kan.",
        "{count} varsel ventar i Bindeledd. Logg inn når du kan.",
    ),
    "en": (
        "1 alert is waiting in Bindeledd. Log in when you can.",
        "{count} alerts are waiting in Bindeledd. Log in when you can.",
    ),
}
HOME = "nb"
_KNOWN = frozenset(["gateway", "url", "sender", "user", "timeout", "text", "revealing", "link"])
# As gateways take it: a name of letters, digits and spaces, a number, or a service of Twilio's.
_SENDER = 11
_NAME = re.compile(rf"(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9 ]{{0,{_SENDER - 2}}}[A-Za-z0-9])?")
_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


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


def read(opening: Opening, *, receipts: bool = False) -> Sms:
    """The settings of the site; with `receipts`, where they are taken too. Raises `Unfit` that says
    all that is wrong, where each stands and what would be right."""
    told, faults = opening.settings, list[Unfit]()
    for key in sorted(set(told) - _KNOWN):
        faults.append(Unfit(UNKNOWN, where=f"sms.toml {key}", do=known(sorted(_KNOWN))))
    more = _kept(faults, lambda: _texts(told, "revealing"), [])
    words = revealing(more, opening.names)
    gateway = _kept(faults, lambda: _gateway(told), "")
    found = Sms(
        gateway=gateway,
        url=_kept(faults, lambda: _url(_text(told, "url")), ""),
        sender=_kept(faults, lambda: _sender(_text(told, "sender"), words, gateway), ""),
        user=_kept(faults, lambda: _text(told, "user"), ""),
        password=_kept(faults, lambda: _password(opening), ""),
        texts=_kept(faults, lambda: _said(told.get("text", {}), words), {}),
        timeout=_kept(faults, lambda: _seconds(told.get("timeout", 10)), 10.0),
        callback_url=_kept(faults, lambda: _callback(opening), "") if receipts else "",
        more=_kept(faults, lambda: _more(told, gateway), {}),
    )
    if faults:
        raise _together(faults)
    return found


def _kept(faults: list[Unfit], ask: Callable[[], T], otherwise: T) -> T:
    """The value, or another in its place with the fault kept: what is wrong is said all at once."""
    try:
        return ask()
    except Unfit as wrong:
        faults.append(wrong)
        return otherwise


def _together(faults: Sequence[Unfit]) -> Unfit:
    first, *rest = faults
    if not rest:
        return first
    placed = [
        both(*(f"{one.where}: {one.said['what'][code]}" for code in ("nb", "en"))) for one in rest
    ]
    return Unfit(
        joined([first.said["what"], *placed]),
        where=first.where,
        do=joined(one.said["do"] for one in faults),
    )


def _gateway(told: Mapping[str, Any]) -> str:
    gateway = _text(told, "gateway")
    if gateway not in GATEWAYS:
        there = ", ".join(GATEWAYS)
        unknown = both(f"«{gateway}» er ukjent", f"“{gateway}” is unknown")
        _wrong("gateway", unknown, both(f"bruk en av {there}", f"use one of {there}"))
    return gateway


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    if not isinstance(value, str) or not value.strip():
        _wrong(key, both("mangler", "is missing"), write(f'{key} = "…"'))
    return value.strip()


def _texts(told: Mapping[str, Any], key: str) -> list[str]:
    value = told.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        what = both("er ikke en liste av tekster", "is not a list of texts")
        _wrong(key, what, write(f'{key} = ["…"]'))
    return value


def _url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and _is_here(parts.hostname or ""):
        return url.rstrip("/")
    if parts.scheme != "https" or not parts.hostname:
        _wrong("url", both(f"«{url}» passer ikke", f"“{url}” does not fit"), use('"https://…"'))
    return url.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sender(sender: str, words: Revealing, gateway: str) -> str:
    """A name or number that every gateway takes, and that says nothing of what this is."""
    if gateway == "twilio" and _SERVICE.fullmatch(sender):
        return sender
    right = both(
        f"bruk et nøytralt navn på høyst {_SENDER} tegn, av bokstavene A–Z, tall og mellomrom, "
        'eller et nummer; for eksempel "Vakt"',
        f"use a neutral name of at most {_SENDER} characters, of the letters A–Z, digits and spaces, "
        'or a number; for example "Vakt"',
    )
    said = words.found_in(sender)
    if said is not None:
        _wrong("sender", reveals(said), right)
    if not (_NUMBER.fullmatch(sender) or _NAME.fullmatch(sender)):
        long = both(f"er lengre enn {_SENDER} tegn", f"is longer than {_SENDER} characters")
        odd = both(
            f"«{sender}» kan ikke stå som avsender: tjenestene tar bare A–Z, tall og mellomrom",
            f"“{sender}” cannot stand as the sender: gateways take only A–Z, digits and spaces",
        )
        _wrong("sender", long if len(sender) > _SENDER else odd, right)
    return sender


def _password(opening: Opening) -> str:
    if not opening.secrets.get("password"):
        what = both(
            "passordet til SMS-tjenesten mangler", "the password of the SMS service is missing"
        )
        do = both(
            'secrets = { password = "env:VARIABEL" } eller "file:/STI"',
            'secrets = { password = "env:VARIABLE" } or "file:/PATH"',
        )
        raise Unfit(what, where="[[plugin]] secrets", do=do)
    return opening.secrets["password"]


def _callback(opening: Opening) -> str:
    if not opening.callback_url:
        what = both("ingen adresse for kvitteringer", "no address for receipts")
        do = both(
            "sett callback under [[plugin]]: sendt er ikke levert, og bare kvitteringen vet det",
            "set callback under [[plugin]]: sent is not delivered, and only the receipt knows",
        )
        raise Unfit(what, where="[[plugin]] callback", do=do)
    return opening.callback_url


def _said(own: object, words: Revealing) -> dict[str, tuple[str, str]]:
    """The texts of each language. What a site says in its own words, and not in another language,
    is said in its own words to everybody: it may not want ours."""
    if not isinstance(own, dict):
        _no_table("text")
    unknown = sorted(set(own) - {"one", "other"} - set(TEXTS))
    if unknown:
        _wrong(f"text.{unknown[0]}", UNKNOWN, known(("one", "other", *TEXTS)))
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
        _no_table(key)
    one = _discreet(f"{key}.one", own.get("one", ours[0]), words)
    other = _discreet(f"{key}.other", own.get("other", ours[1]), words)
    if COUNT not in other:
        what = both("sier ikke hvor mange", "does not say how many")
        _wrong(f"{key}.other", what, both(f"sett inn {COUNT}", f"put in {COUNT}"))
    return one, other


def _discreet(key: str, text: object, words: Revealing) -> str:
    if not isinstance(text, str):
        _wrong(key, both("er ikke en tekst", "is not a text"), write(f'{key} = "…"'))
    faults = faults_of(text, words)
    if faults:
        only = both("si bare hvor mange varsler som venter", "say only how many alerts wait")
        _wrong(key, joined(faults), only)
    return text


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 15:
        what = both(f"{value!r} passer ikke", f"{value!r} does not fit")
        _wrong("timeout", what, both("sekunder, fra 1 til 15", "seconds, from 1 to 15"))
    return float(value)


def _more(told: Mapping[str, Any], gateway: str) -> dict[str, str]:
    if gateway != "link":
        return {}
    link = told.get("link", {})
    return {key: _text(link, key) for key in ("platform_id", "platform_partner_id", "gate")}


def _no_table(key: str) -> NoReturn:
    do = both(f"skriv [{key}] med one og other", f"write [{key}] with one and other")
    _wrong(key, both("er ikke en tabell", "is not a table"), do)


def _wrong(key: str, what: Said, do: Said) -> NoReturn:
    raise Unfit(what, where=f"sms.toml {key}", do=do)
