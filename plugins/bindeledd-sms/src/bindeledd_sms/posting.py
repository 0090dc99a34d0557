"""One HTTP request: with a time limit, over TLS that is checked, and never sent on elsewhere."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from bindeledd.plugin.working import Outcome, Receipt
from bindeledd_sms.saying import Said, both

_MOST = 65_536


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked. `form` or `told` (JSON) is its body; neither: it only asks."""

    url: str
    form: Mapping[str, str] | None = None
    told: Mapping[str, Any] | None = None
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: the status, and the JSON, if it was any."""

    status: int
    told: Any = None
    text: str = ""

    def get(self, key: str) -> Any:
        return self.told.get(key) if isinstance(self.told, dict) else None


class Unreached(Exception):
    """Nobody answered in time."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """A password is never carried to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ask(request: Request, *, timeout: float) -> Answer:
    """The answer, whatever its status. Raises `Unreached`."""
    made = urllib.request.Request(request.url, data=_body(request))  # noqa: S310 (settings: https)
    if request.told is not None:
        made.add_header("Content-Type", "application/json")
    if request.user:
        pair = f"{request.user}:{request.password}".encode()
        made.add_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
    try:
        with urllib.request.build_opener(_Stay()).open(made, timeout=timeout) as answer:
            return _answer(answer.status, answer.read(_MOST))
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused.code, refused.read(_MOST))
    except (OSError, ValueError) as wrong:
        raise Unreached from wrong


def _body(request: Request) -> bytes | None:
    if request.told is not None:
        return json.dumps(request.told).encode()
    return urlencode(request.form).encode() if request.form is not None else None


def _answer(status: int, data: bytes) -> Answer:
    text = data.decode("utf-8", "replace")
    try:
        return Answer(status=status, told=json.loads(text), text=text)
    except ValueError:
        return Answer(status=status, text=text)


def later(reason: str) -> Receipt:
    """The gateway's own fault, or ours towards it: tried again."""
    return Receipt(outcome=Outcome.LATER, reason=reason, channel_down=True)


def refused(reason: str) -> Receipt:
    """This number will never take it."""
    return Receipt(outcome=Outcome.REFUSED, reason=reason)


def sent(reference: str) -> Receipt:
    """The gateway has it, and will report by this name."""
    return Receipt(outcome=Outcome.SENT, reference=reference)


def out_of_order(answer: Answer) -> Said:
    """What is said of a gateway that answers with a fault of its own."""
    code = answer.status
    return both(
        f"SMS-tjenesten svarer med feil {code}", f"the SMS service answers with error {code}"
    )
