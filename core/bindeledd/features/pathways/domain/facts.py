"""Plain facts recorded with events, and the conditions that ask for them.

A closed list of words, no expression language. A fact that is unknown makes a condition apply.
"""

from collections.abc import Mapping

Condition = Mapping[str, frozenset[str]]

# The event that says who receives, how the receiver stands in it, and the answer that nobody does.
_NAMES, _KIND, _ORGANISATION = "receiver_named", "receiver_kind", "receiver_organisation"
_NOBODY = "none"


def fact_word(value: object) -> str:
    """How a recorded fact is written in a condition: yes and no for truth values."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def fact_words(value: object) -> frozenset[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset(fact_word(part) for part in value)
    return frozenset([fact_word(value)])


def applies(when: Condition, facts: Mapping[str, object]) -> bool:
    """Do these facts fit the condition? A fact that is unknown (absent or None) applies."""
    return all(
        facts.get(name) is None or bool(fact_words(facts[name]) & values)
        for name, values in when.items()
    )


def has_evidence(evidence: Condition, facts: Mapping[str, object]) -> bool:
    """Do these facts carry the evidence that is asked for? Here an unknown fact does not."""
    return all(
        facts.get(name) is not None and bool(fact_words(facts[name]) & values)
        for name, values in evidence.items()
    )


def answers(kind: str, evidence: Condition, facts: Mapping[str, object]) -> bool:
    """Does an event of this kind with these facts say what its rule asks for?

    That nobody receives names no receiver, unless the rule counts that answer in so many words.
    """
    nobody = kind == _NAMES and not facts.get(_ORGANISATION)
    if nobody and fact_word(facts.get(_KIND)) == _NOBODY:
        return _NOBODY in evidence.get(_KIND, frozenset()) and has_evidence(evidence, facts)
    return has_evidence(evidence, facts)
