"""What is shown of what happened and of what was made for a patient, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain.closing import Signers
from bindeledd.features.cases.domain.correcting import first_recorded
from bindeledd.features.epj.domain import KINDS

Words = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ContactView:
    """The contact that an event tells of. `detail`: outcome, words, whom; opened."""

    id: UUID
    direction: str
    channel: str
    detail: Words | None
    unreadable: bool = False


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One line of the timeline: an event with its opened words, and the contact it tells of.

    `same_attempt`: it counts as the same attempt as the one before it.
    """

    id: UUID
    kind: str
    at: datetime
    date_only: bool
    recorded_at: datetime
    recorded_by: UUID | None
    source: str
    facts: Words
    note: Words | None = None
    unreadable: bool = False
    in_error: bool = False
    contact: ContactView | None = None
    source_id: UUID | None = None
    epj_at: datetime | None = None
    epj_by: UUID | None = None
    refuted: bool = False
    same_attempt: bool = False

    @property
    def first_by(self) -> UUID | None:
        """Who recorded it with another person, from whom it was moved here."""
        return first_recorded(self.facts)[0]

    @property
    def offered_on(self) -> datetime | None:
        """The day on which the person who said no is offered again, where one stands with it."""
        day = self.facts.get("offer_again_at")
        return datetime.fromisoformat(day) if isinstance(day, str) else None

    @property
    def for_epj(self) -> bool:
        """Whether there is a ready note of it for the patient record."""
        noted = not self.in_error or self.epj_at is not None  # an error may stand there still
        return self.is_noted and noted

    @property
    def is_noted(self) -> bool:
        """Whether a note of it was ready for the patient record, also where it was an error."""
        return self.source == "person" and self.kind in KINDS

    @property
    def may_be_pasted(self) -> bool:
        """Whether its note may stand in the patient record though nobody has said so here."""
        return self.is_noted and self.epj_at is None

    @property
    def late(self) -> bool:
        """We learned of it on a later day than it happened."""
        return self.recorded_at.date() > self.at.date()


@dataclass(frozen=True, kw_only=True)
class AppointmentView:
    """`how_known` and `as_of`: how we know the state that it has, and since when.

    `member`: what whoever of us keeps it is called; `detail` may name others.
    """

    id: UUID
    starts_at: datetime
    state: str
    given_at: datetime | None
    ended_at: datetime | None
    previous_id: UUID | None
    detail: Words | None
    unreadable: bool = False
    how_known: str | None = None
    as_of: datetime | None = None
    confirmed_at: datetime | None = None
    member: str = ""

    @property
    def whom(self) -> str:
        """Whom the person meets: who of us, and who else was named."""
        named = str((self.detail or {}).get("whom") or "")
        return ", ".join(dict.fromkeys(who for who in (self.member, named) if who))

    @property
    def said(self) -> tuple[str, ...]:
        """Where, with whom, and what was said, as much as is known of it."""
        known = self.detail or {}
        every = (known.get("where"), self.whom, known.get("words"))
        return tuple(str(one) for one in every if one)

    @property
    def stands(self) -> bool:
        """Nobody has said what became of it."""
        return self.state in ("booked", "given")


@dataclass(frozen=True, kw_only=True)
class RecipientView:
    id: UUID
    kind: str
    state: str
    sent_at: datetime | None
    received_at: datetime | None
    how_known: str | None
    as_of: datetime | None
    detail: Words | None
    unreadable: bool = False


@dataclass(frozen=True, kw_only=True)
class DocumentView:
    id: UUID
    kind: str
    written_at: datetime | None
    made_at: datetime
    recipients: tuple[RecipientView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HandoverView:
    id: UUID
    from_team_id: UUID
    to_team_id: UUID | None
    state: str
    sent_at: datetime
    sent_by: UUID | None
    received_at: datetime | None
    answered_at: datetime | None
    answered_by: UUID | None
    missing: tuple[Words, ...]
    note: Words | None
    answer: Words | None
    unreadable: bool = False
    to_outside_id: UUID | None = None
    package_id: UUID | None = None
    way: str | None = None
    how_known: str | None = None
    first_at: datetime | None = None

    @property
    def to_id(self) -> UUID | None:
        """Who was asked: a team of the tenant, or a receiver outside it (see `CaseFile.names`)."""
        return self.to_team_id or self.to_outside_id

    @property
    def is_pending(self) -> bool:
        return self.state in ("sent", "received")


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A team that may see the case, and why."""

    team_id: UUID
    kind: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class ClosingRequest:
    """Somebody asked for the case to be closed; a lead has not signed yet.

    `signers`: who may, and where `nobody_signs`, who can name a lead; None where it was not asked.
    """

    event_id: UUID
    ending: str
    by: UUID
    at: datetime
    override: bool
    two_signatures: bool
    words: Words | None = None
    blocked_by: tuple[str, ...] = ()
    signers: Signers | None = None
    nobody_signs: bool = False
