"""Sveve: JSON to `/SMS/SendMessage`, delivery reports as fields of an address, by our reference."""

import re
from collections.abc import Iterator
from typing import Any

from bindeledd.plugin.working import Arrival, Callback, Receipt, Reported, Unreadable
from bindeledd_sms.posting import Answer, Request, later, out_of_order, refused, sent
from bindeledd_sms.saying import NO_ACCOUNT, Said, both
from bindeledd_sms.settings import Sms

_REFERENCE = 36
# Fewer messages than this left on the account are told of.
_FEW = 100


class Sveve:
    def __init__(self, sms: Sms) -> None:
        self.sms = sms

    def message(self, number: str, text: str, key: str) -> Request:
        return Request(
            url=f"{self.sms.url}/SMS/SendMessage",
            told={
                "user": self.sms.user,
                "passwd": self.sms.password,
                "to": number.lstrip("+"),
                "msg": text,
                "from": self.sms.sender,
                "ref": key[:_REFERENCE],
                "f": "json",
            },
        )

    def taken(self, answer: Answer, key: str) -> Receipt:
        if answer.status != 200:
            return later(f"http_{answer.status}")
        told: Any = answer.get("response") or answer.told
        if not isinstance(told, dict) or told.get("fatalError"):
            return later("sveve_fatal" if isinstance(told, dict) else "sveve_answer")
        if told.get("msgOkCount"):
            return sent(key[:_REFERENCE])
        return refused("sveve_number") if told.get("errors") else later("sveve_answer")

    def receipts(self, callback: Callback) -> Iterator[Reported]:
        reference, status = callback.fields.get("ref"), callback.fields.get("status")
        if not reference or status not in ("true", "false"):
            raise Unreadable
        if status == "true":
            yield Reported(reference=reference, arrival=Arrival.DELIVERED)
            return
        code = re.sub(r"[^a-z0-9_]", "_", callback.fields.get("errorCode", "").lower())[:40]
        yield Reported(reference=reference, arrival=Arrival.FAILED, reason=f"sveve_{code}")

    def question(self) -> Request | None:
        form = {"cmd": "sms_count", "user": self.sms.user, "passwd": self.sms.password}
        return Request(url=f"{self.sms.url}/SMS/AccountAdm", form=form)

    def trouble(self, answer: Answer) -> Said | None:
        if answer.status >= 500:
            return out_of_order(answer)
        text = answer.text.strip()
        if answer.status != 200 or not text.lstrip("-").isdigit():
            return NO_ACCOUNT
        few = both(f"bare {text} meldinger igjen på kontoen", f"only {text} messages left")
        return few if int(text) < _FEW else None
