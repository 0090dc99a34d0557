"""What is sealed of a patient is read back as it was, whatever it was."""

from __future__ import annotations

from datetime import UTC

from hypothesis import example, given
from hypothesis import strategies as st

from bindeledd.features.patients.domain import (
    ContactWay,
    HeldIdentifier,
    Identity,
    Verified,
    VerifiedHow,
    tidy,
    tidy_all,
)
from bindeledd.features.patients.domain.identifiers import Identifier, classify
from bindeledd.features.patients.domain.names import folded, matches
from bindeledd.features.patients.tables import (
    contact_bundle,
    identity_bundle,
    read_contact_ways,
    read_identity,
)
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.sealing.envelope import pack, unpack

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
moments = st.datetimes(timezones=st.just(UTC)) | st.none()
numbers = st.builds(Identifier, value=words, assigner=words | st.none())
held = st.builds(HeldIdentifier, identifier=numbers, since=moments, until=moments, source=words)
identities = st.builds(
    Identity,
    given=words,
    family=words,
    full=words,
    identifiers=st.lists(held, max_size=3).map(tuple),
    language=words | st.none(),
    municipality=words | st.none(),
    address=words | st.none(),
)
tested = st.builds(
    Verified,
    on=st.dates(),
    how=st.sampled_from(VerifiedHow) | st.none(),
    by=st.uuids() | st.none(),
    event=st.uuids() | st.none(),
)
ways = st.builds(
    ContactWay,
    value=words,
    label=words,
    best_time=words,
    source=words,
    tested=st.lists(tested, max_size=2).map(tuple),
)


@given(identities)
def test_an_identity_comes_back_as_it_was(identity: Identity) -> None:
    assert read_identity(unpack(pack(identity_bundle(identity)))) == identity


@given(identities)
def test_no_bundle_of_a_protected_person_holds_an_address(identity: Identity) -> None:
    bundle = identity_bundle(identity)

    if bundle["protected"]:
        assert (bundle["address"], bundle["municipality"]) == (None, None)


@given(st.lists(ways, max_size=4).map(tuple))
def test_contact_ways_come_back_as_they_were(said: tuple[ContactWay, ...]) -> None:
    assert read_contact_ways(unpack(pack(contact_bundle(said)))) == said


@given(ways)
def test_tidying_twice_is_tidying_once_and_loses_no_digit(way: ContactWay) -> None:
    once = tidy(way)

    assert tidy(once) == once
    assert tidy(once).key == once.key
    if not once.usual:
        assert once.value.split() == way.value.split()


@given(st.lists(ways, max_size=5).map(tuple))
def test_nothing_that_was_said_is_lost_by_tidying_all(said: tuple[ContactWay, ...]) -> None:
    kept = {(way.kind, way.key) for way in tidy_all(said)}

    assert all((w.kind, w.key) in kept for way in said if (w := tidy(way)).value)


@given(words)
@example("OEE")
def test_a_name_is_found_by_itself_and_folding_twice_is_folding_once(name: str) -> None:
    assert folded(folded(name)) == folded(name)
    assert matches(name, name) or not folded(name)


@given(st.text(max_size=20) | st.text("0123456789 .-", min_size=9, max_size=14))
def test_whatever_is_typed_is_a_number_or_refused_as_invalid(text: str) -> None:
    try:
        found = classify(text, allow_synthetic=True)
    except Invalid:
        return
    assert found.value.isdigit()
    assert classify(found.value, allow_synthetic=True) == found
