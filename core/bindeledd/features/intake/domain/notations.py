"""From bytes to a tree, in whatever notation they stand: XML, FHIR's JSON, a list with headings.

Which one it is, is seen in the bytes themselves. Every reader then meets the same kind of tree.
"""

from lxml import etree

from bindeledd.features.intake.domain import row_notation, safety, written_json
from bindeledd.features.intake.domain.safety import CannotRead, Document


def parse(data: bytes) -> Document:
    """The tree of `data`. Raises a `CannotRead`; nothing of the content stands in it."""
    if written_json.is_json(data):
        return written_json.parse(data)
    if row_notation.is_list(data):
        return row_notation.parse(data)
    return safety.parse(data)


def same_content(data: bytes, other: bytes) -> bool:
    """Whether two messages are one tree: encoding, comments, order of attributes left aside."""
    try:
        both = [etree.tostring(parse(one).root, method="c14n2") for one in (data, other)]
    except CannotRead:
        return False
    return both[0] == both[1]
