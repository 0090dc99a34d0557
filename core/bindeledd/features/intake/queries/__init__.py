"""Questions about what has arrived. Nothing here changes anything; who asks writes down the read."""

from bindeledd.features.intake.queries.addressed import (
    find_unit,
    routes_of,
)
from bindeledd.features.intake.queries.calls import (
    count_open_calls,
    get_call,
    open_call,
    open_calls,
    some_calls,
)
from bindeledd.features.intake.queries.messages import (
    counts,
    facts_of,
    find_waiting_for_pack,
    get_message,
    get_row,
    heads,
    original_of,
    queue,
    undecided_past_their_clock,
    waiting_for_pack,
    with_facts,
)
from bindeledd.features.intake.queries.series import (
    copies_of,
    document_key,
    find_by_bytes,
    find_by_ref,
    series_of,
    waiting_for,
    with_reference,
)
from bindeledd.features.intake.queries.sight import PAGE

__all__ = [
    "PAGE",
    "copies_of",
    "count_open_calls",
    "counts",
    "document_key",
    "facts_of",
    "find_by_bytes",
    "find_by_ref",
    "find_unit",
    "find_waiting_for_pack",
    "get_call",
    "get_message",
    "get_row",
    "heads",
    "open_call",
    "open_calls",
    "original_of",
    "queue",
    "routes_of",
    "series_of",
    "some_calls",
    "undecided_past_their_clock",
    "waiting_for",
    "waiting_for_pack",
    "with_facts",
    "with_reference",
]
