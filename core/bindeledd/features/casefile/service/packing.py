"""The package for a receiver outside: the case as it stands, with the plan, sealed as it is sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.casefile.domain.package import Sender, content
from bindeledd.features.casefile.service import case_file
from bindeledd.features.handovers import queries as handovers
from bindeledd.features.handovers.domain import sharing
from bindeledd.features.handovers.domain.outside import Package
from bindeledd.features.handovers.service import outside
from bindeledd.features.pathways.domain import Book
from bindeledd.features.plans import queries as plans
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor


def prepare_package(
    session: Session,
    case_id: UUID,
    *,
    outside_id: UUID,
    phone: str,
    words: str,
    ground: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Package:
    """Keep what this receiver may see of the case, sealed, with the number to ask at.

    Made is not sent. Raises what `handovers.service.outside.prepare` refuses, and `GroundNeeded`
    where a routine of the case asks on what ground it is shared.
    """
    file = case_file(session, case_id, by=by, at=at, book=book)
    team = staff.get_team(session, by.tenant_id, file.case.responsible_team_id)
    sender = Sender(
        organisation=staff.organisation_name(session, team.organisation_id) or "",
        team=team.name,
        person=file.names.get(by.id, "") if by.id else "",
        phone=phone,
    )
    receiver = handovers.get_outside(session, by.tenant_id, outside_id)
    plan = plans.find_current(session, case_id, patient_id=file.patient.id)
    named = sharing.named(book.grounds(file.case.layers, file.elsewhere), ground)
    said = content(
        file,
        sender=sender,
        outside=receiver,
        words=words,
        at=at,
        plan=plan,
        ground=sharing.on_paper(named),
        asked=book.fields,
        environment=staff.environment(session),
    )
    return outside.prepare(session, case_id, outside_id=outside_id, content=said, by=by, at=at)
