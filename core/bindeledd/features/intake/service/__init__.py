"""What messages and people do with what arrives. One function for each thing they do.

`receiving.py` a message arrives · `applying.py` what it does to a follow-up · `deciding.py` a
person answers · `calling.py` somebody called · `registering.py` somebody is registered by hand.
"""

from bindeledd.features.intake.service.calling import answer_call, call_in, match_call
from bindeledd.features.intake.service.deciding import answer_refused, decide, read_again
from bindeledd.features.intake.service.receiving import receive
from bindeledd.features.intake.service.registering import register

__all__ = [
    "answer_call",
    "answer_refused",
    "call_in",
    "decide",
    "match_call",
    "read_again",
    "receive",
    "register",
]
