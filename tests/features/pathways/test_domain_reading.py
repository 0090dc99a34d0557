"""A fault in a routine file is found at start, with its line, and says what would be right."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain import LadderUnknown, PathwayUnknown
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.lines import lines_of
from bindeledd.features.pathways.domain.reading import PathwayInvalid, Read, read_file
from bindeledd.features.pathways.domain.table import Finding
from features.pathways.routines import HEAD

STEP = """\
[[step]]
key = "first-contact"
task = "call_patient"
after = "discharged"
due = { within = "P3D", count = "calendar_days" }
satisfied_by = ["reached"]
strength = "should"
basis = { kind = "default", source = "ours" }
"""
LADDER = """\
[ladder.standard]
seen_for = "P1D"
repeat_every = "P1D"
rungs = [
  { after = "PT0S", to = "owner" },
  { after = "PT4H", count = "staffed_hours", to = "lead" },
]
"""


def read(text: str) -> Read:
    return read_file(text, distribution="my-pack", file="routine.toml")


def the_finding(text: str) -> Finding:
    """The only finding in this text."""
    found = gathered([read(text)])[1]
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_file_is_read_without_a_word() -> None:
    book, findings = gathered([read(HEAD + STEP + LADDER)])
    assert findings == []
    step = book.current("suicide_attempt").steps[0]
    assert step.due.within.days == 3
    assert step.origin.line == line_of(HEAD + STEP, "[[step]]")
    assert book.ladder("standard").rungs[-1].audience == "lead"


@pytest.mark.parametrize("window", ['from = "P2D", to = "P7X"', 'from = "P2X", to = "PT0S"'])
def test_a_window_whose_end_is_no_length_is_one_fault(window: str) -> None:
    text = HEAD + STEP.replace('within = "P3D"', window) + LADDER

    assert len(gathered([read(text)])[1]) == 1


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('strength = "should"', 'strenght = "should"', "ukjent nøkkel"),
        ('after = "discharged"', 'after = "went_home"', '"went_home" er ukjent'),
        ('task = "call_patient"', 'task = "phone_patient"', '"phone_patient" er ukjent'),
        ('satisfied_by = ["reached"]', 'satisfied_by = ["rang"]', '"rang" er ukjent'),
        ('within = "P3D"', 'within = "P1M"', "ingen fast lengde"),
        ('within = "P3D"', 'within = "3 days"', "er ikke en varighet"),
        ('within = "P3D"', 'from = "P9D", to = "P3D"', "før det åpner"),
        ('within = "P3D"', 'to = "P3D"', "et tidsrom åpner og lukker"),
        ('within = "P3D"', 'at = "admitted"', "er ikke det fristen regnes fra"),
        ('count = "calendar_days"', 'count = "staffed_hours"', "regnes ikke i dager"),
        ('count = "calendar_days"', 'count = "moons"', '"moons" er ukjent'),
        ('kind = "default"', 'kind = "law"', ""),
        ('kind = "default", source = "ours"', 'kind = "guideline"', "trenger en kilde"),
        ('strength = "should"', 'strength = "shall"', '"shall" er ukjent'),
        ('strength = "should"', 'owner = "somebody"', "er ingen ansvarlig"),
        ('strength = "should"', "contact = 1", "har feil form"),
        (
            'strength = "should"',
            'when = { mood = ["low"] }',
            "er ingen opplysning som blir registrert",
        ),
        ('strength = "should"', 'when = { setting = ["ward"] }', "er ingen verdi der"),
        ('strength = "should"', 'ladder = "tall"', "er ingen varslingstrapp"),
        ('key = "first-contact"', 'key = "First contact"', "har ikke formen til key"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(right: str, wrong: str, said: str) -> None:
    text = HEAD + STEP.replace(right, wrong) + LADDER
    findings = gathered([read(text)])[1]
    if not said:  # a law with a source is a law
        assert findings == []
        return
    assert [each for each in findings if said in each.wrong], [str(each) for each in findings]
    found = next(each for each in findings if said in each.wrong)
    at_step = (
        line_of(text, "[[step]]") if "ladder" in wrong else line_of(text, wrong.split(" =")[0])
    )
    assert found.origin.line in (at_step, line_of(text, wrong))
    assert (found.origin.distribution, found.origin.file) == ("my-pack", "routine.toml")
    assert found.right


def test_a_must_without_a_basis_is_refused() -> None:
    text = HEAD + STEP.replace("should", "must").replace(
        'basis = { kind = "default", source = "ours" }\n', ""
    )
    assert the_finding(text + LADDER).wrong == "et skal-krav trenger et grunnlag"


def test_two_steps_of_one_key_are_refused_with_both_lines() -> None:
    text = HEAD + STEP + STEP + LADDER
    found = the_finding(text)
    first = line_of(text, 'key = "first-contact"')
    assert str(first) in found.wrong
    assert found.origin.line == first + len(STEP.splitlines())


def test_a_pathway_says_the_longest_silence() -> None:
    text = HEAD.replace('[longest_silence]\nfirst_30_days = "P7D"\nlater = "P31D"\n', "")
    assert the_finding(text + LADDER).key == "longest_silence"
    short = HEAD.replace('later = "P31D"\n', "")
    found = the_finding(short + LADDER)
    assert (found.key, found.origin.line) == (
        "longest_silence.later",
        line_of(short, "[longest_silence]"),
    )


def test_a_longest_silence_of_nothing_is_refused() -> None:
    assert the_finding(HEAD.replace("P7D", "PT0S") + LADDER).wrong == "er ingen tid"


def test_a_ladder_ends_with_the_lead() -> None:
    text = LADDER.replace('to = "lead"', 'to = "team"')
    assert the_finding(text).wrong == "det siste trinnet er ikke en leder etter fristen"


def test_a_lead_who_hears_before_the_due_time_only_is_told_at_the_rung_with_what_is_right() -> None:
    text = LADDER.replace('after = "PT4H", count = "staffed_hours"', 'before = "P1D"')
    found = the_finding(text)
    assert found.origin.line == line_of(text, "before =")
    assert found.key.endswith(".before")
    assert "after" in found.right
    assert 'to = "lead"' not in found.right


def test_a_ladder_without_rungs_is_refused() -> None:
    text = LADDER[: LADDER.index("rungs")] + "rungs = []\n"
    found = the_finding(text)
    assert (found.wrong, found.origin.line) == ("er tom", line_of(text, "rungs"))


def test_a_fault_in_a_rung_stands_on_its_own_line() -> None:
    text = LADDER.replace('"PT4H"', '"PT4X"')
    assert the_finding(text).origin.line == line_of(text, "PT4X")


def test_a_ladder_that_ignores_hours_counts_none() -> None:
    found = the_finding(LADDER + "ignores_hours = true\n")
    assert found.wrong == "trinnene regner bemannet tid"


def test_what_is_not_toml_says_the_line() -> None:
    text = HEAD + "[[step]\n"
    found = the_finding(text)
    assert found.origin.line == line_of(text, "[[step]")


def test_every_fault_of_a_file_is_found_at_once() -> None:
    bad = STEP.replace("P3D", "P1M").replace("call_patient", "knock").replace("reached", "rang")
    assert len(gathered([read(HEAD + bad + LADDER)])[1]) == 3


def test_a_pack_may_declare_a_kind_of_task_with_a_title() -> None:
    own = STEP.replace("call_patient", "home_visit")
    text = HEAD + '[task.home_visit]\ntitle = { nb = "Hjemmebesøk" }\n' + own + LADDER
    book, findings = gathered([read(text)])
    assert findings == []
    assert book.task_titles["home_visit"]["nb"] == "Hjemmebesøk"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"card "', "card "),
        ("'card '", "card "),
        ('"card\\u0020"', "card "),
        ('"a.b"', "a.b"),
        ('"a]b"', "a]b"),
        ('"a#b"', "a#b"),
    ],
)
def test_a_quoted_key_is_found_on_its_line(written: str, meant: str) -> None:
    found = lines_of(f"a = 1\n[letter.{written}]\nnb = 1 # {{ x = 1\n[other]\n{written} = 2\n")
    assert found == {
        ("a",): 1,
        ("letter", meant): 2,
        ("letter", meant, "nb"): 3,
        ("other",): 4,
        ("other", meant): 5,
    }


@pytest.mark.parametrize(
    ("text", "way", "line"),
    [
        ('due = { "within" = "P1D" }', ("due", "within"), 1),
        ('a = [\n { "x y" = [\n 1,\n ], "due" = 3 },\n]', ("a", 0, "due"), 4),
        ("a = { b = [\n 1,\n], 'c' = 2 }", ("a", "c"), 3),
        ('a = [\n { x = { nb = "1" } },\n { x = 2 },\n]', ("a", 1, "x"), 3),
        ('a = [\n { x = "{name}" },\n { x = 2 },\n]', ("a", 1, "x"), 3),
        ("a = [ # { x\n { x = 1 }, # }\n { x = 2 },\n]", ("a", 1, "x"), 3),
        ("a.b.c = 1\nx = { y.z = 1 }", ("x", "y", "z"), 2),
        ("# it is '''\na = 1 # \"\"\"\nb = 2", ("b",), 3),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ('[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\n"c" = 2', ("a", 1, "b", "c"), 6),
    ],
)
def test_every_key_is_found_on_the_line_that_says_it(
    text: str, way: tuple[str | int, ...], line: int
) -> None:
    assert lines_of(text)[way] == line


def test_what_a_text_says_is_no_key() -> None:
    assert lines_of('a = { "k" = "w = 2, z = 3" }') == {("a",): 1, ("a", "k"): 1}


def test_one_id_twice_is_refused_and_names_both() -> None:
    one = read(HEAD + LADDER)
    other = read_file(HEAD, distribution="other-pack", file="same.toml")
    said = [str(each) for each in gathered([one, other])[1]]
    assert any("my-pack:routine.toml" in text and "other-pack:same.toml" in text for text in said)


def test_a_new_case_takes_the_newest_version_and_an_old_one_keeps_its_own() -> None:
    newer = HEAD.replace("2026.1", "2026.10")
    older = HEAD.replace("2026.1", "2026.9")
    book, findings = gathered([read(newer), read(older), read(LADDER)])
    assert findings == []
    assert book.current("suicide_attempt").version == "2026.10"
    assert book.newest("site.after-attempt").version == "2026.10"
    assert book.pathway("site.after-attempt", "2026.9").version == "2026.9"


def test_what_is_not_installed_is_refused() -> None:
    book, _ = gathered([read(HEAD + LADDER)])
    with pytest.raises(PathwayUnknown):
        book.pathway("site.after-attempt", "1999.1")
    with pytest.raises(PathwayUnknown):
        book.current("self_harm")
    with pytest.raises(PathwayUnknown):
        book.rule("free")
    with pytest.raises(LadderUnknown):
        book.ladder("tall")


def test_two_pathways_for_one_index_event_are_refused() -> None:
    other = HEAD.replace("site.after", "rival.after")
    said = [each.wrong for each in gathered([read(HEAD + LADDER), read(other)])[1]]
    assert said == ["site.after-attempt (my-pack:routine.toml:1) begynner med den samme hendelsen"]


def test_a_start_that_stops_says_where_what_and_what_to_do() -> None:
    found = the_finding(HEAD + STEP.replace("P3D", "P1M") + LADDER)
    stopped = str(PathwayInvalid([found]))
    assert "my-pack:routine.toml:" in stopped
    assert "step.first-contact.due.within" in stopped
    assert "ingen fast lengde" in stopped


# --- rules that are counted from an answer --------------------------------------------------------

ANSWER = """\
[[step]]
key = "talk"
task = "call_patient"
after = "answered"
due = { within = "P3D" }
basis = { kind = "default", source = "ours" }
"""


def test_a_rule_that_is_counted_from_an_answer_says_which() -> None:
    found = the_finding(HEAD + ANSWER + LADDER)
    assert (found.key, found.origin.line) == ("step.talk.given", 18)


def test_whoever_says_which_answer_is_understood() -> None:
    (path,) = read(HEAD + ANSWER + 'given = { intoxication = ["yes"] }\n' + LADDER).pathways
    assert path.steps[0].given == {"intoxication": frozenset({"yes"})}


def test_of_another_event_nobody_asks_for_what_may_be_unknown() -> None:
    found = the_finding(HEAD + STEP + 'given = { intoxication = ["yes"] }\n' + LADDER)
    assert found.key == "step.first-contact.given"
    assert "when" in found.right


def test_any_answer_to_anything_does_nothing() -> None:
    found = the_finding(HEAD + STEP.replace('"reached"', '"answered"') + LADDER)
    assert (found.key, found.origin.line) == ("step.first-contact.satisfied_by", 23)


def test_a_gate_says_which_answer_keeps_it() -> None:
    gate = STEP.replace("[[step]]", "[[gate]]").replace('after = "discharged"', 'at = "discharged"')
    gate = gate.replace('satisfied_by = ["reached"]', 'need = "answered"')
    assert the_finding(HEAD + gate + LADDER).key == "gate.first-contact.need"


@pytest.mark.parametrize("count", ["working_days", "calendar_days"])
def test_a_part_of_a_day_is_not_counted_in_days(count: str) -> None:
    due = f'within = "PT12H", count = "{count}"'
    text = HEAD + STEP.replace('within = "P3D", count = "calendar_days"', due) + LADDER
    found = the_finding(text)

    assert (found.origin.line, found.key) == (
        line_of(text, "due ="),
        "step.first-contact.due.within",
    )
    assert count in found.wrong
    assert '"PT4H" med count = "staffed_hours"' in found.right


@pytest.mark.parametrize("form", ["before", "after"])
def test_a_part_of_a_day_is_no_rung_in_working_days(form: str) -> None:
    rung = f'{form} = "PT12H", count = "working_days"'
    text = HEAD + STEP + LADDER.replace('after = "PT0S"', rung)
    found = the_finding(text)

    assert found.origin.line == line_of(text, "PT12H")
    assert found.key.endswith(form)
    assert "staffed_hours" in found.right


@pytest.mark.parametrize("count", ["", "working_days", "calendar_days"])
@pytest.mark.parametrize(("key", "counted"), [("seen_for", "seen"), ("repeat_every", "repeat")])
def test_a_round_does_not_last_a_part_of_a_day_that_is_counted_in_days(
    key: str, counted: str, count: str
) -> None:
    said = f'\n{counted}_count = "{count}"' if count else ""
    text = HEAD + STEP + LADDER.replace(f'{key} = "P1D"', f'{key} = "PT12H"{said}')
    found = the_finding(text)

    assert (found.origin.line, found.key) == (line_of(text, "PT12H"), f"ladder.standard.{key}")
    assert f'{counted}_count = "hours"' in found.right
    assert f'"PT4H" med {counted}_count = "staffed_hours"' in found.right


def test_a_round_may_last_some_hours_where_they_are_counted_as_hours() -> None:
    said = 'seen_for = "PT12H"\nseen_count = "hours"'

    assert read(HEAD + STEP + LADDER.replace('seen_for = "P1D"', said)).findings == []


def test_the_beginning_of_a_window_is_no_part_of_a_day_in_working_days() -> None:
    due = 'from = "PT12H", to = "P3D", count = "working_days"'
    text = HEAD + STEP.replace('within = "P3D", count = "calendar_days"', due) + LADDER

    assert the_finding(text).key == "step.first-contact.due.from"


@pytest.mark.parametrize("quotes", ['"' * 3, "'" * 3])
def test_a_long_text_that_ends_where_the_next_begins_is_told_where_it_was_opened(
    quotes: str,
) -> None:
    texts = f"[letter.a.text]\nnb = {quotes}\nHei.\n\nen = {quotes}\nDear.\n{quotes}\n"
    text = HEAD + STEP + LADDER + texts
    found = the_finding(text)

    assert (found.origin.line, found.key) == (line_of(text, "nb = " + quotes), "nb")
    assert f"linje {line_of(text, 'en = ' + quotes)}" in found.wrong
    assert "tre anførselstegn" in found.right


@pytest.mark.parametrize("quotes", ['"' * 3, "'" * 3])
def test_a_long_text_that_nothing_ends_is_told_where_it_was_opened(quotes: str) -> None:
    text = HEAD + STEP + LADDER + f"[letter.a.text]\nnb = {quotes}\nHei.\n"
    found = the_finding(text)

    assert (found.origin.line, found.key) == (line_of(text, "nb = " + quotes), "nb")
    assert "anførselstegn" in found.right


@pytest.mark.parametrize("key", ["key", "task"])
@pytest.mark.parametrize("name", ["no-show-fee", "send_invoice", "ikke-mott-gebyr"])
def test_s068_a_step_that_makes_a_fee_owed_by_who_did_not_come_is_refused(
    key: str, name: str
) -> None:
    kind = name.replace("-", "_")
    missed = STEP.replace('"discharged"', '"appointment_missed"')
    own = {"key": ('"first-contact"', f'"{name}"'), "task": ('"call_patient"', f'"{kind}"')}
    text = HEAD + missed.replace(*own[key]) + f'[task.{kind}]\ntitle = {{ nb = "x" }}\n' + LADDER
    found = the_finding(text)
    assert found.fault.code == "pathways.missed_costs"
    assert found.origin.line == line_of(text, f"{key} = ")
    assert "S-068" in found.right


def test_s068_what_answers_a_missed_appointment_is_no_fee() -> None:
    missed = STEP.replace('"discharged"', '"appointment_missed"')
    assert gathered([read(HEAD + missed + LADDER)])[1] == []
