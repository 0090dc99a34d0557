"""What the packs here owe after a confirmed death: nothing to the person, and on to those who are left."""

from __future__ import annotations

import pytest

from bindeledd.features.pathways.domain.values import AfterDeath
from bindeledd.plugin.loading import gather, installed

UNITS = {
    "retningslinje-2024": {"unit_kind": "acute_ward"},
    "helse-sor-ost": {"unit_kind": "medical_ward", "organisation": "vestre-viken"},
    "vestre-viken": {"unit_kind": "dps", "organisation": "vestre-viken"},
    "fengsel": {"unit_kind": "prison_health"},
}


def test_what_was_owed_to_the_living_person_ends(a_course) -> None:
    course = a_course("tsb", unit_kind="addiction_ward").begun()
    course.tell("discharged")
    assert course.owed_by("tsb")
    course.tell("death_reported")
    course.tell("death_confirmed")
    assert course.owed_by("tsb") == set()


def test_a_review_of_a_death_goes_on_link_by_link(a_course) -> None:
    course = a_course("incident-review").begun()
    course.tell("death_reported")
    course.tell("death_confirmed")
    course.tell("answered", ir_cause="yes")
    assert {"opened", "survey"} <= course.owed_by("incident-review")
    course.tell("answered", ir_review="opened")
    course.tell("answered", ir_held="held")
    assert "learning" in course.owed_by("incident-review")


@pytest.mark.parametrize("answer", ["named", "not_wanted"])
def test_those_who_are_left_are_offered_help_over_time(a_course, answer: str) -> None:
    course = a_course("etterlatte").begun()
    course.tell("death_reported")
    course.tell("death_confirmed")
    course.tell("answered", el_contact=answer)
    assert "later" in course.owed_by("etterlatte")


@pytest.mark.parametrize(
    ("pack", "key", "where"),
    [
        ("retningslinje-2024", "with-parents", {"minor": "yes"}),
        ("helse-sor-ost", "alcohol", {}),
        ("vestre-viken", "bed-before", {}),
        ("fengsel", "reach", {}),
    ],
)
def test_a_reported_death_ends_what_asks_the_person_or_the_relatives(
    a_course, pack: str, key: str, where: dict[str, str]
) -> None:
    course = a_course(pack, **UNITS[pack]).begun(**where)
    assert key in course.owed_by(pack)
    course.tell("death_reported")
    assert key not in course.owed_by(pack)
    course.tell("death_refuted")
    assert key in course.owed_by(pack)


# What a task that turns to the person or the relatives is called.
TURNING = ("Spør", "Tilby", "Inviter", "Ring", "Snakk", "Besøk", "Innkall")


def test_no_pack_asks_the_person_or_the_relatives_after_a_reported_death() -> None:
    book = gather(sorted({point.name for point in installed()})).book
    left = [
        rule.key
        for layer in book.layers
        for rule in (*layer.steps, *layer.gates)
        if book.task_titles.get(rule.task, {}).get("nb", "").startswith(TURNING)
        and not rule.contact
        and rule.after_death is AfterDeath.ENDS
    ]
    assert left == []
