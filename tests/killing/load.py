"""What people and other systems do meanwhile: requests, messages in a folder, things that fall due.

Each thing that is done can be told from every other afterwards.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPException
from random import Random
from uuid import UUID, uuid4

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from bindeledd.features.intake.domain.synthetic.persons import somebody
from bindeledd.features.pathways.domain.ladders import written
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.clock import now
from bindeledd.foundation.db import Database
from builders import Site, a_case_row
from features.intake.builders import an_epikrise
from killing.product import Product

# What a repeated request may be answered: it is being done; its moment has passed meanwhile.
BUSY, PAST = "request.still_running", "task.due_in_past"


@dataclass(kw_only=True)
class Request:
    """One act under one key. `mark` is by which it is found in the database."""

    kind: str
    mark: str
    path: str
    body: bytes
    key: str = field(default_factory=lambda: uuid4().hex)
    tries: int = 0
    status: int = 0
    given_up: bool = False
    busy: bool = False

    @property
    def done(self) -> bool:
        return 200 <= self.status < 300

    @property
    def settled(self) -> bool:
        return self.done or self.given_up


@dataclass(kw_only=True)
class Load:
    """Threads that go on until they are told to stop. The same seed asks for the same.

    `ease`: how many times longer than usual they rest. `longest_alone`: the seconds for
    which a host outlived its worker.
    """

    product: Product
    database: Database
    site: Site
    cases: list[UUID]
    token: str
    seed: int
    ease: float = 1.0
    longest_alone: float = 0.0
    requests: list[Request] = field(default_factory=list)
    refused: list[tuple[Request, bytes]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    quick: list[UUID] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, post: Post) -> None:
        paces = [(self._request, 0.12), (self._request, 0.15), (self._drop, 0.5),
                 (self._fall_due, 0.6), (post.change, 2.0)]  # fmt: skip
        for number, (work, pace) in enumerate(paces):
            arguments = (work, pace, Random(self.seed + number))  # noqa: S311
            thread = threading.Thread(target=self._go_on, args=arguments, daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(timeout=30)
            assert not thread.is_alive()

    def _go_on(self, work: Callable[[Random], None], pace: float, random: Random) -> None:
        while not self.stop.wait(random.uniform(0.5, 1.5) * pace * self.ease):
            try:
                work(random)
            except BaseException as wrong:  # noqa: BLE001 (told by the test, which ends then)
                self.failed.append(wrong)
                return

    # --- requests

    def _request(self, random: Random) -> None:
        one = self._made(random)
        self.requests.append(one)
        patience = 1 if random.random() < 0.15 else 40
        while not one.settled and not self.stop.is_set():
            self.send(one)
            if not one.done and one.tries >= patience:
                one.given_up = True
            elif not one.done:
                self.stop.wait(0.1)

    def send(self, one: Request) -> None:
        """Once more under the same key. What is refused for good is kept for the test to see."""
        one.tries += 1
        try:
            one.status, said = self.product.ask(
                "POST", f"/api/v1{one.path}", one.body, Authorization=f"Bearer {self.token}",
                Content_Type="application/json", Idempotency_Key=one.key,
            )  # fmt: skip
        except (OSError, HTTPException):
            one.status = 0
            return
        code = json.loads(said)["type"] if 400 <= one.status < 500 else ""
        one.busy, one.given_up = code.endswith(BUSY), code.endswith(PAST)
        if code and not (one.busy or one.given_up):
            self.refused.append((one, said))
            one.given_up = True

    def _made(self, random: Random) -> Request:
        at = now()
        case = random.choice(self.cases)
        mark = uuid4().hex
        kind = random.choice(("contact", "contact", "task", "register"))
        if kind == "contact":
            body = {"outcome": "voicemail_left_discreet", "words": mark}
            return Request(kind=kind, mark=mark, path=f"/cases/{case}/contacts", body=_json(body))
        if kind == "task":
            due = at + timedelta(seconds=random.uniform(1, 5))
            body = {"due_at": due.isoformat(), "words": mark}
            path = f"/cases/{case}/tasks"
            return Request(kind=kind, mark=due.isoformat(), path=path, body=_json(body))
        happened = at - timedelta(hours=random.uniform(1, 50))
        body = {"name": f"Prøve {mark}", "index_kind": "suicide_attempt",
                "happened_at": happened.isoformat(), "team_id": str(self.site.team)}  # fmt: skip
        mark = happened.isoformat()
        return Request(kind=kind, mark=mark, path="/registrations", body=_json(body))

    # --- messages

    def _drop(self, random: Random) -> None:
        """A message as a file: written beside, then put there whole."""
        person = somebody(random)
        if person.number in self.numbers:
            return
        self.numbers.add(person.number)
        envelope = {"message_id": str(uuid4()), "person": person}
        data = an_epikrise(document_id=str(uuid4()), envelope=envelope)
        digest = sha256(data).hexdigest()
        beside = self.product.folder / f"{digest}.tmp"
        beside.write_bytes(data)
        beside.rename(self.product.folder / f"{digest}.xml")
        self.dropped.append(digest)

    # --- what falls due

    def _fall_due(self, _: Random) -> None:
        """A task that climbs its whole first round within seconds, then begins the next."""
        at = datetime.now(UTC)
        moments = [at + timedelta(seconds=n) for n in (1, 1.5, 2, 2.5)]
        names = ("owner", "team", "lead", "repeat")
        plan = [[written(moment), name] for moment, name in zip(moments, names, strict=True)]
        with self.database.transaction() as session:
            made = a_case_row(session, self.site, due_at=moments[0], at=at)
            session.execute(
                sa.update(TaskRow)
                .where(TaskRow.id == made.task)
                .values(rung_plan=plan, next_rung_at=moments[0], ladder="short", origin="core")
            )
        self.quick.append(made.task)


@dataclass
class Post:
    """A slow mail server that is sometimes gone: many a worker dies while it speaks to it.

    Remembers (address, Message-ID) of what it took.
    """

    port: int
    mails: list[tuple[str, str]] = field(default_factory=list)
    gone: int = 0
    _controller: Controller | None = None

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        head = envelope.content.decode(errors="replace").replace("\r\n ", " ")
        (name,) = [x for x in head.splitlines() if x.lower().startswith("message-id:")]
        await asyncio.sleep(0.3)
        self.mails.append((envelope.rcpt_tos[0], name.partition("<")[2].partition("@")[0]))
        return "250 OK"

    def change(self, random: Random) -> None:
        """Up or down, more often up."""
        if random.random() < 0.75:
            self.up()
        else:
            self.down()

    def up(self) -> None:
        if self._controller is None:
            self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
            self._controller.start()

    def down(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
            self.gone += 1


def _json(body: object) -> bytes:
    return json.dumps(body).encode()
