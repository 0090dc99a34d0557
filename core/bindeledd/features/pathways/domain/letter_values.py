"""A letter as a layer gives it: its words in each language, and the places that are filled in."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bindeledd.features.pathways.domain.values import Basis, Origin

# What can be filled in, `{name}` in the text: everything that the core knows by itself.
PLACES = (
    "name",
    "today",
    "appointment",
    "team",
    "organisation",
    "unit",
    "telephone",
    "member",
)
# What a sheet for the person fills in, and what each has to: else something that is due to them would
# be lost. Nothing that says by whom they are followed up.
SHEET_PLACES = ("today", "appointment", "place", "whom", "call")
SHEET_NEEDS = ("appointment", "place", "call")
# The most signs of a text (some two pages), and of a title.
MOST = {"text": 4_000, "title": 120}
# What stands where a value is missing, to be filled in by hand.
GAP = "____________________"

_PLACE = re.compile(r"\{([^{}]*)\}")
_BLANK = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A letter to one person. `missing`: the places whose value nobody knows, in their order."""

    title: str
    paragraphs: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The text of a letter that steps and gates of the same file name. Versioned with its layer.

    `is_sheet`: no rule names it; it is the sheet of an appointment, in these languages.
    """

    key: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    basis: Basis
    rows: tuple[str, ...] = ()
    is_sheet: bool = False
    origin: Origin = field(default_factory=Origin)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages it is written, bokmål first."""
        return tuple(sorted(self.text, key=lambda code: (code != "nb", code)))

    def spoken(self, language: str) -> str:
        """The language, where the letter is written in it; else bokmål, which it always is."""
        return language if language in self.text else "nb"

    def filled(self, language: str, values: Mapping[str, str]) -> Filled:
        """The letter with these values. What a value says is never read as a place."""
        text = self.text[language]
        named = dict.fromkeys(_PLACE.findall(text))
        return Filled(
            title=self.title[language],
            paragraphs=tuple(
                _PLACE.sub(lambda place: values.get(place[1]) or GAP, one)
                for one in _BLANK.split(text.strip())
            ),
            missing=tuple(name for name in named if not values.get(name)),
        )


def places_in(text: str, places: Collection[str] = PLACES) -> list[str]:
    """What is filled in there, each once, in the order of the text."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name in places]


def unknown_places(text: str, places: Collection[str] = PLACES) -> list[str]:
    """What stands in braces and is no place, and every brace that stands alone."""
    wrong = [found for found in _PLACE.findall(text) if found not in places]
    alone = [sign for sign in _PLACE.sub("", text) if sign in "{}"]
    return [f"{{{one}}}" for one in wrong] + alone[:1]
