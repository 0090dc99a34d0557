"""The channel: one message out, its receipt in, and a look at the gateway now and then."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from bindeledd.plugin.working import Callback, Message, Opening, Receipt, Reported, Unfit
from bindeledd_sms.gateways import Gateway, gateway_of
from bindeledd_sms.posting import Unreached, ask, later, refused
from bindeledd_sms.saying import both
from bindeledd_sms.settings import Sms, read

_SIGNS = re.compile(r"[\s().\-/]")
_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
# Numbers that take SMS in Norway begin so; a line on a desk does not.
_MOBILE = re.compile(r"\+47(?:[49]\d{7}|59\d{10})")


def open_channel(opening: Opening) -> "SmsChannel":
    """The channel of this site. Raises `Unfit` where anything would say too much, or is missing."""
    sms = read(opening, receipts=True)
    return SmsChannel(sms, gateway_of(sms))


class SmsChannel:
    def __init__(self, sms: Sms, gateway: Gateway) -> None:
        self.sms, self.gateway = sms, gateway

    def send(self, message: Message) -> Receipt:
        """Hand one message over, in the receiver's language: how many things wait, nothing else."""
        number = mobile(message.address)
        if number is None:
            return refused("number_unusable")
        request = self.gateway.message(
            number, self.sms.text(message.waiting, message.language), message.key
        )
        try:
            answer = ask(request, timeout=self.sms.timeout)
        except Unreached:
            return later("gateway_unreached")
        return self.gateway.taken(answer, message.key)

    def receipts(self, callback: Callback) -> Iterable[Reported]:
        return self.gateway.receipts(callback)


def mobile(address: str) -> str | None:
    """The number with its country; None for what takes no SMS. Without a country it is Norwegian."""
    bare = _SIGNS.sub("", address)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.isdigit() and len(bare) in (8, 12):
        bare = f"+47{bare}"
    if not _NUMBER.fullmatch(bare) or (bare.startswith("+47") and not _MOBILE.fullmatch(bare)):
        return None
    return bare


def open_watch(opening: Opening) -> Callable[[datetime], int]:
    """Asks the gateway something that sends nothing, so that a dead one is known before it is needed."""
    sms = read(opening)
    gateway = gateway_of(sms)

    def watch(_: datetime) -> int:
        question = gateway.question()
        if question is None:
            return 0
        try:
            wrong = gateway.trouble(ask(question, timeout=sms.timeout))
        except Unreached:
            wrong = both("SMS-tjenesten svarer ikke", "the SMS service does not answer")
        if wrong is not None:
            do = both(
                "spør leverandøren, eller rett innstillingene",
                "ask the supplier, or mend the settings",
            )
            raise Unfit(wrong, where="sms.toml", do=do)
        return 1

    return watch
