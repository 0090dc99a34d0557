"""Patients with a sealed name, and teams with opening hours."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.patients.domain import Identity
from bindeledd.features.patients.tables import PatientRow, identity_bundle, place
from bindeledd.foundation.sealing.keyring import seal
from builders import MONDAY, Site, a_patient_row


def a_named_patient(session: Session, site: Site, name: str = "Kari Prøve") -> UUID:
    patient = a_patient_row(session, site, MONDAY)
    seal_identity(session, site, patient, Identity(full=name))
    return patient


def seal_identity(session: Session, site: Site, patient: UUID, identity: Identity) -> None:
    sealed = seal(session, place(site.tenant, "identity", patient), identity_bundle(identity))
    session.execute(sa.update(PatientRow).where(PatientRow.id == patient).values(identity=sealed))
