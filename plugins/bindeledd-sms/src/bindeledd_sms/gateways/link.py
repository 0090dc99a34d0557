"""LINK Mobility: JSON to `/sms/send`, delivery reports to a gate, by our own reference."""

import json
from collections.abc import Iterator

from bindeledd.plugin.working import Arrival, Callback, Receipt, Reported, Unreadable
from bindeledd_sms.posting import Answer, Request, later, out_of_order, refused, sent
from bindeledd_sms.saying import Said
from bindeledd_sms.settings import Sms

_QUEUED = 1005
_DELIVERED = frozenset({1001, 1007})
_UNDER_WAY = frozenset({1000, 1005, 1008, 1011, 1012})
_NUMBER = frozenset({2104, 2105, 2106, 2107})
_REFERENCE = 36


class Link:
    def __init__(self, sms: Sms) -> None:
        self.sms = sms

    def message(self, number: str, text: str, key: str) -> Request:
        named = not self.sms.sender.lstrip("+").isdigit()
        return Request(
            url=f"{self.sms.url}/sms/send",
            user=self.sms.user,
            password=self.sms.password,
            told={
                "source": self.sms.sender,
                "sourceTON": "ALPHANUMERIC" if named else "MSISDN",
                "destination": number,
                "destinationTON": "MSISDN",
                "dcs": "TEXT",
                "userData": text,
                "refId": key[:_REFERENCE],
                "platformId": self.sms.more["platform_id"],
                "platformPartnerId": self.sms.more["platform_partner_id"],
                "useDeliveryReport": True,
                "deliveryReportGates": [self.sms.more["gate"]],
            },
        )

    def taken(self, answer: Answer, key: str) -> Receipt:
        code = answer.get("resultCode")
        if answer.status == 200 and code == _QUEUED:
            return sent(key[:_REFERENCE])
        if code in _NUMBER:
            return refused(f"link_{code}")
        return later(f"link_{code}" if isinstance(code, int) else f"http_{answer.status}")

    def receipts(self, callback: Callback) -> Iterator[Reported]:
        try:
            told = json.loads(callback.body) if callback.body else dict(callback.fields)
            reference, code = str(told["refId"]), int(told["resultCode"])
        except (ValueError, KeyError, TypeError) as wrong:
            raise Unreadable from wrong
        if code in _DELIVERED:
            yield Reported(reference=reference, arrival=Arrival.DELIVERED)
        elif code in _UNDER_WAY:
            yield Reported(reference=reference, arrival=Arrival.UNDER_WAY)
        else:
            yield Reported(reference=reference, arrival=Arrival.FAILED, reason=f"link_{code}")

    def question(self) -> Request | None:
        return Request(url=self.sms.url)

    def trouble(self, answer: Answer) -> Said | None:
        return out_of_order(answer) if answer.status >= 500 else None
