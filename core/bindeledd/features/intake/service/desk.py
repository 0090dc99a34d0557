"""Everything that taking a message in needs, held together for one transaction."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.facts import Message
from bindeledd.features.intake.domain.foreign import ForeignFormat, is_foreign
from bindeledd.features.intake.domain.notations import same_content
from bindeledd.features.intake.domain.queue import NoTeam, Received, Status, reason_and_field
from bindeledd.features.intake.domain.reading import READERS, Reader, read, try_to_read
from bindeledd.features.intake.domain.routing import Routes
from bindeledd.features.intake.domain.safety import CannotRead
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.intake.domain.vocabulary import TOLD, as_json, from_json
from bindeledd.features.intake.service.owed import owe, settle
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.pathways.domain import Book
from bindeledd.features.patients import queries as patients
from bindeledd.features.patients.domain import (
    BornHow,
    ContactWay,
    HeldIdentifier,
    Identity,
    Patient,
)
from bindeledd.features.patients.domain.identifiers import Identifier, stated
from bindeledd.features.patients.service import register_patient
from bindeledd.features.patients.service.finding import hold_numbers
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, system
from bindeledd.foundation.errors import Invalid
from bindeledd.foundation.sealing import keyring
from bindeledd.foundation.sealing.rotation import destroy_subject
from bindeledd.foundation.sealing.sameness import same_tokens

PRODUCTION, REFERENCE, BYTES = "production", "message", "message.bytes"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One transaction of intake: who, when, by which book and routes, how strictly."""

    session: Session
    by: Actor
    at: datetime
    book: Book
    routes: Routes
    environment: str
    standards: Standards | None = None
    readers: tuple[Reader, ...] = READERS
    foreign: tuple[ForeignFormat, ...] = ()
    due_by: datetime | None = None  # what is owed anew is owed no later than this

    @property
    def tenant(self) -> UUID:
        return self.by.tenant_id

    @property
    def writer(self) -> Actor:
        """Whoever writes into cases: the product, whatever the one who handed it in may see."""
        return system(self.tenant, self.by.request_id)

    def try_to_read(self, data: bytes) -> Message | CannotRead:
        return try_to_read(
            data, readers=self.readers, standards=self.standards, foreign=self.foreign
        )

    def read_again(self, row: MessageRow) -> Message:
        """The facts of a message that is here already, by structure: it was checked when it came.

        What a pack read is not asked for again: it was kept as it was told.
        """
        if is_foreign(row.format):
            facts = queries.facts_of(self.session, row) or {}
            return from_json(facts.get(TOLD), format=str(row.format))
        return read(queries.original_of(self.session, row) or b"", readers=self.readers)

    # --- whose it is ---

    def team(self) -> UUID:
        """Who answers for what no unit of ours is known to have sent or received."""
        found = staff.intake_team(self.session, self.tenant)
        if found is None:
            teams = [team.id for team in staff.teams(self.session, self.tenant)]
            if not teams:
                raise NoTeam(tenant=self.tenant)
            found = teams[0]
        return found

    def identifier(self, message: Message) -> Identifier | None:
        """The first number of the patient that holds; None where there is none."""
        assigner = message.sender[-1].value if message.sender else None
        for held in message.patient.ids:
            try:
                return stated(
                    held.kind,
                    held.value,
                    allow_synthetic=self.environment != PRODUCTION,
                    assigner=held.assigner or assigner,
                )
            except Invalid:
                continue
        return None

    def hold(self, identifier: Identifier | None) -> None:
        """Until the transaction ends, nobody else takes in anything about the person."""
        if identifier is not None:
            hold_numbers(self.session, self.tenant, [identifier])

    def find_patient(self, identifier: Identifier | None) -> Patient | None:
        if identifier is None:
            return None
        found = patients.find_by_number(self.session, self.tenant, identifier)
        return found[0] if found else None

    def register(self, message: Message, identifier: Identifier | None) -> Patient:
        """The patient as the message names them; an address is not taken over from a message."""
        who = message.patient
        held: tuple[HeldIdentifier, ...] = ()
        if identifier is not None:
            held = (HeldIdentifier(identifier=identifier, since=self.at, source="message"),)
        return register_patient(
            self.session,
            tenant_id=self.tenant,
            identity=Identity(
                given=who.given_name,
                family=who.family_name,
                identifiers=held,
                born_on=who.born_on,
                born_how=BornHow.MESSAGE if who.born_on else None,
                language=who.language or None,
                interpreter=True if who.interpreter else None,
            ),
            contact_ways=tuple(ContactWay(value=phone, source="message") for phone in who.phones),
            by=self.writer,
            at=self.at,
        )

    def tokens(self, identifier: Identifier | None) -> list[int]:
        if identifier is None:
            return []
        return keyring.lookup_tokens(
            self.session, tenant_id=self.tenant, kind=patients.NUMBER, text=identifier.key
        )

    def references(self, message: Message, said: str) -> list[str]:
        """An id that the sender made, as tokens: it is compared and never stands in the open.

        Senders count alike, so an id counts only with the innermost address of its sender. What a
        pack says is an id is one among what the same pack has read, and nowhere else.
        """
        text = f"{message.sender_key}|{said}"
        if is_foreign(message.format):
            text = f"{message.format}|{text}"
        return same_tokens(self.session, tenant_id=self.tenant, kind=REFERENCE, text=text)

    def fingerprints(self, digest: str) -> list[str]:
        """The hash of a message's bytes as tokens, one for each version of the key, newest first."""
        return same_tokens(self.session, tenant_id=self.tenant, kind=BYTES, text=digest)

    def is_about(self, row: MessageRow, identifier: Identifier | None) -> bool:
        """Whether a message is about the person with this number: both numbers known, and the same."""
        if identifier is None or row.person_token is None:
            return False
        facts = queries.facts_of(self.session, row)
        return facts is not None and facts.get("number_key") == identifier.key

    def says_the_same(self, row: MessageRow, other: MessageRow) -> bool:
        """Whether two messages have the same content, in whatever bytes; False where one is erased."""
        both = [queries.original_of(self.session, one) for one in (row, other)]
        return same_content(both[0] or b"", both[1] or b"")

    # --- what becomes of it ---

    def refuse(self, row: MessageRow, reason: str) -> Received:
        """It stands in the queue with its reason, an owner and a clock."""
        if row.task_id is None:
            row.task_id = self._owe(row, "repair_message")
        row.status, row.reason = Status.REFUSED.value, reason
        return self.answer(row)

    def wait(self, row: MessageRow, status: Status, reason: str) -> Received:
        """It waits for a person, or for its turn, with an owner and a clock."""
        before, row.task_id = row.task_id, self._owe(row, "decide_message")
        row.status, row.reason = status.value, reason
        self.session.flush()
        if before is not None:
            settle(self.session, before, at=self.at)
        return self.answer(row)

    def _owe(self, row: MessageRow, kind: str) -> UUID:
        made = row.generated_at
        limit = None if made is None else made + self.routes.late_after
        return owe(
            self.session,
            subject_id=row.id,
            kind=kind,
            team_id=row.team_id,
            by=self.writer,
            at=self.at,
            book=self.book,
            not_after=limit,
            due_by=self.due_by,
        ).id

    def done(self, row: MessageRow, status: Status, reason: str | None = None) -> None:
        """It waits for nobody any more; what was owed about it is done."""
        row.status, row.reason = status.value, reason
        if row.task_id is not None and row.decided_at is None:
            row.decided_at = self.at
        settle(self.session, row.task_id, at=self.at)

    def answer(self, row: MessageRow, *, reopened: bool = False) -> Received:
        self.session.flush()
        reason, wrong_at = reason_and_field(row.reason)
        return Received(
            message_id=row.id,
            status=Status(row.status),
            reason=reason,
            wrong_at=wrong_at,
            format=row.format,
            kind=row.kind,
            case_id=row.case_id,
            patient_id=row.patient_id,
            reopened=reopened,
            late=row.late,
        )


