"""The plan by values: what is asked, what may be saved, what is not yet written, what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import pytest

from bindeledd.features.pathways.domain import AskedOf, PlanForm, PlanSection
from bindeledd.features.pathways.domain.gathering import gathered
from bindeledd.features.pathways.domain.reading import read_file
from bindeledd.features.pathways.service import load_book
from bindeledd.features.plans.domain import (
    LONGEST,
    Asked,
    Measure,
    MeasureOfNothing,
    NoSuchSection,
    PlanChanged,
    PlanEmpty,
    Relatives,
    RelativesLocked,
    Service,
    TookPart,
    TooLong,
    Version,
    Words,
    asked_now,
    check,
    check_base,
    current,
    facts,
    filled,
    not_yet,
)
from bindeledd.features.plans.domain.bundles import bundle, with_words
from bindeledd.features.plans.domain.comparing import differences
from bindeledd.features.plans.domain.paper import for_receiver, sheet

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ID = UUID(int=1)
PER = Measure(what="Ringer tirsdag", whose=Service.MUNICIPALITY, owner="Per i teamet")


@cache
def national() -> PlanForm:
    found = load_book().plan
    assert found is not None
    return found


def asked() -> tuple[Asked, ...]:
    return asked_now(national(), None)


def said(*measures: Measure, kin: Relatives = Relatives.NOT_ASKED, **own: str) -> Words:
    part = TookPart(person=True, relatives=kin)
    return Words(sections=own, measures=measures, took_part=part)


def a_version(words: Words | None, number: int = 1, *, in_error: bool = False) -> Version:
    return Version(
        id=UUID(int=number),
        case_id=ID,
        number=number,
        event_id=ID,
        made_at=AT,
        made_by=None,
        in_error=in_error,
        title=national().title,
        asked=asked(),
        words=words,
    )


# --- what is asked --------------------------------------------------------------------------------


def test_s076_the_six_sections_of_the_guide_stand_in_its_order() -> None:
    keys = [one.key for one in national().sections if "S-076" in one.rows]

    assert keys == [
        "early_signs",
        "what_helps",
        "whom_to_call",
        "services",
        "relatives",
        "children_and_animals",
    ]


def test_s077_what_the_person_does_not_want_has_a_section_of_its_own() -> None:
    section = national().find("not_wanted")

    assert section is not None
    assert "S-077" in section.rows


def test_s211_the_person_s_own_wishes_come_first() -> None:
    assert national().sections[0].key == "wishes"
    assert national().sections[0].asked_of is AskedOf.PERSON


def test_s038_means_are_words_that_stay_inside_and_are_no_fact_of_their_own() -> None:
    section = national().find("safer_surroundings")
    told = facts(ID, asked(), said(safer_surroundings="Faren har nøkkelen."))

    assert section is not None
    assert section.stays_inside
    assert set(told) == {
        "plan_version_id",
        "plan_written",
        "plan_person",
        "plan_relatives",
        "plan_services",
        "plan_sections",
        "plan_municipal_measure",
        "plan_complete",
    }
    assert "Faren" not in str(told)


LAYER = """
id = "my-trust.after-attempt"
version = "2026.1"
extends = "national.after-attempt"
level = "{level}"
title = {{ nb = "Vårt" }}
[plan]
title = {{ nb = "{name}" }}
[[plan.section]]
key = "{key}"
after = "{after}"
title = {{ nb = "Brukerstyrt seng" }}
"""


def a_layer(
    level: str = "trust",
    name: str = "Mestringsplan",
    key: str = "my-trust.bed",
    after: str = "services",
    own_id: str = "my-trust.after-attempt",
) -> str:
    text = LAYER.format(level=level, name=name, key=key, after=after)
    return text.replace("my-trust.after-attempt", own_id)


def findings(*layers: str) -> list[str]:
    reads = [read_file(PLAN, distribution="bindeledd", file="plan.toml")]
    reads += [
        read_file(text, distribution="pack", file=f"{n}.toml") for n, text in enumerate(layers)
    ]
    return [
        one.fault.code for one in gathered(reads)[1] if one.fault.code.startswith("pathways.plan")
    ]


PLAN = """
[plan]
title = { nb = "Kriseplan" }
[[plan.section]]
key = "services"
title = { nb = "Hva tjenestene gjør" }
form = "measures"
"""


def test_s075_a_layer_gives_the_plan_its_own_name_and_a_section_after_another() -> None:
    read = read_file(a_layer(), distribution="pack", file="a.toml")
    form = national().with_more(read.layers[0].plan or PlanForm())
    keys = [one.key for one in form.sections]

    assert not read.findings
    assert form.title["nb"] == "Mestringsplan"
    assert keys[keys.index("services") + 1] == "my-trust.bed"
    assert len(keys) == len(national().sections) + 1


def test_s075_the_name_nearest_to_the_unit_counts_and_no_name_leaves_it() -> None:
    near = national().with_more(PlanForm(title={"nb": "Mestringsplan"})).with_more(PlanForm())

    assert near.title == {"nb": "Mestringsplan"}


def test_two_names_on_one_level_and_one_section_twice_stop_the_start() -> None:
    other = "other.after-attempt"

    assert findings(a_layer()) == []
    assert findings(a_layer(), a_layer(key="b", name="Sikringsplan", own_id=other)) == [
        "pathways.plan_named_twice"
    ]
    assert (
        findings(a_layer(), a_layer(level="unit", name="Sikringsplan", key="b", own_id=other)) == []
    )
    assert findings(a_layer(), a_layer(own_id=other)) == ["pathways.plan_section_twice"]
    assert findings(a_layer(after="nowhere")) == ["pathways.plan_after"]


def test_a_second_list_of_measures_and_a_plan_that_asks_nothing_are_refused() -> None:
    twice = PLAN + '[[plan.section]]\nkey = "b"\ntitle = { nb = "B" }\nform = "measures"\n'
    nothing = '[plan]\ntitle = { nb = "Kriseplan" }\n'
    codes = [
        [one.fault.code for one in read_file(text, distribution="x", file="p.toml").findings]
        for text in (twice, nothing)
    ]

    assert codes == [["pathways.plan_measures_twice"], ["pathways.plan_empty"]]


# --- what may be saved ----------------------------------------------------------------------------


def test_what_was_typed_is_tidied_and_nothing_else() -> None:
    tidy = check(
        said(early_signs=" Sover lite \r\nSvarer ikke  \n", wishes="  "), asked(), None, locked=True
    )

    assert tidy.sections == {"early_signs": "Sover lite\nSvarer ikke"}


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (said(wishes="  "), PlanEmpty),
        (said(nobody_asks="x"), NoSuchSection),
        (said(services="as words"), NoSuchSection),
        (said(wishes="x" * (LONGEST + 1)), TooLong),
        (said(Measure(what="", whose=Service.PRACTICE, owner="Per")), MeasureOfNothing),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(words: Words, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check(words, asked(), None, locked=False)


def test_s078_the_relatives_section_is_locked_until_one_of_them_may_be_told() -> None:
    theirs = said(relatives="Mor ringer hver kveld")

    with pytest.raises(RelativesLocked):
        check(theirs, asked(), None, locked=True)
    with pytest.raises(RelativesLocked):
        check(said(wishes="Ro", kin=Relatives.YES), asked(), None, locked=True)
    assert check(theirs, asked(), None, locked=False).sections == theirs.sections


def test_s078_what_stood_there_before_a_consent_ended_stays_as_it_was() -> None:
    before = said(relatives="Mor ringer")

    kept = check(said(relatives="Mor ringer", wishes="Ro"), asked(), before, locked=True)

    assert kept.sections["relatives"] == "Mor ringer"
    with pytest.raises(RelativesLocked):
        check(said(wishes="Ro"), asked(), before, locked=True)


def test_nobody_saves_over_a_version_that_they_have_not_read() -> None:
    check_base(3, 3)
    for base in (0, 2, 4):
        with pytest.raises(PlanChanged):
            check_base(3, base)


# --- what is there --------------------------------------------------------------------------------


def test_s076_what_is_not_yet_written_is_said_and_blocks_nothing() -> None:
    words = said(PER, wishes="Ro")
    missing = [one.key for one in not_yet(asked(), words)]

    assert filled(asked(), words) == ["wishes", "services"]
    assert missing == [one.key for one in asked() if one.key not in ("wishes", "services")]
    assert facts(ID, asked(), words)["plan_complete"] is False


@pytest.mark.parametrize("kin", [Relatives.REFUSED, Relatives.NONE])
def test_s082_relatives_whom_nobody_may_ask_are_not_waited_for(kin: Relatives) -> None:
    everything = {one.key: "noe" for one in asked() if not one.measures and not one.of_relatives}

    assert not_yet(asked(), said(PER, kin=kin, **everything)) == []
    assert [one.key for one in not_yet(asked(), said(PER, **everything))] == ["relatives"]
    assert facts(ID, asked(), said(PER, kin=kin, **everything))["plan_relatives"] == kin.value


@pytest.mark.parametrize(
    ("measure", "counts"),
    [
        (PER, True),
        (Measure(what="Ringer", whose=Service.MUNICIPALITY), False),
        (Measure(what="Ringer", whose=Service.TRUST, owner="Anna"), False),
    ],
)
def test_s048_a_municipal_measure_counts_once_somebody_there_has_said_yes(
    measure: Measure, counts: bool
) -> None:
    assert facts(ID, asked(), said(measure))["plan_municipal_measure"] is counts


def test_the_plan_is_the_newest_version_that_was_no_error() -> None:
    first, second = a_version(said(wishes="a")), a_version(said(wishes="b"), 2)
    wrong = a_version(said(wishes="c"), 3, in_error=True)

    assert current([first, second, wrong]) is second
    assert current([wrong]) is None


def test_a_section_that_nobody_asks_any_more_keeps_its_answer() -> None:
    gone = Asked(key="old-pack.bed", title={"nb": "Seng"})
    before = a_version(said(wishes="Ro", **{"old-pack.bed": "Avtale med posten"}))
    before = Version(**{**vars(before), "asked": (*before.asked, gone)})

    now = asked_now(PlanForm(sections=(PlanSection(key="wishes", title={"nb": "Ønsker"}),)), before)

    assert [one.key for one in now] == ["wishes", "old-pack.bed"]


def test_a_version_is_sealed_whole_and_read_back_the_same() -> None:
    version = a_version(said(PER, wishes="Ro", kin=Relatives.REFUSED))
    bare = Version(**{**vars(version), "words": None, "title": {}, "asked": ()})

    assert with_words(bare, bundle(version)) == version


# --- what changed, and what goes out --------------------------------------------------------------


def test_what_changed_between_two_versions_is_said_section_by_section() -> None:
    first = a_version(said(wishes="Ro", not_wanted="Tvang", what_helps="Gå tur"))
    second = a_version(said(PER, wishes="Ro", not_wanted="Tvang og venting"), 2)

    codes = {one.asked.key: one.code for one in differences(first, second)}

    assert codes["wishes"] == "same"
    assert codes["not_wanted"] == "changed"
    assert codes["what_helps"] == "gone"
    assert codes["services"] == "new"


def test_a_receiver_outside_hears_that_means_were_talked_about_and_not_what_was_said() -> None:
    version = a_version(
        said(PER, wishes="Ro", safer_surroundings="Far har nøkkelen", relatives="Mor")
    )

    out = for_receiver(version, relatives_may_be_told=False)
    with_kin = for_receiver(version, relatives_may_be_told=True)

    assert {one["key"]: one["words"] for one in out["sections"]} == {
        "wishes": "Ro",
        "safer_surroundings": "",
    }
    assert "Mor" not in str(out)
    assert "nøkkelen" not in str(with_kin)
    assert any(one["words"] == "Mor" for one in with_kin["sections"])


def test_the_paper_holds_the_words_and_nobody_who_follows_up() -> None:
    made = sheet(a_version(said(PER, wishes="Ro")), name="Kari Prøve")

    assert made.title == "Kriseplan"
    assert [one.title for one in made.sections] == [
        "Hva som er viktig for meg",
        "Hva tjenestene gjør",
    ]
    assert made.sections[1].lines[0].text == "Ringer tirsdag · Kommunen: Per i teamet"


def test_the_paper_of_a_demo_is_marked_and_that_of_production_is_not() -> None:
    version = a_version(said(PER, wishes="Ro"))

    assert "DEMONSTRASJON" in sheet(version, name="Kari Prøve", environment="demo").mark
    assert sheet(version, name="Kari Prøve", environment="production").mark == ""


def test_s138_whom_the_person_may_call_stands_last_on_the_paper() -> None:
    calls = [("Legevakt", "116 117")]
    made = sheet(a_version(said(PER, wishes="Ro")), name="Kari Prøve", calls=calls)

    assert made.sections[-1].title == "Hvem du kan ringe"
    assert [(one.label, one.text) for one in made.sections[-1].lines] == calls
