"""How patients are stored: ids and tokens in the open, everything else sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.features.patients.domain import (
    BornHow,
    ContactKind,
    ContactWay,
    DuplicateHint,
    HeldIdentifier,
    Identity,
    Verified,
    VerifiedHow,
)
from bindeledd.features.patients.domain.identifiers import Identifier, IdentifierKind
from bindeledd.foundation.db import Base, never_deleted, only_sealed
from bindeledd.foundation.sealing.envelope import Place


class PatientRow(Base):
    """A person. `identity`: names, numbers with their history, birth date, language, interpreter,

    address protection. `contact_ways`: phones with verified-on, safe-to-call, best time.
    """

    __tablename__ = "patients"
    __table_args__ = (
        only_sealed("identity"),
        only_sealed("contact_ways"),
        sa.Index("ix_patients_tenant_id", "tenant_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tenants.id"))
    identity: Mapped[bytes | None]
    contact_ways: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]


class LookupRow(Base):
    """A keyed, truncated token by which a patient can be found: by national id or phone."""

    __tablename__ = "patient_lookups"
    __table_args__ = (sa.Index("ix_patient_lookups_token", "tenant_id", "kind", "token"),)

    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tenant_id: Mapped[UUID]


class DuplicateHintRow(Base):
    """Two patients who may be one: a suggestion that a person answers. Never merged by itself."""

    __tablename__ = "duplicate_hints"
    __table_args__ = (sa.Index("ix_duplicate_hints_other", "other_id"),)

    patient_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("patients.id"), primary_key=True)
    tenant_id: Mapped[UUID]
    seen_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    same: Mapped[bool | None]

    def read(self) -> DuplicateHint:
        return DuplicateHint(
            patient_id=self.patient_id,
            other_id=self.other_id,
            tenant_id=self.tenant_id,
            seen_at=self.seen_at,
            answered_at=self.answered_at,
            answered_by=self.answered_by,
            same=self.same,
        )


never_deleted("patients")


def place(tenant_id: UUID, purpose: str, patient_id: UUID) -> Place:
    """Where a bundle of a patient stands; `purpose` is the name of its column."""
    return Place(tenant_id, "patients", purpose, patient_id, patient_id)


# --- bundles: what stands inside the sealed columns ---------------------------------------------


def identity_bundle(identity: Identity) -> dict[str, Any]:
    """The identity as JSON. With a protected address there is none in it."""
    return {
        "given": identity.given,
        "family": identity.family,
        "full": identity.full,
        "ids": [_identifier_bundle(held) for held in identity.identifiers],
        "born_on": identity.born_on.isoformat() if identity.born_on else None,
        "born_how": identity.born_how,
        "language": identity.language,
        "interpreter": identity.interpreter,
        "protected": identity.protected_address,
        "municipality": identity.municipality,
        "address": identity.address,
    }


def read_identity(bundle: dict[str, Any]) -> Identity:
    """The identity of a bundle; an empty one where nothing was ever said."""
    if not bundle:
        return Identity()
    return Identity(
        given=bundle["given"],
        family=bundle["family"],
        full=bundle["full"],
        identifiers=tuple(_read_identifier(held) for held in bundle["ids"]),
        born_on=date.fromisoformat(bundle["born_on"]) if bundle["born_on"] else None,
        born_how=BornHow(bundle["born_how"]) if bundle["born_how"] else None,
        language=bundle["language"],
        interpreter=bundle["interpreter"],
        protected_address=bundle["protected"],
        municipality=bundle["municipality"],
        address=bundle["address"],
    )


def contact_bundle(ways: tuple[ContactWay, ...]) -> dict[str, Any]:
    return {
        "ways": [
            {
                "kind": way.kind,
                "value": way.value,
                "label": way.label,
                "usual": way.usual,
                "tested": [_tested_bundle(one) for one in way.tested],
                "safe_to_call": way.safe_to_call,
                "safe_to_leave_message": way.safe_to_leave_message,
                "best_time": way.best_time,
                "source": way.source,
            }
            for way in ways
        ]
    }


def read_contact_ways(bundle: dict[str, Any]) -> tuple[ContactWay, ...]:
    return tuple(
        ContactWay(
            kind=ContactKind(way["kind"]),
            value=way["value"],
            label=way["label"],
            usual=way["usual"],
            tested=tuple(_read_tested(one) for one in way["tested"]),
            safe_to_call=way["safe_to_call"],
            safe_to_leave_message=way["safe_to_leave_message"],
            best_time=way["best_time"],
            source=way["source"],
        )
        for way in bundle.get("ways", ())
    )


def _tested_bundle(one: Verified) -> dict[str, Any]:
    return {
        "on": one.on.isoformat(),
        "how": one.how,
        "by": str(one.by) if one.by else None,
        "event": str(one.event) if one.event else None,
    }


def _read_tested(bundle: dict[str, Any]) -> Verified:
    return Verified(
        on=date.fromisoformat(bundle["on"]),
        how=VerifiedHow(bundle["how"]) if bundle["how"] else None,
        by=UUID(bundle["by"]) if bundle["by"] else None,
        event=UUID(bundle["event"]) if bundle["event"] else None,
    )


def _identifier_bundle(held: HeldIdentifier) -> dict[str, Any]:
    return {
        "kind": held.identifier.kind,
        "value": held.identifier.value,
        "synthetic": held.identifier.synthetic,
        "assigner": held.identifier.assigner,
        "since": held.since.isoformat() if held.since else None,
        "until": held.until.isoformat() if held.until else None,
        "source": held.source,
    }


def _read_identifier(bundle: dict[str, Any]) -> HeldIdentifier:
    return HeldIdentifier(
        identifier=Identifier(
            kind=IdentifierKind(bundle["kind"]),
            value=bundle["value"],
            synthetic=bundle["synthetic"],
            assigner=bundle["assigner"],
        ),
        since=datetime.fromisoformat(bundle["since"]) if bundle["since"] else None,
        until=datetime.fromisoformat(bundle["until"]) if bundle["until"] else None,
        source=bundle["source"],
    )
