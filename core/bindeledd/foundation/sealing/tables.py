"""The wrapped data keys: one for each subject (a patient, an undecided message, a call).

And the check value of each version of a tenant's key, by which a wrong key is known.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base, never_changed, never_deleted, refuse, table


class DataKeyRow(Base):
    """One version of a subject's data key, wrapped by a version of the tenant's key.

    `destroyed` means that the subject was erased under a legal rule: `wrapped` is gone for good
    and a key is never made anew for the same subject.
    """

    __tablename__ = "data_keys"
    __table_args__ = (
        sa.CheckConstraint("state IN ('active', 'retired', 'destroyed')", name="state"),
        sa.CheckConstraint("(state = 'destroyed') = (wrapped IS NULL)", name="destroyed_is_gone"),
        sa.Index("ix_data_keys_tenant_version", "tenant_id", "tenant_key_version"),
    )

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[UUID]
    tenant_key_version: Mapped[int]
    wrapped: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default="active")
    made_at: Mapped[datetime]


# A data key beside the row that it opens: `keep_key` takes these in this order.
_K = table(DataKeyRow).c
FIRST_KEY = (_K.version, _K.tenant_key_version, _K.wrapped)


def first_key_of(subject: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """On what a row is joined with the first key of its subject, as long as that is in use."""
    in_use = _K.state == sa.literal_column("'active'")
    return sa.and_(_K.subject_id == subject, _K.version == sa.literal_column("1"), in_use)


never_deleted("data_keys")
refuse(
    "data_keys",
    "UPDATE",
    name="data_keys_stay_destroyed",
    when="OLD.state = 'destroyed' OR NEW.subject_id <> OLD.subject_id "
    "OR NEW.version <> OLD.version OR NEW.tenant_id <> OLD.tenant_id",
    message="a destroyed key stays destroyed, and a key stays with its subject",
)
refuse(
    "data_keys",
    "INSERT",
    name="data_keys_never_made_anew",
    when="EXISTS (SELECT 1 FROM data_keys WHERE data_keys.subject_id = NEW.subject_id "
    "AND data_keys.state = 'destroyed')",
    message="a key is never made anew for a subject that was erased",
)


class KeyCheckRow(Base):
    """By what a version of a tenant's key is recognised: derived from it, and not the key."""

    __tablename__ = "key_checks"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]
    made_at: Mapped[datetime]


never_changed("key_checks", twice="left_out")
