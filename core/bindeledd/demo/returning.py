"""Somebody who was followed up to the end comes back: a new discharge letter about them."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

import sqlalchemy as sa

from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.intake.domain.facts import Diagnosis
from bindeledd.features.intake.domain.synthetic import letters
from bindeledd.features.intake.domain.synthetic.persons import SyntheticPerson
from bindeledd.features.intake.domain.synthetic.stories import HOSPITAL, TEAM
from bindeledd.features.patients import queries as patients
from bindeledd.foundation.db import Database


def discharge_of_somebody_closed(database: Database, tenant: UUID, at: datetime) -> bytes | None:
    """A discharge letter about a person whose case is closed; None where nobody's is."""
    with database.transaction() as session:
        case = session.scalars(
            sa.select(CaseRow)
            .where(CaseRow.tenant_id == tenant, CaseRow.state == "closed")
            .order_by(CaseRow.closed_at, CaseRow.id)
            .limit(1)
        ).first()
        if case is None:
            return None
        patient = patients.get_patient(session, case.patient_id)
        case_id = case.id
    identity = patient.identity
    if identity is None or not identity.identifiers:
        return None
    person = SyntheticPerson(
        family_name=identity.family,
        given_name=identity.given,
        born_on=identity.born_on or date(1980, 1, 1),
        number=identity.identifiers[-1].identifier.value,
        phone=patient.contact_ways[0].value if patient.contact_ways else "",
    )
    discharged = at - timedelta(hours=20)
    envelope = letters.Envelope(
        message_id=str(uuid5(case_id, "returned")),
        sender=HOSPITAL,
        receiver=TEAM,
        person=person,
        generated_at=at - timedelta(hours=1),
    )
    return letters.epikrise(
        envelope,
        document_id=str(uuid5(case_id, "letter")),
        admitted=discharged - timedelta(days=2),
        discharged=discharged,
        diagnoses=(Diagnosis(system="7110", code="X64", main=True),),
        plan=Random(1).choice(("Oppfølging av teamet fra i dag.",)),  # noqa: S311
    )
