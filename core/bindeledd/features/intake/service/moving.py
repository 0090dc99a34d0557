"""Messages and calls that were taken for the wrong person's: from now on they are the right one's.

Their bytes are sealed under keys of their own, so nothing is sealed anew; a later change or a
cancellation of the message finds the right person.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.intake.tables import CallRow, MessageRow


def move_to_person(session: Session, moved: Moved, source_ids: Collection[UUID]) -> int:
    """Those of these sources that are messages or calls of the wrong follow-up. How many."""
    case, wrong = moved.right.case, moved.wrong.case.id
    found = 0
    for row in (MessageRow, CallRow):
        changed = session.execute(
            sa.update(row)
            .where(row.id.in_(source_ids), row.case_id == wrong)
            .values(case_id=case.id, patient_id=case.patient_id)
            .returning(row.id)
        )
        found += len(changed.all())
    return found
