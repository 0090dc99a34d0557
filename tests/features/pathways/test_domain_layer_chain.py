"""Region, trust, municipality, unit: each keeps what stands above it, and every word is remembered."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain import Book, Gate, Pathway, Step
from bindeledd.features.pathways.domain.clashing import clashes_in
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.domain.values import said_by
from bindeledd.foundation.calendars import Period
from features.pathways.test_domain_layers import ADDED, BASE, a_book, a_layer, tighten

ADJUSTABLE = BASE.replace('adjustable = ["owner"]', 'adjustable = ["owner", "due"]')


def due(within: str, more: str = "") -> str:
    return tighten(f'due = {{ within = "{within}" }}\n{more}')


def at(level: str, words: str, **rest: str) -> str:
    return a_layer(words, id=level, level=level, **rest)


def a_book_on(base: str, *layers: str) -> tuple[Book, list[str]]:
    files = {"national.toml": base} | {f"layer{n}.toml": text for n, text in enumerate(layers)}
    book, findings = gathered(
        [read_file(text, distribution="any", file=name) for name, text in files.items()]
    )
    return book, [str(finding) for finding in findings]


def stands(book: Book, **where: str) -> Pathway:
    return book.resolve("national.after-attempt", "2026.1", **where)


def first(book: Book, **where: str) -> Step | Gate:
    found = stands(book, **where).find("first-contact")
    assert found is not None
    return found


def test_what_a_layer_above_adds_may_be_tightened_below() -> None:
    below = at("unit", tighten('due = { within = "P1D" }', key="region.visit"))
    book, wrong = a_book(a_layer(ADDED), below)
    assert wrong == []
    visit = stands(book).find("region.visit")
    assert visit is not None
    assert (visit.due.within, visit.level, visit.layer) == (Period(1), "region", "region@1")


def test_what_a_layer_below_adds_is_not_there_for_those_above() -> None:
    above = at("region", tighten('due = { within = "P1D" }', key="unit.visit"))
    below = at("unit", ADDED.replace("region.visit", "unit.visit"))
    assert any("har ikke noe steg" in said for said in a_book(above, below)[1])


def test_a_layer_keeps_what_a_layer_between_said_of_an_added_step() -> None:
    between = at("trust", tighten('due = { within = "P1D" }', key="region.visit"))
    below = at("unit", tighten('due = { within = "PT30H", count = "hours" }', key="region.visit"))
    said = a_book(a_layer(ADDED), between, below)[1]
    assert len(said) == 1
    assert "layer2.toml" in said[0]
    assert "layer1.toml" in said[0]


def test_layers_of_one_level_for_the_same_units_have_to_agree() -> None:
    one, other = due("P1D"), due("P2D")
    said = a_book(at("trust", one), a_layer(other, id="another-trust", level="trust"))[1]
    assert len(said) == 1
    assert "layer0.toml" in said[0]
    assert "layer1.toml" in said[0]
    assert a_book(at("trust", one), a_layer(one, id="another-trust", level="trust"))[1] == []


def test_a_layer_for_an_organisation_is_for_its_units_only() -> None:
    words = due("P1D")
    layer = at("trust", words).replace("# every unit", 'organisations = ["namsos-trust"]')
    book, wrong = a_book(layer)
    assert wrong == []
    assert first(book, organisation="namsos-trust").due.within == Period(1)
    assert first(book, organisation="another").due.within == Period(3)
    assert first(book).due.within == Period(3)


def test_both_the_organisation_and_the_kind_of_unit_have_to_fit() -> None:
    layer = at("trust", due("P1D"), units='["ward"]')
    layer = layer.replace("[applies_to]", '[applies_to]\norganisations = ["here"]')
    book, _ = a_book(layer)
    assert first(book, organisation="here", unit_kind="ward").due.within == Period(1)
    assert first(book, organisation="here", unit_kind="dps").due.within == Period(3)
    assert first(book, organisation="there", unit_kind="ward").due.within == Period(3)


# --- loosened where that was allowed --------------------------------------------------------------


def test_what_is_adjustable_is_loosened_with_a_reason_that_is_kept() -> None:
    book, wrong = a_book_on(ADJUSTABLE, at("unit", due("P5D", 'reason = "One nurse, two islands"')))
    assert wrong == []
    change = next(one for one in first(book).changes if one.field == "due")
    assert (change.reason, change.level, change.layer) == ("One nurse, two islands", "unit", "unit")
    assert str(change.before.within) == "P3D"
    assert change.before_said_by.file == "national.toml"


def test_without_a_reason_it_is_not() -> None:
    said = a_book_on(ADJUSTABLE, at("unit", due("P5D")))[1]
    assert "ingen grunn er skrevet" in said[0]


def test_what_a_layer_tightened_is_not_adjustable_below_it() -> None:
    below = at("unit", due("P2D", 'reason = "It suits us"'))
    said = a_book_on(ADJUSTABLE, at("region", due("P1D")), below)[1]
    assert len(said) == 1
    assert "P2D er senere enn P1D" in said[0]


def test_a_layer_may_leave_it_adjustable_back_to_what_stood_above() -> None:
    above = at("region", due("P1D", 'adjustable = ["due"]'))
    reason = 'reason = "Two days on the islands"'
    assert a_book(above, at("unit", due("P2D", reason)))[1] == []
    further = a_book(above, at("unit", due("P5D", reason)))[1]
    assert "P5D er senere enn P3D" in further[0]


# --- who said what -------------------------------------------------------------------------------


def test_every_field_says_on_which_line_it_stands() -> None:
    book, _ = a_book(a_layer(tighten('due = { within = "P2D" }\nstrength = "must"')))
    step = first(book)
    lines = {name: (said_by(step, name).file, said_by(step, name).line) for name in ("due", "task")}
    assert lines == {"due": ("layer0.toml", 11), "task": ("national.toml", 20)}
    assert said_by(step, "strength").line == 12
    assert said_by(step, "ladder") == step.origin


def test_every_layer_that_spoke_is_remembered_in_its_order() -> None:
    book, _ = a_book(at("unit", due("P1D")), at("region", due("P2D")))
    spoken = [one for one in first(book).changes if one.field == "due"]
    assert [(one.level, str(one.before.within), str(one.after.within)) for one in spoken] == [
        ("region", "P3D", "P2D"),
        ("unit", "P2D", "P1D"),
    ]


# --- a default is confirmed -----------------------------------------------------------------------

CONFIRMED = """\
[[step]]
key = "first-contact"
basis = { kind = "local", source = "EQS 4711", verified = true }
"""


def test_a_basis_alone_confirms_what_was_only_a_default() -> None:
    book, wrong = a_book(at("unit", CONFIRMED))
    assert wrong == []
    step = first(book)
    assert not step.basis.shown_as_default
    assert not step.deadline_basis.shown_as_default
    assert step.due.within == Period(3)
    assert step.basis.source == "EQS 4711"


def test_a_basis_that_nobody_has_read_confirms_nothing() -> None:
    said = a_book(at("unit", CONFIRMED.replace(", verified = true", "")))[1]
    assert "bekrefter ikke noe" in said[0]


def test_what_an_authority_says_is_not_made_the_sites_own_by_confirming() -> None:
    law = BASE.replace(
        'basis = { kind = "default", source = "ours" }\nadjustable',
        'basis = { kind = "law", source = "RX-01", verified = true }\nadjustable',
    )
    step = first(a_book_on(law, at("unit", CONFIRMED))[0])
    assert (step.basis.source, step.deadline_basis.source, step.changes) == ("RX-01", "RX-01", ())


# --- a gate without exception ---------------------------------------------------------------------


def test_a_gate_may_be_made_one_without_exception_and_stays_so() -> None:
    hard = tighten('hard = true\nstrength = "must"', "receiver_named", "gate")
    book, wrong = a_book(at("trust", hard))
    assert wrong == []
    gate = stands(book).find("receiver_named")
    assert isinstance(gate, Gate)
    assert gate.hard
    soft = tighten('hard = false\nstrength = "must"', "receiver_named", "gate")
    assert any("uten unntak" in said for said in a_book(at("trust", hard), at("unit", soft))[1])


@pytest.mark.parametrize("strength", ["", 'strength = "should"'])
def test_only_a_must_is_without_exception(strength: str) -> None:
    words = tighten(f"hard = true\n{strength}", "receiver_named", "gate")
    assert any("bare et krav" in said for said in a_book(at("trust", words))[1])


# --- versions ------------------------------------------------------------------------------------


def test_two_versions_of_a_layer_stand_beside_each_other_and_the_newest_is_for_new_cases() -> None:
    old, new = (
        at("unit", due("P2D")),
        at("unit", due("P1D")).replace('version = "1"', 'version = "2"'),
    )
    book, wrong = a_book_on(BASE, old, new)
    assert wrong == []
    assert [layer.key for layer in book.layers_for("national.after-attempt")] == ["unit@2"]
    assert first(book).due.within == Period(1)
    followed = book.followed("national.after-attempt", "2026.1", ["unit@1"]).find("first-contact")
    assert followed is not None
    assert followed.due.within == Period(2)


def test_a_version_that_is_gone_gives_way_to_the_newest_and_a_layer_that_is_gone_to_nothing() -> (
    None
):
    book, _ = a_book(at("unit", due("P1D")))
    gone = book.followed("national.after-attempt", "2026.1", ["unit@0.9", "nowhere@1"])
    step = gone.find("first-contact")
    assert step is not None
    assert step.due.within == Period(1)


def test_an_older_version_of_the_pathway_does_not_hold_a_newer_layer_back() -> None:
    more = '\n[[step]]\nkey = "new-step"\ntask = "call_patient"\nafter = "discharged"\n'
    more += 'due = { within = "P3D" }\nbasis = { kind = "default", source = "ours" }\n'
    newer = BASE.replace('"2026.1"', '"2026.2"').split("[ladder.standard]")[0] + more
    layer = at("unit", tighten('due = { within = "P1D" }', key="new-step"))
    assert not a_book_on(BASE, newer, layer)[1]


# --- as a site was set up ---------------------------------------------------------------------------


def test_layers_that_only_meet_in_a_unit_of_the_site_clash_there() -> None:
    kind = at("region", due("P1D"), units='["psychiatric_acute"]')
    ward = at("unit", due("P2D"), units='["ward-7"]')
    book, wrong = a_book(kind, ward)
    assert wrong == []
    base = book.pathway("national.after-attempt", "2026.1")
    here = book.layers_for("national.after-attempt", "ward-7", "psychiatric_acute")
    found = clashes_in(base, here)
    assert [(clash.key, clash.field) for clash in found] == [("first-contact", "due")]
    assert "layer1.toml" in found[0].said_by
    assert "layer0.toml" in found[0].against
    elsewhere = book.layers_for("national.after-attempt", "ward-7", "dps")
    assert clashes_in(base, elsewhere) == []


def test_a_word_on_a_key_that_nobody_has_is_shown_what_another_layer_of_the_site_calls_it() -> None:
    more = '\n[[step]]\nkey = "weekly-walk"\ntask = "call_patient"\nafter = "discharged"\n'
    more += 'due = { within = "P3D" }\nbasis = { kind = "default", source = "ours" }\n'
    region = at("region", more, units='["psychiatric_acute"]')
    words = tighten('due = { within = "P2D" }', key="weekly-walks")
    ward = at("unit", words, units='["ward-7"]')
    book, _ = a_book(region, ward)
    here = book.layers_for("national.after-attempt", "ward-7", "psychiatric_acute")

    [found] = clashes_in(book.pathway("national.after-attempt", "2026.1"), here)

    assert found.key == "weekly-walks"
    assert "«weekly-walk»" in found.right


def test_whoever_loosens_what_may_be_loosened_is_asked_for_the_reason() -> None:
    wrong = a_book_on(ADJUSTABLE, at("unit", due("P9D")))[1]
    assert "ingen grunn er skrevet" in wrong[0]
    assert 'reason = "…"' in wrong[0]
    assert "be om at feltet" not in wrong[0]
