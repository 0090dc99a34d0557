"""A gateway that is none: answers as one of the three, on this machine, and does as it is told.

For tests and for trying things out; it sends nothing to anybody. It delivers, drops, duplicates
or delays, and reports to whoever asks for the reports with `deliver`.
"""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from bindeledd_sms.gateways.twilio import signature

USER, PASSWORD = "someone", "a password"

# What becomes of a message, by what its number ends with; everything else is delivered once.
DROPPED, DOUBLED, DELAYED, FAILED = "1111", "2222", "3333", "4444"
UNKNOWN = "5555"

# One callback: method, fields of the address or form, headers, body.
Callback = Mapping[str, Any]


@dataclass
class FakeGateway:
    """Listens on a port of its own while it is used as a context.

    `taken` is what was accepted: number, text, sender, reference. `down`, `login_wrong`: how it
    answers everything. `left`: messages left on the account. `port`: 0 takes one that is free.
    """

    shape: str
    callback_url: str = ""
    down: int = 0
    login_wrong: bool = False
    slow: float = 0.0
    left: int = 5000
    port: int = 0
    taken: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _reported: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None  # noqa: S101
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        assert self._server is not None  # noqa: S101
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    # --- what it answers

    def answer(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, object]:
        """Status and JSON (or text) for one request."""
        self.asked.append(path)
        self._stopping.wait(self.slow)
        if self.down:
            return self.down, {}
        does = {"link": self._link, "sveve": self._sveve, "twilio": self._twilio}
        return does[self.shape](path, headers, body)

    def _link(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, object]:
        if path != "/sms/send":
            return 404, {}
        if not self._may(headers):
            return 401, {}
        told = json.loads(body)
        if told["destination"].endswith(UNKNOWN):
            return 400, {"resultCode": 2106, "description": "Number error"}
        self._take(told["destination"], told["userData"], told["source"], told["refId"])
        name = f"link-{len(self.taken)}"
        return 200, {"messageId": name, "resultCode": 1005, "description": "Queued"}

    def _sveve(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, object]:
        if path == "/SMS/AccountAdm":
            form = dict(parse_qsl(body))
            good = not self.login_wrong and form["passwd"] == PASSWORD
            return 200, str(self.left) if good else "Error in username/password"
        told = json.loads(body)
        if self.login_wrong or (told["user"], told["passwd"]) != (USER, PASSWORD):
            return 200, {"response": {"fatalError": "Feil brukernavn/passord"}}
        if told["to"].endswith(UNKNOWN):
            wrong = {"number": told["to"], "message": "Ugyldig nummer"}
            return 200, {"response": {"msgOkCount": 0, "errors": [wrong]}}
        self._take("+" + told["to"], told["msg"], told["from"], told["ref"])
        return 200, {"response": {"msgOkCount": 1, "stdSMSCount": 1, "ids": [len(self.taken)]}}

    def _twilio(self, path: str, headers: Mapping[str, str], body: str) -> tuple[int, object]:
        if not self._may(headers):
            return 401, {"code": 20003}
        if path.endswith(f"/Accounts/{USER}.json"):
            return 200, {"status": "active"}
        told = dict(parse_qsl(body))
        if told["To"].endswith(UNKNOWN):
            return 400, {"code": 21211}
        name = f"SM{len(self.taken) + 1:032d}"
        self._take(told["To"], told["Body"], told["From"], name)
        self.callback_url = told["StatusCallback"]
        return 201, {"sid": name, "status": "queued"}

    def _may(self, headers: Mapping[str, str]) -> bool:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return not self.login_wrong and headers.get("Authorization") == f"Basic {wanted}"

    def _take(self, number: str, text: str, sender: str, reference: str) -> None:
        self.taken.append(
            {"number": number, "text": text, "sender": sender, "reference": reference}
        )

    # --- what it reports

    def reports(self, *, delayed: bool = False) -> list[Callback]:
        """The callbacks of what was taken since it was asked last; `delayed` are asked for apart."""
        new, self._reported = self.taken[self._reported :], len(self.taken)
        chosen = self.taken if delayed else new
        return [
            said for one in chosen for said in self.reports_of(one, delayed=delayed)
        ]  # fmt: skip

    def deliver(self, call: Callable[[Callback], object], *, delayed: bool = False) -> int:
        """Hand each report to `call`; gives how many."""
        told = self.reports(delayed=delayed)
        for one in told:
            call(one)
        return len(told)

    def reports_of(self, one: Mapping[str, str], *, delayed: bool) -> list[Callback]:
        """What is said of one that was taken: at once, or `delayed`."""
        number = one["number"]
        if number.endswith(DROPPED) or number.endswith(DELAYED) is not delayed:
            return []
        said = self._report(one["reference"], good=not number.endswith(FAILED))
        return [said, said] if number.endswith(DOUBLED) else [said]

    def _report(self, reference: str, *, good: bool) -> Callback:
        if self.shape == "link":
            told = {"refId": reference, "id": "x", "resultCode": 1001 if good else 2106}
            return _callback("POST", body=json.dumps(told))
        if self.shape == "sveve":
            code = "" if good else "NOT_DELIVERED"
            fields = {"ref": reference, "status": "true" if good else "false", "errorCode": code}
            return _callback("GET", fields=fields)
        fields = {"MessageSid": reference, "MessageStatus": "delivered" if good else "undelivered"}
        signed = signature(PASSWORD, self.callback_url, fields)
        return _callback("POST", fields=fields, headers={"x-twilio-signature": signed})


def _callback(
    method: str,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str = "",
) -> Callback:
    return {"method": method, "fields": fields or {}, "headers": headers or {}, "body": body}


def _handler(gateway: FakeGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            headers = dict(self.headers.items())
            status, told = gateway.answer(urlsplit(self.path).path, headers, body)
            data = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    return Handler
