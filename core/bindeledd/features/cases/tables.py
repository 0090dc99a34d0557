"""How cases, events and closures are stored, and what the database itself refuses.

The law, first layer: an open case points at one of its own open tasks. `next_task_state` is
generated, the composite key is deferred to the commit, and triggers say the same on SQLite,
where a plain connection has foreign keys switched off. Every change of a case writes the new
task, then the pointer, then the old task.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.cases.domain import NOT_KNOWN, Case, CaseState, Event, EventKind
from bindeledd.foundation.db import Base, never_changed, never_deleted, only_sealed, refuse

# Endings that need a second, different person (design 3).
TWO_SIGNATURES = ("declined", "unreachable", "died", "registered_in_error")


class CaseRow(Base):
    __tablename__ = "cases"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint("state = 'closed' OR next_task_id IS NOT NULL", name="open_owes"),
        sa.CheckConstraint(
            "(state = 'closed') = (closure_id IS NOT NULL)", name="closed_is_signed"
        ),
        sa.ForeignKeyConstraint(
            ["next_task_id", "id", "next_task_state"],
            ["tasks.id", "tasks.case_id", "tasks.state"],
            name="fk_cases_next_task",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["closure_id", "id", "closing_number"],
            ["closures.id", "closures.case_id", "closures.number"],
            name="fk_cases_closure",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        sa.Index(
            "uq_cases_one_open",
            "tenant_id",
            "patient_id",
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        ),
        sa.Index("ix_cases_patient", "patient_id"),
        sa.Index("ix_cases_team", "responsible_team_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"))
    state: Mapped[str] = mapped_column(default="open")
    pathway_id: Mapped[str]
    pathway_version: Mapped[str]
    pathway_layers: Mapped[str] = mapped_column(default="", server_default="")
    responsible_team_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teams.id"))
    unit_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("units.id"))
    previous_case_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cases.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    next_task_id: Mapped[UUID | None]
    next_task_state: Mapped[str | None] = mapped_column(
        sa.Text, sa.Computed("CASE WHEN state = 'closed' THEN NULL ELSE 'open' END", persisted=True)
    )
    closure_id: Mapped[UUID | None]
    closing_number: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    def read(self) -> Case:
        return read_case(self)


def read_case(row: Any) -> Case:
    """The value that a row holds, loaded as an entity or selected by columns."""
    return Case(
        id=row.id,
        tenant_id=row.tenant_id,
        patient_id=row.patient_id,
        state=CaseState(row.state),
        pathway_id=row.pathway_id,
        pathway_version=row.pathway_version,
        layers=tuple(row.pathway_layers.split()),
        responsible_team_id=row.responsible_team_id,
        unit_id=row.unit_id,
        previous_case_id=row.previous_case_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        next_task_id=row.next_task_id,
        closure_id=row.closure_id,
        closing_number=row.closing_number,
        version=row.version,
    )


class ClosureRow(Base):
    """A signed ending. Written when its signatures are there, never changed afterwards."""

    __tablename__ = "closures"
    __table_args__ = (
        sa.UniqueConstraint("id", "case_id", "number", name="uq_closures_of_case"),
        sa.UniqueConstraint("case_id", "number", name="uq_closures_number"),
        sa.CheckConstraint(
            "ending IN ('completed', 'moved_on', 'declined', 'unreachable', 'died', "
            "'registered_in_error')",
            name="ending",
        ),
        sa.CheckConstraint(
            "ending IN ('completed', 'moved_on') OR second_signed_by IS NOT NULL",
            name="two_signatures",
        ),
        sa.CheckConstraint("second_signed_by <> signed_by", name="two_persons"),
        sa.CheckConstraint(
            "(second_signed_by IS NULL) = (second_signed_at IS NULL)", name="second_signed"
        ),
        only_sealed("note"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    number: Mapped[int]
    ending: Mapped[str]
    signed_by: Mapped[UUID] = mapped_column(sa.ForeignKey("members.id"))
    signed_at: Mapped[datetime]
    second_signed_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))
    second_signed_at: Mapped[datetime | None]
    note: Mapped[bytes | None]


# What the roll call asks of every follow-up, as its questions say it.
_REACHED = sa.text("in_error_at IS NULL AND kind IN ('discharged', 'reached', 'appointment_kept')")
LEAVES = sa.text(
    "in_error_at IS NULL AND kind IN ('ready_for_discharge', 'discharged', 'discharge_withdrawn')"
)
_HANDED_OVER = sa.text("kind IN ('handover_sent', 'handover_accepted', 'handover_returned')")
_MOVED_LATER = sa.text("kind = 'task_moved_later'")
# SQLite takes the index for either of them where it stands with OR.
_OF_A_DEATH = sa.text("kind = 'death_reported' OR kind = 'death_refuted'")


class EventRow(Base):
    """A fact that was recorded. Append-only; it may only be marked as entered in error.

    `facts` are plain, typed values that pathways may ask for; words and outcomes are sealed in
    `note`. `at` is when it happened, `recorded_at` when we learned of it.
    """

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_case", "case_id", "at"),
        sa.Index(
            "ix_events_reached",
            "case_id",
            "kind",
            "at",
            sqlite_where=_REACHED,
            postgresql_where=_REACHED,
        ),
        sa.Index(
            "ix_events_handovers",
            "tenant_id",
            "case_id",
            "at",
            sqlite_where=_HANDED_OVER,
            postgresql_where=_HANDED_OVER,
        ),
        sa.Index(
            "ix_events_leaving",
            "tenant_id",
            "at",
            sqlite_where=LEAVES,
            postgresql_where=LEAVES,
        ),
        sa.Index(
            "ix_events_deaths",
            "case_id",
            "kind",
            sqlite_where=_OF_A_DEATH,
            postgresql_where=_OF_A_DEATH,
        ),
        sa.Index(
            "ix_events_moved_later",
            "tenant_id",
            "case_id",
            sqlite_where=_MOVED_LATER,
            postgresql_where=_MOVED_LATER,
        ),
        only_sealed("note"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("cases.id", deferrable=True, initially="DEFERRED")
    )
    kind: Mapped[str]
    at: Mapped[datetime]
    date_only: Mapped[bool] = mapped_column(default=False)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    source: Mapped[str]
    source_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[bytes | None]
    in_error_at: Mapped[datetime | None]
    in_error_by: Mapped[UUID | None]


# A discharge of which nobody knows, as `Event.is_assumed` says it.
IS_ASSUMED = EventRow.facts[NOT_KNOWN].as_boolean().is_(sa.true())


class EpjMarkRow(Base):
    """One for each event that was put into the EPJ; taken back, both columns are empty again."""

    __tablename__ = "epj_marks"
    __table_args__ = (
        sa.CheckConstraint("(entered_at IS NULL) = (entered_by IS NULL)", name="by_whom"),
        sa.Index("ix_epj_marks_case", "case_id"),
    )

    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("events.id"), primary_key=True)
    tenant_id: Mapped[UUID]
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"))
    entered_at: Mapped[datetime | None]
    entered_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("members.id"))


def read_event(row: EventRow | sa.Row[*tuple[Any, ...]]) -> Event:
    """The value that a row holds, its sealed words left shut."""
    return Event(
        id=row.id,
        case_id=row.case_id,
        kind=EventKind(row.kind),
        at=row.at,
        date_only=row.date_only,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        source=row.source,
        source_id=row.source_id,
        facts=row.facts,
        in_error=row.in_error_at is not None,
    )


never_deleted("cases")
never_changed("closures")
refuse(
    "closures",
    "INSERT",
    name="closures_are_signed_by_members",
    when="NOT EXISTS (SELECT 1 FROM members WHERE members.id = NEW.signed_by) OR "
    "(NEW.second_signed_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM members "
    "WHERE members.id = NEW.second_signed_by))",
    message="a closure is signed by members",
    dialects=("sqlite",),
)
never_deleted("events")
never_deleted("epj_marks")
refuse(
    "events",
    "UPDATE",
    name="events_only_marked",
    when="NEW.id <> OLD.id OR NEW.tenant_id <> OLD.tenant_id OR NEW.case_id <> OLD.case_id "
    "OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at OR NEW.date_only <> OLD.date_only "
    "OR NEW.recorded_at <> OLD.recorded_at OR NEW.recorded_by IS DISTINCT FROM OLD.recorded_by "
    "OR NEW.source <> OLD.source OR NEW.source_id IS DISTINCT FROM OLD.source_id "
    "OR NEW.facts <> OLD.facts OR (NEW.note IS NULL) <> (OLD.note IS NULL) "
    "OR OLD.in_error_at IS NOT NULL",
    message="an event is never changed: mark it as entered in error and record the right one",
)
refuse(
    "cases",
    "UPDATE",
    name="cases_closings_count_up",
    when="NEW.closing_number < OLD.closing_number OR NEW.id <> OLD.id "
    "OR NEW.patient_id <> OLD.patient_id OR (OLD.state = 'closed' AND NEW.state = 'open' "
    "AND NEW.closing_number = OLD.closing_number)",
    message="a case that is opened again gets a new closing number",
)
for _on in ("INSERT", "UPDATE"):
    refuse(
        "cases",
        _on,
        name=f"cases_owe_a_task_on_{_on.lower()}",
        when="NEW.state <> 'closed' AND NOT EXISTS (SELECT 1 FROM tasks WHERE "
        "tasks.id = NEW.next_task_id AND tasks.case_id = NEW.id AND tasks.state = 'open')",
        message="an open case points at one of its own open tasks",
        dialects=("sqlite",),
    )
    refuse(
        "cases",
        _on,
        name=f"cases_close_by_signature_on_{_on.lower()}",
        when="NEW.state = 'closed' AND NOT EXISTS (SELECT 1 FROM closures WHERE "
        "closures.id = NEW.closure_id AND closures.case_id = NEW.id "
        "AND closures.number = NEW.closing_number)",
        message="a case is closed by a signed closure of its own",
        dialects=("sqlite",),
    )
