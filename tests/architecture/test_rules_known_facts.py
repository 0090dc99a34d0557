"""Whatever a shipped rule asks for, somebody is asked: an unknown fact makes a condition apply, and
what no page asks is unknown for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from architecture.tree import CORE
from bindeledd.features.casefile.pages.bedside import ASKED
from bindeledd.features.casefile.pages.telling import SAID
from bindeledd.features.pathways.domain import Gate, Step
from bindeledd.plugin.loading import gather, installed

BOOK = gather(sorted({point.name for point in installed()})).book
PACKS = {one.key: one for one in BOOK.fields}
_PAGES = "features/casefile/templates/casefile"

# Fact of the core → the file that asks for it or works it out, and what stands in it.
ASKED_IN = {
    "index_kind": ("features/intake/templates/intake/register.html", '"index_kind"'),
    "intoxication": ("features/intake/templates/intake/register.html", '"intoxication"'),
    "contact_consent": (f"{_PAGES}/bedside.html", '"contact_consent"'),
    "minors": ("features/relatives/service/asking.py", '"minors"'),
    "minor": ("features/cases/domain/ages.py", "MINOR:"),
    "next_day_unstaffed": ("features/pathways/domain/due.py", '"next_day_unstaffed"'),
    "taken_over_by": ("features/handovers/service/writing.py", '"taken_over_by"'),
    "channel": ("features/contacts/service.py", '"channel"'),
    "inpatient": ("features/casefile/pages/telling.py", '"inpatient"'),
    "cover": ("features/casefile/pages/telling.py", 'fact="cover"'),
    "number_answered": ("features/casefile/pages/telling.py", '"number_answered"'),
    "receiver_kind": ("features/casefile/pages/telling.py", 'fact="receiver_kind"'),
}


def asked_for(rule: Step | Gate) -> Iterator[str]:
    yield from rule.when
    yield from rule.given
    yield from rule.evidence


def every() -> Iterator[tuple[str, str]]:
    """Each fact that a shipped rule, or what a layer says of one, asks for, with its rule."""
    for pathway in BOOK.pathways.values():
        yield from ((name, rule.key) for rule in pathway.owed for name in asked_for(rule))
    for layer in BOOK.layers:
        yield from ((name, rule.key) for rule in layer.added for name in asked_for(rule))
        for one in layer.tightenings:
            said = (one.fields.get(slot) or {} for slot in ("when", "evidence"))
            yield from ((name, one.key) for names in said for name in names)


def test_what_a_shipped_rule_asks_for_is_known_to_somebody() -> None:
    assert sorted({one for one in every() if one[0] not in PACKS.keys() | ASKED_IN.keys()}) == []


@pytest.mark.parametrize("fact", sorted(ASKED_IN))
def test_the_core_asks_for_it_where_it_is_said_to(fact: str) -> None:
    file, words = ASKED_IN[fact]
    assert words in (CORE / file).read_text()


def test_what_a_pack_asks_stands_on_a_page() -> None:
    pages = SAID.keys() | {kind.value for kind in ASKED}
    assert [one.key for one in PACKS.values() if not pages & set(one.asked_with)] == []
