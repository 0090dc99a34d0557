"""What a team brings that takes over: followed from then on, and nothing of the past becomes late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bindeledd.features.cases.domain import Case, Event, EventKind
from bindeledd.features.cases.domain.joining import (
    AGREED,
    BROUGHT,
    RECEIVER,
    RECEIVER_KIND,
    Places,
    agreed_with,
    as_before,
    followed_today,
    joined,
    not_followed,
    receiver_of,
    said_by,
    taken_over,
    with_agreed,
    with_brought,
)
from bindeledd.features.pathways.domain import Book, Layer

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def accepted(day: int, *brought: str, **facts: Any) -> Event:
    at = MONDAY + day * DAY
    return Event(
        id=uuid4(),
        case_id=uuid4(),
        kind=EventKind.HANDOVER_ACCEPTED,
        at=at,
        recorded_at=at,
        facts={BROUGHT: list(brought), **facts},
    )


def test_what_a_team_brings_is_followed_since_it_took_over() -> None:
    assert joined([accepted(1, "drammen@2026.1")]) == {"drammen": MONDAY + DAY}
    assert joined([]) == {}


def test_what_goes_on_with_the_next_team_goes_on_from_its_own_beginning() -> None:
    history = [accepted(1, "drammen@2026.1"), accepted(9, "drammen@2026.2", "senior@1")]
    assert joined(history) == {"drammen": MONDAY + DAY, "senior": MONDAY + 9 * DAY}


def test_what_the_next_team_does_not_bring_ends() -> None:
    history = [accepted(1, "drammen@2026.1"), accepted(9, "lier@1")]
    assert joined(history) == {"lier": MONDAY + 9 * DAY}


def test_the_layers_of_the_unit_stay_and_those_of_the_earlier_team_go() -> None:
    first = with_brought(("region@1", "trust@1"), [], ["drammen@2026.1"])
    assert first == ("region@1", "trust@1", "drammen@2026.1")
    then = with_brought(first, [accepted(1, "drammen@2026.1")], ["lier@1"])
    assert then == ("region@1", "trust@1", "lier@1")


def test_what_is_there_already_keeps_its_version() -> None:
    assert with_brought(("trust@1",), [], ["trust@2"]) == ("trust@1",)


def test_an_answer_from_before_there_was_such_a_fact_changes_nothing() -> None:
    old = accepted(1)
    old = Event(**{**old.__dict__, "facts": {"handover_id": "…"}})
    assert joined([accepted(0, "drammen@1"), old]) == {"drammen": MONDAY}


# --- what two organisations have agreed -------------------------------------------------------------


def receiver(day: int, key: str, *agreed: str, **facts: Any) -> Event:
    said = accepted(day)
    facts = {RECEIVER: key, RECEIVER_KIND: "municipality", AGREED: list(agreed), **facts}
    return replace(said, kind=EventKind.RECEIVER_NAMED, facts=facts)


def test_an_agreement_is_followed_since_the_receiver_was_named() -> None:
    assert joined([receiver(1, "lier", "pair@1")]) == {"pair": MONDAY + DAY}


def test_when_the_pair_changes_its_agreement_ends_and_the_next_begins() -> None:
    history = [
        receiver(1, "lier", "base@1", "lier@1"),
        receiver(5, "drammen", "base@1", "drammen@1"),
    ]
    assert joined(history) == {"base": MONDAY + DAY, "drammen": MONDAY + 5 * DAY}
    then = with_agreed(("region@1", "base@1", "lier@1"), history[:1], ["base@1", "drammen@1"])
    assert then == ("region@1", "base@1", "drammen@1")


def test_whoever_accepts_ends_no_agreement() -> None:
    history = [receiver(1, "lier", "pair@1"), accepted(3, "lier-town@1")]
    assert joined(history) == {"pair": MONDAY + DAY, "lier-town": MONDAY + 3 * DAY}
    assert with_brought(("pair@1",), history[:1], ["lier-town@1"]) == ("pair@1", "lier-town@1")


def test_a_receiver_named_in_error_is_not_the_receiver() -> None:
    wrong = replace(receiver(5, "drammen", "drammen@1"), in_error=True)
    assert receiver_of([receiver(1, "lier", "pair@1"), wrong]) == {"lier", "municipality"}


def test_what_an_event_in_error_began_is_not_followed() -> None:
    named = receiver(1, "lier", "pair@1")
    wrong = replace(receiver(5, "drammen", "drammen@1"), in_error=True)
    assert joined([named, wrong]) == {"pair": MONDAY + DAY}
    assert joined(as_before([named, wrong], {wrong.id})) == {"drammen": MONDAY + 5 * DAY}
    assert joined([replace(accepted(1, "town@1"), in_error=True)]) == {}
    assert taken_over([replace(accepted(1, "town@1"), in_error=True)]) is None
    assert said_by([named, accepted(2, "town@1"), wrong], {wrong.id}) == {AGREED}


# --- today: one rule for opening again and for an upgrade --------------------------------------------

NATIONAL = "national.after-attempt"


def a_book(*layers: Layer) -> Book:
    return Book(layers=layers)


def layer(name: str, **applies: Any) -> Layer:
    names = {key: frozenset(value) for key, value in applies.items()}
    return Layer(id=name, version="1", extends=NATIONAL, title={}, level="municipality", **names)


def a_case(**facts: Any) -> Case:
    return Case(
        id=uuid4(),
        tenant_id=uuid4(),
        patient_id=uuid4(),
        pathway_id=NATIONAL,
        pathway_version="1",
        responsible_team_id=uuid4(),
        opened_at=MONDAY,
        **facts,
    )


WARD = ("ward", "acute_ward", "vestre-viken")
KINDS = {"vestre-viken": "trust", "drammen": "municipality", "lier": "municipality"}
DRAMMEN = ("drammen", frozenset({"mental-health"}))


def places(team: Any = DRAMMEN, **more: Any) -> Places:
    return Places(unit=WARD, team=team, kinds=KINDS, **more)


def test_what_a_team_publishes_after_its_take_over_joins_and_counts_from_the_take_over() -> None:
    """Also where it brought nothing at all when it accepted."""
    book = a_book(layer("ward", units=["acute_ward"]), layer("town", organisations=["drammen"]))
    today = followed_today(book, a_case(unit_id=uuid4()), [accepted(1)], places())
    assert today.layers == ("ward@1", "town@1")
    said = replace(accepted(9), kind=EventKind.ROUTINE_CHANGED, facts=today.facts)
    assert joined([accepted(1), said]) == {"town": MONDAY + DAY}


def test_what_became_the_units_own_has_not_joined_any_more() -> None:
    book = a_book(layer("town", organisations=["drammen", "vestre-viken"]))
    history = [accepted(1, "town@1")]
    today = followed_today(book, a_case(unit_id=uuid4()), history, places())
    said = replace(accepted(9), kind=EventKind.ROUTINE_CHANGED, facts=today.facts)
    assert today.layers == ("town@1",)
    assert joined([*history, said]) == {}, "what was there from the beginning counts from then"


def test_before_another_team_has_accepted_nothing_is_brought() -> None:
    book = a_book(layer("town", organisations=["drammen"]))
    assert followed_today(book, a_case(unit_id=uuid4()), [], places()).layers == ()


def test_what_the_unit_follows_itself_is_not_brought_and_does_not_end() -> None:
    """A team of the same trust has it in between: the ward's own routine is the ward's own."""
    keys = not_followed(["vestre-viken@1", "dps@1"], ["vestre-viken@1"], [])
    assert keys == ["dps@1"]
    history = [accepted(1, *keys)]
    then = with_brought(("vestre-viken@1", "dps@1"), history, ["town@1"])
    assert then == ("vestre-viken@1", "town@1")


def test_an_agreement_needs_both_its_ends() -> None:
    pair = layer("pair", organisations=["vestre-viken"], to=["drammen"])
    base = layer("base", organisations=["trust"], to=["municipality"])
    book, case = a_book(pair, base), a_case(unit_id=uuid4())
    sender = ("vestre-viken", frozenset({"acute_ward"}))

    def agreed(key: str, kind: str = "municipality") -> set[str]:
        naming = receiver(1, key, **{RECEIVER_KIND: kind})
        return set(agreed_with(book, case, places(team=sender), naming))

    assert agreed("drammen") == {"base@1", "pair@1"}
    assert agreed("lier") == {"base@1"}
    assert agreed("legesenteret", "practice") == set()
    assert agreed("vestre-viken", "trust") == set()


def test_a_municipality_hands_back_by_the_agreement_of_its_own_end() -> None:
    back = layer("back", organisations=["municipality"], to=["trust"])
    among = layer("among", organisations=["trust"], to=["trust"])
    naming = receiver(9, "vestre-viken", **{RECEIVER_KIND: "trust"})
    found = agreed_with(a_book(back, among), a_case(unit_id=uuid4()), places(), naming)
    assert found == ("back@1",)


def test_an_agreement_published_later_joins_by_an_upgrade_and_counts_from_the_naming() -> None:
    book = a_book(layer("pair", organisations=["vestre-viken"], to=["drammen"]))
    sender = ("vestre-viken", frozenset({"acute_ward"}))
    history = [receiver(2, "drammen"), accepted(4)]
    today = followed_today(book, a_case(unit_id=uuid4()), history, places(sender=sender))
    assert today.facts[AGREED] == ["pair@1"]
    said = replace(accepted(9), kind=EventKind.ROUTINE_CHANGED, facts=today.facts)
    assert joined([*history, said]) == {"pair": MONDAY + 2 * DAY}
