"""The names of the product's own fields in the forms in which packs ask more.

What a pack asks stands in the same form under the key of its field: of two fields of one name a
browser sends both, and only one is read. A test looks for these names in the pages themselves.
"""

import re

OWN_NAMES = frozenset(
    {
        "answer",
        "ask_again_on",
        "base",
        "born_how",
        "born_on",
        "carer",
        "children",
        "children_number",
        "children_unknown",
        "consent_words",
        "contact_consent",
        "covers_from_on",
        "covers_from_time",
        "covers_until_on",
        "covers_until_time",
        "covers_who",
        "form",
        "happened_on",
        "happened_time",
        "how",
        "interpreter",
        "language",
        "measures",
        "name",
        "nearest",
        "number",
        "of",
        "offer_again_on",
        "person",
        "phone",
        "plan",
        "plan_again_on",
        "plan_words",
        "relation",
        "relatives",
        "relatives_again_on",
        "relatives_words",
        "receiver_organisation",
        "siblings",
        "siblings_number",
        "stands",
        "step",
        "told",
        "unit_id",
        "unsafe",
        "version",
        "words",
    }
)
# One name for each of several: numbers, measures, sections of the plan, services.
_OF_EACH = re.compile(
    r"(value|label|best|safe|message|how|what|whose|owner)_([0-9]+|new)|(section|service)_.*"
)


def is_own_name(name: str) -> bool:
    """Whether a form in which packs ask more has a field of this name itself; those that begin with
    a line below (`_once`) are its own in every form."""
    return name in OWN_NAMES or name.startswith("_") or bool(_OF_EACH.fullmatch(name))
