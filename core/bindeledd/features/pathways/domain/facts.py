"""Plain facts recorded with events, and the conditions that ask for them.

A closed list of words, no expression language. A fact that is unknown makes a condition apply.
"""

from collections.abc import Mapping

Condition = Mapping[str, frozenset[str]]


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
