"""Why what a rule owes is due then, in plain codes, as far as the rule alone says it."""

from collections.abc import Mapping
from typing import Any

from bindeledd.features.cases.domain.applying import asked_of
from bindeledd.features.cases.domain.asked_again import asks_again
from bindeledd.features.pathways.domain import Gate, Step, said_by
from bindeledd.features.pathways.domain.bases import resting, standing


def of_rule(rule: Step | Gate) -> Mapping[str, Any]:
    """What a rule says of itself in every reason: said once for each, and changed by nobody."""
    return rule.kept("reason", _told_of)


def _told_of(rule: Step | Gate) -> Mapping[str, Any]:
    return {
        "rule": rule.key,
        "contact": rule.contact,
        **({} if rule.after_death is None else {"after_death": rule.after_death.value}),
        **({"hard": True} if isinstance(rule, Gate) and rule.hard else {}),
        "basis": rule.basis.kind.value,
        "source": rule.basis.source,
        **resting(rule),
        **standing(rule.deadline_basis),
        "origin": str(said_by(rule, "due")),
        "evidence": {name: sorted(values) for name, values in rule.evidence.items()},
        **asked_of(rule),
        **asks_again(rule),
    }
