"""Twilio: a form to `Messages.json`, signed status callbacks, by the id that Twilio gives."""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from bindeledd.plugin.working import Arrival, Callback, Receipt, Reported, Unreadable
from bindeledd_sms.posting import Answer, Request, later, out_of_order, refused, sent
from bindeledd_sms.saying import NO_ACCOUNT, Said, both
from bindeledd_sms.settings import Sms

_NUMBER = frozenset({21211, 21214, 21217, 21219, 21610, 21612, 21614})
_ARRIVALS = {
    "delivered": Arrival.DELIVERED,
    "read": Arrival.DELIVERED,
    "undelivered": Arrival.FAILED,
    "failed": Arrival.FAILED,
    "canceled": Arrival.FAILED,
}


class Twilio:
    def __init__(self, sms: Sms) -> None:
        self.sms = sms
        self.account = f"{sms.url}/2010-04-01/Accounts/{quote(sms.user, safe='')}"

    def message(self, number: str, text: str, key: str) -> Request:
        service = self.sms.sender.startswith("MG")
        return Request(
            url=f"{self.account}/Messages.json",
            user=self.sms.user,
            password=self.sms.password,
            form={
                "To": number,
                "MessagingServiceSid" if service else "From": self.sms.sender,
                "Body": text,
                "StatusCallback": self.sms.callback_url,
            },
        )

    def taken(self, answer: Answer, key: str) -> Receipt:
        name, code = answer.get("sid"), answer.get("code")
        if answer.status == 201 and isinstance(name, str) and name:
            return sent(name)
        if code in _NUMBER:
            return refused(f"twilio_{code}")
        return later(f"twilio_{code}" if isinstance(code, int) else f"http_{answer.status}")

    def receipts(self, callback: Callback) -> Iterator[Reported]:
        given = callback.headers.get("x-twilio-signature", "")
        wanted = signature(self.sms.password, self.sms.callback_url, callback.fields)
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Unreadable
        name, status = callback.fields.get("MessageSid"), callback.fields.get("MessageStatus")
        if not name or not status:
            raise Unreadable
        arrival = _ARRIVALS.get(status, Arrival.UNDER_WAY)
        code = callback.fields.get("ErrorCode", "")
        reason = f"twilio_{code}" if arrival is Arrival.FAILED and code.isdigit() else ""
        yield Reported(reference=name, arrival=arrival, reason=reason)

    def question(self) -> Request | None:
        return Request(url=f"{self.account}.json", user=self.sms.user, password=self.sms.password)

    def trouble(self, answer: Answer) -> Said | None:
        if answer.status >= 500:
            return out_of_order(answer)
        if answer.status != 200:
            return NO_ACCOUNT
        status = answer.get("status")
        if status in (None, "active"):
            return None
        return both("kontoen er ikke aktiv", "the account is not active")


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """What Twilio signs: the address and the fields of the form, by name."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    made = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(made).decode()
