"""What is wrong with a field, in the language of the request: marshmallow says it in English."""

import re
from collections.abc import Mapping
from typing import Any

from bindeledd.foundation.texts import t

_SAID = {
    r"Missing data for required field\.": "missing",
    r"Field may not be null\.": "null",
    r"Unknown field\.": "unknown",
    r"Invalid (?:input )?type\.": "type",
    r"Not a valid string\.": "string",
    r"Not a valid UUID\.": "uuid",
    r"Not a valid integer\.": "integer",
    r"Not a valid number\.": "number",
    r"Not a valid boolean\.": "boolean",
    r"Not a valid list\.": "list",
    r"Not a valid mapping type\.": "mapping",
    r"Not a valid date\.": "date",
    r"Not a valid (?:naive |aware )?datetime\.": "datetime",
    r"Must be one of: (?P<known>.*)\.": "one_of",
    r"Longer than maximum length (?P<most>\d+)\.": "longer",
    r"Shorter than minimum length (?P<least>\d+)\.": "shorter",
    r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.": "length",
    r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.": (
        "between"
    ),
    r"Must be greater than or equal to (?P<least>\S+)\.": "at_least",
    r"Must be less than or equal to (?P<most>\S+)\.": "at_most",
}


def in_words(errors: Any) -> Any:
    """The same errors in the language of the request; what has no words here stays as it is."""
    if isinstance(errors, Mapping):
        return {name: in_words(said) for name, said in errors.items()}
    if isinstance(errors, list):
        return [in_words(said) for said in errors]
    return _words(errors) if isinstance(errors, str) else errors


def _words(said: str) -> str:
    for pattern, code in _SAID.items():
        found = re.fullmatch(pattern, said)
        if found is not None:
            return t(f"web.fields.{code}", **found.groupdict())
    return said
