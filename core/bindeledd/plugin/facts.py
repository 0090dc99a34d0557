"""What a pack's reader gives: the facts of one message, the core's own frozen values.

    def open_reader(opening: Opening) -> Callable[[bytes], Message]: ...

A reader tells what happened as the message says it, and guesses nothing; one that it cannot read
it answers with `bindeledd.plugin.working.Unreadable`. A person then says whose the message is.
"""

from bindeledd.features.intake.domain.facts import (
    AppointmentFacts,
    ContactPoint,
    Diagnosis,
    Identifier,
    Kind,
    Message,
    Moment,
    Outcome,
    PersonFacts,
    PostalAddress,
    RelativeFacts,
    Series,
    Stay,
    TextBlock,
)

__all__ = [
    "AppointmentFacts",
    "ContactPoint",
    "Diagnosis",
    "Identifier",
    "Kind",
    "Message",
    "Moment",
    "Outcome",
    "PersonFacts",
    "PostalAddress",
    "RelativeFacts",
    "Series",
    "Stay",
    "TextBlock",
]
