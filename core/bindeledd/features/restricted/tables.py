"""How restricted records are stored: title and words sealed, who may open one in the open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.restricted.domain import Entry, Record
from bindeledd.foundation.db import Base, never_changed, never_deleted, only_sealed, refuse
from bindeledd.foundation.sealing.envelope import Place

_NAMED = sa.text("ended_at IS NULL")


class RestrictedRow(Base):
    """A record of a follow-up that only those named in it may open. Never changed."""

    __tablename__ = "restricted_records"
    __table_args__ = (only_sealed("about"), sa.Index("ix_restricted_records_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    patient_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID]
    about: Mapped[bytes]

    def read(self, said: Mapping[str, Any] | None = None) -> Record:
        return Record(
            id=self.id,
            tenant_id=self.tenant_id,
            case_id=self.case_id,
            patient_id=self.patient_id,
            opened_at=self.opened_at,
            opened_by=self.opened_by,
            title=None if said is None else str(said.get("title", "")),
        )


class RestrictedReaderRow(Base):
    """Who may open a record, from when to when. Ended once, and never deleted."""

    __tablename__ = "restricted_readers"
    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        sa.Index(
            "uq_restricted_readers_named",
            "record_id",
            "member_id",
            unique=True,
            sqlite_where=_NAMED,
            postgresql_where=_NAMED,
        ),
        sa.Index("ix_restricted_readers_member", "member_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    record_id: Mapped[UUID] = mapped_column(sa.ForeignKey("restricted_records.id"))
    member_id: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"))
    named_at: Mapped[datetime]
    named_by: Mapped[UUID]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]


class RestrictedEntryRow(Base):
    """What was written in a record once. Never changed: a new one says more."""

    __tablename__ = "restricted_entries"
    __table_args__ = (
        sa.UniqueConstraint("record_id", "number"),
        sa.CheckConstraint("number > 0", name="number"),
        only_sealed("words"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    record_id: Mapped[UUID] = mapped_column(sa.ForeignKey("restricted_records.id"))
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    words: Mapped[bytes]

    def read(self, said: Mapping[str, Any] | None) -> Entry:
        return Entry(
            id=self.id,
            number=self.number,
            at=self.made_at,
            by=self.made_by,
            words=None if said is None else str(said.get("words", "")),
        )


def about_place(row: RestrictedRow) -> Place:
    """Where the title of a record stands."""
    return Place(row.tenant_id, "restricted_records", "about", row.id, row.patient_id)


def words_place(entry: RestrictedEntryRow, patient_id: UUID) -> Place:
    """Where the words of an entry stand."""
    return Place(entry.tenant_id, "restricted_entries", "words", entry.id, patient_id)


never_changed("restricted_records")
never_changed("restricted_entries")
never_deleted("restricted_readers")
refuse(
    "restricted_readers",
    "UPDATE",
    name="restricted_readers_only_end",
    when="OLD.ended_at IS NOT NULL OR NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id "
    "OR NEW.record_id <> OLD.record_id "
    "OR NEW.member_id <> OLD.member_id OR NEW.named_at <> OLD.named_at "
    "OR NEW.named_by <> OLD.named_by",
    message="who was named stands as it was: it ends once",
)
