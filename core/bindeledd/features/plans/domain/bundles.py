"""What is sealed of a version, as JSON and back: the answers with the questions as they were."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bindeledd.features.plans.domain import (
    Asked,
    Measure,
    Relatives,
    Service,
    TookPart,
    Version,
    Words,
)


def bundle(version: Version) -> dict[str, Any]:
    """What is sealed of a version. It has words."""
    words = version.words
    if words is None:
        raise ValueError("a version without words is never sealed")
    return {
        "title": dict(version.title),
        "asked": [
            {
                "key": one.key,
                "title": dict(one.title),
                "measures": one.measures,
                "stays_inside": one.stays_inside,
                "of_relatives": one.of_relatives,
            }
            for one in version.asked
        ],
        "sections": dict(words.sections),
        "measures": [
            {"what": one.what, "whose": one.whose.value, "owner": one.owner}
            for one in words.measures
        ],
        "person": words.took_part.person,
        "relatives": words.took_part.relatives.value,
        "services": sorted(one.value for one in words.took_part.services),
    }


def with_words(version: Version, said: Mapping[str, Any]) -> Version:
    """The version with what stood in its bundle."""
    return replace(
        version,
        title=said["title"],
        asked=tuple(Asked(**one) for one in said["asked"]),
        words=Words(
            sections=said["sections"],
            measures=tuple(
                Measure(what=one["what"], whose=Service(one["whose"]), owner=one["owner"])
                for one in said["measures"]
            ),
            took_part=TookPart(
                person=said["person"],
                relatives=Relatives(said["relatives"]),
                services=frozenset(Service(one) for one in said["services"]),
            ),
        ),
    )
