"""What the clock and people do about what is late. One module for each job, in this order:

`sweeping` notices (`telling` at once, for what cannot wait), `addressing` finds the people, `delivering` hands out, `acknowledging` is a
person's answer, `receipts` is what gateways say later, `faults` are failures in front of people.
"""

from bindeledd.features.reminders.service.acknowledging import acknowledge, answerable, lasts_until
from bindeledd.features.reminders.service.faults import report_fault, see_notice
from bindeledd.features.reminders.service.receipts import keep_callback
from bindeledd.features.reminders.service.telling import no_cover, tell_now

__all__ = [
    "acknowledge",
    "answerable",
    "keep_callback",
    "lasts_until",
    "no_cover",
    "report_fault",
    "see_notice",
    "tell_now",
]
