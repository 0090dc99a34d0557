"""What changed between two versions, section by section."""

from collections.abc import Iterator
from dataclasses import dataclass

from bindeledd.features.plans.domain import Asked, Version, Words
from bindeledd.features.plans.domain.paper import measure_words


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One section before and after; measures as lines. Equal where nothing changed."""

    asked: Asked
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def code(self) -> str:
        """same, new, gone or changed."""
        if not self.changed:
            return "same"
        return "new" if not self.before else "changed" if self.after else "gone"


def differences(before: Version | None, after: Version) -> list[Difference]:
    """Every section of the two, in the order of the later one; what only the first had, last."""
    keys = {one.key for one in after.asked}
    earlier = [] if before is None else [one for one in before.asked if one.key not in keys]
    return [
        Difference(asked=one, before=text_of(one, before), after=text_of(one, after))
        for one in (*after.asked, *earlier)
    ]


def text_of(one: Asked, version: Version | None) -> str:
    """What a version says in a section, as lines."""
    if version is None or version.words is None:
        return ""
    return "\n".join(_lines(one, version.words))


def _lines(one: Asked, words: Words) -> Iterator[str]:
    if one.measures:
        yield from (measure_words(measure) for measure in words.measures)
        return
    yield from words.sections.get(one.key, "").splitlines()
