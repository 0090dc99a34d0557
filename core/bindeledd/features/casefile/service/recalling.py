"""What was sent out of a wrong registration: what, by which way, when and who holds it.

A person tells each of them; the product takes nothing back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain import CaseFile
from bindeledd.features.casefile.domain.shown import Happened
from bindeledd.features.casefile.service import case_file
from bindeledd.features.cases import queries as cases
from bindeledd.features.cases.domain import Event, EventKind, recalling
from bindeledd.features.documents import queries as document_rows
from bindeledd.features.documents.domain import Recipient
from bindeledd.features.handovers.queries import get_outside
from bindeledd.features.pathways.domain import Book
from bindeledd.features.staff.domain import Actor
from bindeledd.features.tasks.domain import Task, TaskNotFound
from bindeledd.foundation.spelling import telephone, word, written
from bindeledd.foundation.texts import t


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Something that left the house: what kind, when, by which way, and who holds it.

    `to`: by name, or by kind of recipient; nobody where nothing says so. `to_patient`: the person
    whom the case is about holds it. `words`: what was said of it, where nothing names a receiver.
    `starts_at`: of the appointment that it tells of.
    """

    event_id: UUID
    kind: str
    at: datetime
    date_only: bool = False
    channel: str = ""
    to: tuple[str, ...] = ()
    to_patient: bool = False
    words: str = ""
    starts_at: datetime | None = None

    @property
    def described(self) -> str:
        """What it was, by which way and when, as people write it."""
        what = word("cases.events", self.kind)
        way = f" ({way_words(self.channel)})" if self.channel else ""
        when = written(self.at, date_only=self.date_only)
        return ", ".join(filter(None, (f"{what}{way} {when}", self.about, self.words)))

    @property
    def about(self) -> str:
        """Of which appointment; nothing of anything else."""
        if self.starts_at is None:
            return ""
        return t("casefile.task.of_appointment", at=written(self.starts_at))


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One who has something that was wrong; `to` names them, and nobody else in the same list."""

    to: str
    sent: Sent


def way_words(code: str) -> str:
    """By which way, in words: those of a package, or those of contacts."""
    return word("contacts.channels", word("handovers.ways", code))


def holders_of(session: Session, file: CaseFile, task: Task) -> list[Holder]:
    """Whoever has something that was sent by mistake, each with what it was; none for another task.

    The person is named by what they were sent; whoever else is, where the name alone would not do.
    """
    if task.kind == recalling.WITHDRAW:
        return _told_apart(list(_outside(session, file)))
    if task.kind != recalling.RECALL:
        return []
    return _told_apart(
        [
            Holder(to=who, sent=one)
            for one in sent_out_of(session, file, task.anchor_event_id)
            for who in _names(one)
        ]
    )


def _outside(session: Session, file: CaseFile) -> Iterator[Holder]:
    """Each receiver outside who has a package and may turn to somebody who has died: those who have
    taken over, with their own date, and those who have not answered."""
    for one in file.handovers:
        if one.to_outside_id is None or one.state == "returned":
            continue
        whom = get_outside(session, file.case.tenant_id, one.to_outside_id)
        named = f"{whom.name}, {telephone(whom.phone)}"
        if one.first_at is not None:
            named += f", {t('casefile.listed.first_at', at=written(one.first_at))}"
        kind = f"handover_{one.state}"
        sent = Sent(event_id=one.id, kind=kind, at=one.answered_at or one.sent_at)
        yield Holder(to=named, sent=sent)


def _names(one: Sent) -> list[str]:
    if one.to_patient:
        return [f"{t('casefile.listed.patient')}: {one.described}"]
    if not one.to:
        return [f"{t('casefile.listed.nobody_named')}: {one.described}"]
    return [word("documents.recipients", who) for who in one.to]


def _told_apart(holders: Sequence[Holder]) -> list[Holder]:
    """The same holders, each with a name of their own."""
    named = Counter(one.to for one in holders)
    full = [
        one if named[one.to] == 1 else replace(one, to=f"{one.to}: {one.sent.described}")
        for one in holders
    ]
    seen: Counter[str] = Counter()
    apart = []
    for one in full:
        seen[one.to] += 1
        number = seen[one.to]
        apart.append(one if number == 1 else replace(one, to=f"{one.to} ({number})"))
    return apart


def show_receivers(
    session: Session, case_id: UUID, task_id: UUID, *, by: Actor, at: datetime, book: Book
) -> list[Holder]:
    """The same, of a task that is shown. A read that is written down. Raises `TaskNotFound`."""
    file = case_file(session, case_id, by=by, at=at, book=book)
    task = next((o.task for o in (*file.owed, *file.done) if o.task.id == task_id), None)
    if task is None:
        raise TaskNotFound(task=task_id)
    return holders_of(session, file, task)


def sent_out_of(session: Session, file: CaseFile, anchor_event_id: UUID | None) -> list[Sent]:
    """What the task of calling back is about, as it stands on the case that is shown."""
    history = cases.events_of(session, file.case.id)
    out = {
        event.id
        for wrong in history
        if wrong.id == anchor_event_id
        for event in recalling.went_out(history, wrong)
    }
    lines = {line.id: line for line in file.timeline}
    sent = [event for event in history if event.id in out]
    told = {UUID(str(e.facts["document_id"])) for e in sent if e.facts.get("document_id")}
    rows = document_rows.recipient_rows(session, sorted(told)) if told else ()
    had: dict[str, list[Recipient]] = {}
    for row in rows:
        opened = document_rows.opened(session, row, file.case.patient_id)
        had.setdefault(str(row.document_id), []).append(opened)
    told_of: set[UUID] = set()
    found = []
    for event in sent:
        own = [one for one in _had_it(event, had) if one.id not in told_of]
        if not own and told_of & {one.id for one in _had_it(event, had)}:
            continue  # all of them stand in the list already
        told_of |= {one.id for one in own}
        found.append(_sent(file, lines.get(event.id), event, own))
    return found


def _had_it(event: Event, had: Mapping[str, Sequence[Recipient]]) -> list[Recipient]:
    """Those who have the document that this event tells of; some of them, where it names some."""
    named = event.facts.get("recipients")
    return [
        one
        for one in had.get(str(event.facts.get("document_id")), ())
        if one.has_it and (named is None or str(one.id) in named)
    ]


def _sent(file: CaseFile, line: Happened | None, event: Event, had: Sequence[Recipient]) -> Sent:
    """`had`: those who have the document that it tells of."""
    said = {
        **((line and line.note) or {}),
        **((line and line.contact and line.contact.detail) or {}),
    }
    given = event.kind is EventKind.APPOINTMENT_GIVEN
    to = () if given else tuple(_receivers(file, event, had, said))
    unread = line is not None and line.unreadable
    to_patient = given or (not to and not unread and event.kind in _TO_THE_PERSON)
    return Sent(
        event_id=event.id,
        kind=event.kind.value,
        at=event.at,
        date_only=event.date_only,
        channel=_way(file, event, said),
        to=to,
        to_patient=to_patient,
        words="" if to or to_patient else str(said.get("words", "")),
        starts_at=_starts_at(file, event) if given else None,
    )


# Something written that names nobody went to the person: a contact is with them.
_TO_THE_PERSON = (EventKind.CONTACT_ATTEMPTED, EventKind.REACHED)


def _way(file: CaseFile, event: Event, said: Mapping[str, Any]) -> str:
    about = event.facts.get("handover_id")
    handed = next((one.way for one in file.handovers if str(one.id) == about), None)
    return str(event.facts.get("channel") or said.get("way") or handed or "")


def _starts_at(file: CaseFile, event: Event) -> datetime | None:
    about = str(event.facts.get("appointment_id"))
    known = next((one.starts_at for one in file.appointments if str(one.id) == about), None)
    told = event.facts.get("appointment_at")
    return known or (datetime.fromisoformat(told) if isinstance(told, str) else None)


def _receivers(
    file: CaseFile, event: Event, had: Sequence[Recipient], said: Mapping[str, Any]
) -> Iterator[str]:
    for one in had:
        yield str(one.sealed.get("name") or one.kind.value)
    to = event.facts.get("to_team") or event.facts.get("to_outside")
    if to:
        yield file.names.get(UUID(str(to)), "")
    if said.get("whom"):
        yield str(said["whom"])
