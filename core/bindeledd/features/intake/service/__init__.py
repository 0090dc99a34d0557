"""What messages and people do with what arrives. One function for each thing they do.

`letters.py` files are opened · `receiving.py` a message arrives · `times.py` its times at hand ·
`applying.py` what it does to a follow-up · `deciding.py` a
person answers · `calling.py` somebody called · `hearing.py` who knows of it · `registering.py` somebody is registered by hand ·
`packs.py` what a pack reads · `showing.py` what waits is shown, and that is written down · `finding.py` whom is it about?
"""

from bindeledd.features.intake.service.calling import answer_call, call_in, match_call
from bindeledd.features.intake.service.deciding import answer_refused, decide, read_again
from bindeledd.features.intake.service.finding import find_people
from bindeledd.features.intake.service.hearing import Hearing, who_knows
from bindeledd.features.intake.service.letters import (
    KEPT,
    Letter,
    in_order,
    legible,
    open_letter,
    read_letter,
)
from bindeledd.features.intake.service.packs import give_out, take_read
from bindeledd.features.intake.service.receiving import receive, receive_letter, refuse_unread
from bindeledd.features.intake.service.registering import register, show_my_registrations
from bindeledd.features.intake.service.rules import Rules, reason_text, stands_as
from bindeledd.features.intake.service.showing import (
    Opened,
    as_seen_by,
    name_of_call,
    show_call,
    show_calls,
    show_heads,
    show_message,
    show_queue,
    who_called,
)

__all__ = [
    "KEPT",
    "Hearing",
    "Letter",
    "Opened",
    "Rules",
    "answer_call",
    "answer_refused",
    "as_seen_by",
    "call_in",
    "decide",
    "find_people",
    "give_out",
    "in_order",
    "legible",
    "match_call",
    "name_of_call",
    "open_letter",
    "read_again",
    "read_letter",
    "reason_text",
    "receive",
    "receive_letter",
    "refuse_unread",
    "register",
    "show_call",
    "show_calls",
    "show_heads",
    "show_message",
    "show_my_registrations",
    "show_queue",
    "stands_as",
    "take_read",
    "who_called",
    "who_knows",
]
