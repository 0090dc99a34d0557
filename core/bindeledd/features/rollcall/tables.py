"""How statements are stored: numbers and ids, never changed but for one signature."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.rollcall.domain import (
    LISTED,
    Beside,
    Handovers,
    Kept,
    Kind,
    PairOfOrganisations,
    Statement,
    Unaccounted,
    Undecided,
)
from bindeledd.foundation.db import Base, never_deleted, refuse


class RollCallRow(Base):
    """One roll call. `numbers` are counts; `remainder` lists ids with the reason's code.

    `read_by` is the signature of a lead: it means *read*.
    """

    __tablename__ = "rollcalls"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('run', 'morning')", name="kind"),
        sa.CheckConstraint("(read_by IS NULL) = (read_at IS NULL)", name="read"),
        sa.Index("ix_rollcalls_tenant_at", "tenant_id", "at"),
        sa.Index(
            "ix_rollcalls_morning",
            "tenant_id",
            "at",
            sqlite_where=sa.text("kind = 'morning'"),
            postgresql_where=sa.text("kind = 'morning'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    numbers: Mapped[dict[str, Any]]
    remainder: Mapped[dict[str, Any]]
    swept_at: Mapped[datetime | None]
    read_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    read_at: Mapped[datetime | None]

    def read(self) -> Kept:
        return Kept(
            id=self.id,
            kind=Kind(self.kind),
            statement=_statement(self),
            read_by=self.read_by,
            read_at=self.read_at,
        )


never_deleted("rollcalls")
refuse(
    "rollcalls",
    "UPDATE",
    name="rollcalls_only_read",
    when="OLD.read_at IS NOT NULL OR NEW.read_at IS NULL OR NEW.id <> OLD.id "
    "OR NEW.tenant_id <> OLD.tenant_id OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind "
    "OR NEW.numbers <> OLD.numbers OR NEW.remainder <> OLD.remainder "
    "OR NEW.swept_at IS DISTINCT FROM OLD.swept_at",
    message="a roll call is never changed: it is read and signed once",
)


# --- how a statement stands in its columns --------------------------------------------------------


def numbers(statement: Statement) -> dict[str, Any]:
    """The counts of a statement, as JSON."""
    undecided = statement.undecided
    return {
        **statement.numbers,
        "registered_in_error": statement.registered_in_error,
        "undecided": {"waiting": undecided.waiting, "overdue": undecided.overdue},
        "beside": asdict(statement.beside),
    }


def remainder(statement: Statement) -> dict[str, Any]:
    """The ids of a statement, each with why, as JSON: the first of each, and how many more."""
    every = (statement.remainder, statement.pointer_wrong, statement.undecided.unseen)
    return {
        "cases": [[str(one.id), one.why] for one in statement.remainder[:LISTED]],
        "pointers": [str(one) for one in statement.pointer_wrong[:LISTED]],
        "undecided": [[str(one.id), one.why] for one in statement.undecided.unseen[:LISTED]],
        "unlisted": sum(max(len(found) - LISTED, 0) for found in every),
    }


def _statement(row: RollCallRow) -> Statement:
    counted, listed = row.numbers, row.remainder
    beside = dict(counted["beside"])
    pairs = tuple(PairOfOrganisations(**pair) for pair in beside.get("pairs", ()))
    return Statement(
        tenant_id=row.tenant_id,
        at=row.at,
        registered=counted["registered"],
        owned=counted["owned"],
        overdue_seen=counted["overdue_seen"],
        escalated=counted["escalated"],
        closed_signed=counted["closed_signed"],
        registered_in_error=counted.get("registered_in_error", 0),
        remainder=_unaccounted(listed["cases"]),
        pointer_wrong=tuple(UUID(one) for one in listed["pointers"]),
        undecided=Undecided(**counted["undecided"], unseen=_unaccounted(listed["undecided"])),
        beside=Beside(**{**beside, "handovers": Handovers(**beside["handovers"]), "pairs": pairs}),
        swept_at=row.swept_at,
        unlisted=listed.get("unlisted", 0),
    )


def _unaccounted(pairs: list[list[str]]) -> tuple[Unaccounted, ...]:
    return tuple(Unaccounted(id=UUID(one), why=why) for one, why in pairs)
