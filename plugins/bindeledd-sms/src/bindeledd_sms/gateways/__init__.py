"""Three gateways, one shape: what is sent, what its answer means, what it reports later."""

from collections.abc import Iterable
from typing import Protocol

from bindeledd.plugin.working import Callback, Receipt, Reported
from bindeledd_sms.gateways.link import Link
from bindeledd_sms.gateways.sveve import Sveve
from bindeledd_sms.gateways.twilio import Twilio
from bindeledd_sms.posting import Answer, Request
from bindeledd_sms.saying import Said
from bindeledd_sms.settings import Sms


class Gateway(Protocol):
    """One supplier's way of being asked. It sends nothing itself."""

    def message(self, number: str, text: str, key: str) -> Request:
        """What is sent for one message."""
        ...

    def taken(self, answer: Answer, key: str) -> Receipt:
        """What the answer means. Accepted is `sent`; delivered is said later, by a receipt."""
        ...

    def receipts(self, callback: Callback) -> Iterable[Reported]:
        """What a callback says. Raises `Unreadable` for what is none, or not theirs."""
        ...

    def question(self) -> Request | None:
        """Something that may be asked at any time and sends nothing."""
        ...

    def trouble(self, answer: Answer) -> Said | None:
        """What its answer to `question` says is wrong, in plain words."""
        ...


def gateway_of(sms: Sms) -> Gateway:
    """The one that the settings name."""
    made: dict[str, type[Link | Sveve | Twilio]] = {"link": Link, "sveve": Sveve, "twilio": Twilio}
    return made[sms.gateway](sms)
