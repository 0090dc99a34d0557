"""Children as next of kin: asked early, what they need, a conversation, and who goes on."""

from __future__ import annotations

import pytest

PACK = "barn-som-parorende"
EARLY = f"{PACK}.asked-early"
NEEDS = f"{PACK}.needs"
TALK = f"{PACK}.conversation"
AGAIN = f"{PACK}.conversation-again"
GOES_ON = f"{PACK}.goes-on"
SIBS = f"{PACK}.sibs"
METHOD = f"{PACK}.method"


@pytest.fixture
def course(a_course):
    """Somebody whose follow-up has begun, with the pack."""
    return a_course(PACK).begun()


def own(course) -> set[str]:
    return {key for key in course.owed if key.startswith(PACK)}


def test_s090_the_question_is_owed_when_the_follow_up_begins(course):
    assert own(course) == {EARLY}
    assert course.owed[EARLY].strength == "must"
    course.tell("children_asked", minors=False)
    assert own(course) == set()


@pytest.mark.parametrize(
    ("minors", "owed"), [(True, {NEEDS, TALK}), (False, set()), (None, {NEEDS, TALK})]
)
def test_s090_a_yes_opens_what_is_owed_to_the_children_and_so_does_not_known(course, minors, owed):
    course.tell("children_asked", **({} if minors is None else {"minors": minors}))
    assert own(course) == owed


def test_s091_what_the_children_need_is_clarified_and_not_yet_is_not(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_needs="not_yet")
    assert NEEDS in course.owed
    course.tell("answered", barn_needs="clarified")
    assert NEEDS not in course.owed
    assert TALK in course.owed


def test_s091_somebody_goes_on_with_them_in_the_municipality(course):
    course.tell("children_asked", minors=True)
    course.later(days=2).tell("discharged")
    assert course.owed[GOES_ON].strength == "should"
    course.tell("answered", barn_goes_on="municipal_health")
    assert GOES_ON not in course.owed


def test_s092_serious_self_harm_opens_the_same_set_as_an_attempt(a_course):
    for kind in ("suicide_attempt", "self_harm", "intent_unclarified"):
        course = a_course(PACK, index_event=kind).begun(kind)
        course.tell("children_asked", minors=True)
        assert own(course) == {NEEDS, TALK}


def test_s093_the_conversation_has_an_outcome_and_not_now_is_asked_again(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="not_offered", barn_interpreter="not_needed")
    assert TALK in course.owed
    course.tell("answered", barn_conversation="not_now", barn_interpreter="not_needed")
    assert own(course) == {NEEDS, AGAIN}
    course.later(days=8).tell(
        "answered", barn_conversation="declined", barn_interpreter="not_needed"
    )
    assert own(course) == {NEEDS}


def test_s093_whoever_said_no_is_not_asked_again_by_itself(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="declined", barn_interpreter="not_needed")
    assert AGAIN not in course.owed
    course.later(days=3).tell(
        "answered", barn_conversation="not_now", barn_interpreter="not_needed"
    )
    assert AGAIN in course.owed
    course.later(days=3).tell(
        "answered", barn_conversation="declined", barn_interpreter="not_needed"
    )
    assert AGAIN not in course.owed


@pytest.mark.parametrize("answer", ["declined", "held", "by_others", "none_minor"])
def test_s093_whoever_said_not_now_and_then_yes_or_no_is_not_asked_again(course, answer):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="not_now", barn_interpreter="not_needed")
    course.later(days=3).tell("answered", barn_conversation=answer, barn_interpreter="not_needed")
    assert AGAIN not in course.owed


def test_s093_not_now_and_silence_is_still_owed(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="not_now", barn_interpreter="not_needed")
    course.later(days=20).tell("reached")
    assert AGAIN in course.owed


def test_s094_the_method_is_a_code_and_never_demanded(gathered, routine):
    (method,) = [one for one in gathered(PACK).fields if one.key == "barn_method"]
    assert "barneperspektivsamtalen" in {option.value for option in method.options}
    assert method.used_by == (TALK, AGAIN, METHOD)
    assert "barn_method" not in routine(PACK).find(TALK).evidence


def test_s094_the_method_is_owed_once_a_conversation_was_held_until_somebody_says_it(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="held", barn_interpreter="not_needed")
    assert TALK not in course.owed
    assert course.owed[METHOD].strength == "may"
    course.tell("answered", barn_method="not_noted")
    assert METHOD in course.owed
    course.tell("answered", barn_method="barneperspektivsamtalen")
    assert METHOD not in course.owed


@pytest.mark.parametrize(
    "said",
    [
        {"barn_conversation": "held", "barn_method": "no_method"},
        {"barn_conversation": "declined"},
    ],
)
def test_s094_nothing_is_owed_where_it_was_said_or_nothing_was_held(course, said):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_interpreter="not_needed", **said)
    assert METHOD not in course.owed


def test_s094_the_method_stands_on_the_follow_up(gathered):
    (method,) = [one for one in gathered(PACK).fields if one.key == "barn_method"]
    assert method.shown_in == ("case",)


def test_s095_the_advice_stands_where_the_question_is_asked(gathered):
    (talk,) = [one for one in gathered(PACK).fields if one.key == "barn_conversation"]
    assert "Lyden av håp" in talk.help["nb"]


def test_s096_sibs_is_owed_to_those_who_want_it_only(course):
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_sibs="not_here")
    assert SIBS not in course.owed
    course.tell("answered", barn_sibs="wanted")
    assert course.owed[SIBS].strength == "may"
    course.tell("answered", barn_sibs_began="waiting_list")
    assert SIBS not in course.owed


def test_s099_a_child_interprets_in_an_emergency_only(course, gathered):
    (one,) = [field for field in gathered(PACK).fields if field.key == "barn_interpreter"]
    assert [o.value for o in one.options if "child" in o.value] == ["child_in_emergency"]
    course.tell("children_asked", minors=True)
    course.tell("answered", barn_conversation="held", barn_interpreter="not_settled")
    assert TALK in course.owed
    course.tell("answered", barn_conversation="held", barn_interpreter="qualified")
    assert TALK not in course.owed


# --- what holds for all of it -----------------------------------------------------------------------


def test_it_keeps_the_contract_of_all_packs(contract):
    assert contract(PACK) == []


def test_every_deadline_is_a_default_and_only_the_read_texts_are_verified(routine):
    added = [owed for owed in routine(PACK).owed if owed.key.startswith(PACK)]
    assert {owed.key for owed in added} == {EARLY, NEEDS, TALK, AGAIN, METHOD, GOES_ON, SIBS}
    assert all(owed.deadline_basis.kind == "default" for owed in added)
    assert {o.key for o in added if o.basis.verified} == {EARLY, NEEDS, GOES_ON}
    assert {o.key for o in added if o.strength == "must"} == {EARLY, NEEDS}


def test_a_reported_death_ends_what_reaches_out(course):
    course.tell("children_asked", minors=True)
    course.tell("death_reported")
    assert own(course) == set()


def test_nothing_national_is_lost_or_later(without_and_with):
    before, after = without_and_with(PACK)
    assert set(before) < set(after)
    assert after.loses(before) == []


def test_it_stands_beside_the_packs_of_two_regions(gathered):
    assert len(gathered(PACK, "helse-vest", "helse-nord-trondelag").plugins) == 3
