"""Summaries that came as messages: who sent them, when, and what is known of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.cases.domain import EventKind

_SAYS = {
    EventKind.SUMMARY_RECEIVED.value: "received",
    EventKind.SUMMARY_SENT.value: "sent",
    EventKind.SUMMARY_INTERIM.value: "interim",
}


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A summary that a message brought. `state`: `received`, `sent` or `interim`, as of `at`.

    `sender` is the name that the message gives, the department first; empty where none is read.
    """

    message_id: UUID
    state: str
    at: datetime
    sent_at: datetime | None
    sender: str = ""
    title: str = ""


def arrived(timeline: Sequence[Happened]) -> tuple[Arrived, ...]:
    """The summaries of messages that stand, the latest first; what is marked as an error is out."""
    told: dict[UUID, list[Happened]] = {}
    for line in timeline:
        if line.source == "message" and line.source_id is not None and not line.in_error:
            told.setdefault(line.source_id, []).append(line)
    found = [_one(message_id, lines) for message_id, lines in told.items()]
    return tuple(one for one in found if one is not None)


def _one(message_id: UUID, lines: Iterable[Happened]) -> Arrived | None:
    by_kind = {line.kind: line for line in lines}
    kind = next((kind for kind in _SAYS if kind in by_kind), None)
    if kind is None:
        return None
    sent = by_kind.get(EventKind.SUMMARY_SENT.value)
    letter = by_kind.get(EventKind.MESSAGE_RECEIVED.value)
    said = (letter and letter.note) or {}
    return Arrived(
        message_id=message_id,
        state=_SAYS[kind],
        at=by_kind[kind].at,
        sent_at=None if sent is None else sent.at,
        sender=_sender(said.get("sender")),
        title=str(said.get("title") or ""),
    )


def _sender(names: object) -> str:
    found = [str(name) for name in names if name] if isinstance(names, list) else []
    return ", ".join(dict.fromkeys(found))
