"""By which way the person hears of an appointment. Sent is not received, and not in their hand."""

from enum import StrEnum

from bindeledd.features.appointments.domain import AppointmentAction, KnownHow
from bindeledd.foundation.errors import Invalid


class Way(StrEnum):
    """How they hear of it. What was sent is in their hand once somebody says that it came."""

    SAID = "said"
    SHEET = "sheet"
    SMS = "sms"
    LETTER = "letter"

    @property
    def is_sent(self) -> bool:
        return self in (Way.SMS, Way.LETTER)


class WayNeeded(Invalid):
    """What is sent goes by SMS or by letter."""

    code = "appointment.way_needed"


class SentIsNotGiven(Invalid):
    """Whoever sends something does not see that it comes: the person or somebody else says so."""

    code = "appointment.sent_is_not_given"


def check_way(action: AppointmentAction, way: Way | None, how: KnownHow | None) -> None:
    """Refuse that what was sent is given by that alone, and that something is sent by no way."""
    sent = way is not None and way.is_sent
    if action is AppointmentAction.SEND and not sent:
        raise WayNeeded()
    if action is AppointmentAction.GIVE and sent and how in (None, KnownHow.SELF):
        raise SentIsNotGiven()
