"""Whether a person is of age, as a plain fact of the case: rules ask for it, nobody opens a date.

The age comes from a birth date that was stated, with how it is known, and the limit from the
files (`kin.toml`). Where the birth date is not known the fact is not: then a rule applies.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bindeledd.features.pathways.domain import KinRules
from bindeledd.features.patients.domain import Identity
from bindeledd.features.patients.domain.ages import possible_ages

MINOR = "minor"
_OSLO = ZoneInfo("Europe/Oslo")


def age_facts(who: Identity | None, rules: KinRules | None, at: datetime) -> dict[str, str]:
    """`{"minor": "yes"}` or `{"minor": "no"}` on the day of `at`; empty where it is not known.

    An estimate counts only where the answer is the same within its margin.
    """
    if rules is None:
        return {}
    ages = possible_ages(who, at.astimezone(_OSLO).date(), margin=rules.estimate.years)
    answers = {age < rules.responsibility.years for age in ages}
    if len(answers) != 1:
        return {}
    return {MINOR: "yes" if answers.pop() else "no"}
