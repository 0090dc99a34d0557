"""What an SMS may say: a number of things, and nothing by which anybody could guess what they are."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from bindeledd_sms.saying import Said, both, reveals

COUNT = "{count}"
LONGEST = 160

# The basic alphabet of GSM 03.38, without what needs an escape: one message is one SMS.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:no|com|net|org|io)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Revealing:
    """The words that reveal: parts of words, whole words, and names of this site."""

    stems: tuple[str, ...]
    words: tuple[str, ...]
    names: tuple[str, ...] = ()

    def found_in(self, text: str) -> str | None:
        """The first of them that `text` says, however it is written."""
        plain = _plain(text)
        joined = "".join(one for one in plain if one.isalnum())
        spaced = _spaced(plain)
        for stem in self.stems:
            if _joined(stem) in joined:
                return stem
        for word in (*self.words, *self.names):
            if _spaced(_plain(word)) in spaced:
                return word
        return None


def revealing(more: Sequence[str] = (), names: Iterable[str] = ()) -> Revealing:
    """The pack's own list, what the site adds, and the names of its units and teams."""
    told = tomllib.loads((files(__package__) / "revealing.toml").read_text(encoding="utf-8"))
    return Revealing(
        stems=(*told["stems"], *more),
        words=tuple(told["words"]),
        names=tuple(name for name in names if any(one.isalnum() for one in name)),
    )


def faults_of(text: str, words: Revealing) -> list[Said]:
    """What is wrong with one text, in plain words; nothing where it may be sent."""
    shown = text.replace(COUNT, "88")
    faults = []
    if not text.strip():
        faults.append(both("teksten er tom", "the text is empty"))
    if "{" in shown or "}" in shown:
        faults.append(both(f"bare {COUNT} kan settes inn", f"only {COUNT} can be put in"))
    if "\n" in text or "\r" in text:
        faults.append(both("teksten går over flere linjer", "the text runs over several lines"))
    if len(shown) > LONGEST:
        long = f"the text is longer than {LONGEST} characters"
        faults.append(both(f"teksten er lengre enn {LONGEST} tegn", long))
    odd = sorted(set(shown) - _GSM - {"{", "}"})
    if odd:
        them = " ".join(odd)
        no_room = f"characters that do not go into an SMS: {them}"
        faults.append(both(f"tegn som ikke går i en SMS: {them}", no_room))
    if _LINK.search(shown):
        faults.append(both("en SMS har ingen lenke", "an SMS has no link"))
    said = words.found_in(shown)
    if said is not None:
        faults.append(reveals(said))
    return faults


def _plain(text: str) -> str:
    """Small letters, without signs that are there only to hide."""
    found = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in found if unicodedata.category(one) != "Cf")


def _spaced(plain: str) -> str:
    """Whole words, each with a space on either side."""
    words = _WORD.findall(plain)
    return f" {' '.join(words)} "


def _joined(text: str) -> str:
    return "".join(one for one in _plain(text) if one.isalnum())