def erase(session: Session, row: MessageRow) -> None:
    """Bytes and facts are gone for good, with the key that opened them; hash and tokens stay."""
    row.original = row.facts = row.person_token = None
    session.flush()
    destroy_subject(session, tenant_id=row.tenant_id, subject_id=row.id)


def fingerprint(data: bytes) -> str:
    """By which the same bytes are known again. It is never stored as it is: see `fingerprints`."""
    return hashlib.sha256(data).hexdigest()


def shown(message: Message, identifier: Identifier | None, name: str) -> dict[str, Any]:
    """What the queue shows of a message, to be sealed with it: plain values for JSON."""
    who, stay = message.patient, message.stay
    moments = asdict(stay)
    kept = {TOLD: as_json(message)} if is_foreign(message.format) else {}
    return {
        **kept,
        "file": name,
        "message_id": message.message_id,
        "document_id": message.document_id,
        "title": message.title,
        "name": who.name,
        "numbers": [{"kind": held.kind, "value": held.value} for held in who.ids],
        "number_key": None if identifier is None else identifier.key,
        "born_on": _text(who.born_on),
        "sender": [point.name for point in message.sender],
        "receiver": [point.name for point in message.receiver],
        "diagnoses": [diagnosis.code for diagnosis in message.diagnoses],
        "stay": {key: _moment(value) for key, value in moments.items()},
        "outcome": message.outcome.value if message.outcome else None,
        "appointments": [_text(found.at) for found in message.appointments if found.booked],
        "series": message.series.value,
        "test": message.test,
        "remarks": list(message.remarks),
    }


def _text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _moment(value: Any) -> Any:
    if isinstance(value, dict):
        return {"at": _text(value["at"]), "date_only": value["date_only"]}
    return value
