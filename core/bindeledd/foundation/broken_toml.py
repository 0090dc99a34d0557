"""What is wrong with a file that is not TOML, in the words of the catalogues.

The library says it in English only; here stand its sentences by what they begin with.
"""

import re
import tomllib

from bindeledd.foundation.texts import Said, said

_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
_SAYS = {
    "Invalid statement": "statement",
    "Expected '='": "equals",
    "Invalid value": "value",
    "Invalid date": "value",
    "Expected newline": "rest",
    "Unterminated string": "string",
    "Cannot ": "twice",
    "Duplicate ": "twice",
    "Unclosed ": "unclosed",
    "Expected ']": "unclosed",
    "Invalid initial": "key",
    "Illegal character": "character",
    "Found invalid": "character",
    "Unescaped": "character",
    "Escaped": "character",
    "Invalid hex": "character",
}


def toml_wrong(wrong: tomllib.TOMLDecodeError) -> Said:
    """Where it stops, and what is wrong there."""
    text = str(wrong)
    found = next((key for begins, key in _SAYS.items() if text.startswith(begins)), "other")
    what, at = said(f"toml.wrong.{found}"), _AT.search(text)
    if at is None or at[1] is None:
        return said("toml.at.end", what=what)
    return said("toml.at.place", line=at[1], column=at[2], what=what)
