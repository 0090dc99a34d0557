"""What a channel is, what it gets, and what it gives back."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from bindeledd.foundation.texts import HOME

INBOX = "inbox"


EMAIL = "email"


class AddressKind(StrEnum):
    """Which address of a person a channel sends to."""

    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """Where e-mail goes out. `security` is `starttls`, `tls` or `none`; seconds for `timeout`."""

    host: str
    sender: str
    port: int = 25
    security: str = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 10.0


class Outcome(StrEnum):
    """`sent`: handed over. `later`: try again. `refused`: this address will never take it."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of one message. `reason` is a code: never what a server said about a person.

    `channel_down` says that the fault is the channel's, not the recipient's. `reference` is by
    which the channel's gateway names the message when it reports back.
    """

    outcome: Outcome
    reason: str = ""
    channel_down: bool = False
    reference: str = ""


class Arrival(StrEnum):
    """What a gateway reports later. `under_way` says nothing yet."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNDER_WAY = "under_way"


@dataclass(frozen=True, kw_only=True)
class Reported:
    """One receipt: of the message named by `reference`. `reason` is a code."""

    reference: str
    arrival: Arrival
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Morning:
    """The numbers of a morning: what is late, and what falls due today, in a person's teams."""

    late: int
    today: int


@dataclass(frozen=True, kw_only=True)
class Hearer:
    """A person who is to be told: how many things wait, and the language to tell it in."""

    waiting: int
    language: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """All that may leave: how many things wait behind the log-in. `key` is the same when the same
    set of deliveries is tried again, so that a channel can recognise a repetition. `language` is
    the receiver's. `morning` stands in the morning's message only."""

    key: str
    member_id: UUID
    address: str
    waiting: int
    base_url: str
    language: str = HOME
    morning: Morning | None = None


class Channel(Protocol):
    """A way to tell a person. `leaves_machine` is False only where nothing can get out.

    `receipt_within`: how long a receipt may take after a message was sent; None where sent is
    all that can be known.
    """

    @property
    def key(self) -> str: ...

    @property
    def leaves_machine(self) -> bool: ...

    @property
    def address(self) -> AddressKind: ...

    @property
    def receipt_within(self) -> timedelta | None: ...

    def send(self, alert: Message) -> Receipt: ...
