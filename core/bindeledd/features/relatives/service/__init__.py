"""What people do about relatives.

`asking.py` what is asked of the person, as events of the case · `objecting.py` that somebody is not
to be told, and who decides of it · `writing.py` how a relative is written.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.audit import service as audit
from bindeledd.features.patients import queries as patient_queries
from bindeledd.features.patients.service.showing import require_patient
from bindeledd.features.relatives import domain, queries
from bindeledd.features.relatives.domain import (
    Carer,
    Consent,
    Family,
    Relative,
    Share,
)
from bindeledd.features.relatives.service.asking import (
    ask_about_children,
    ask_about_relatives,
    settle_family,
    take_back_children,
)
from bindeledd.features.relatives.service.objecting import (
    decide_objection,
    end_objection,
    object_to,
    owe_decision,
)
from bindeledd.features.relatives.service.writing import change_row, sealed_person, write_log
from bindeledd.features.relatives.tables import RelativeRow
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id

__all__ = [
    "Shown",
    "add_relative",
    "ask_about_children",
    "ask_about_relatives",
    "change_relative",
    "decide_objection",
    "end_objection",
    "give_consent",
    "object_to",
    "owe_decision",
    "settle_family",
    "show_relatives",
    "take_back_children",
    "withdraw_consent",
]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is known of a patient's relatives; `family` is `None` also where it is unreadable."""

    relatives: list[Relative]
    family: Family | None
    children_asked_at: datetime | None


def show_relatives(session: Session, patient_id: UUID, *, by: Actor, at: datetime) -> Shown:
    """Relatives, children and siblings of a patient whom `by` may see; written down as a read."""
    require_patient(session, patient_id, by=by)
    found = queries.find_family(session, patient_id, tenant_id=by.tenant_id)
    family, asked_at = found or (None, None)
    relatives = queries.relatives_of(session, patient_id, tenant_id=by.tenant_id)
    audit.record(session, "relatives.shown", by=by, at=at, subjects=[patient_id])
    return Shown(relatives=relatives, family=family, children_asked_at=asked_at)


def add_relative(
    session: Session,
    patient_id: UUID,
    *,
    name: str = "",
    relation: str = "",
    phone: str = "",
    nearest: bool = False,
    unsafe_to_contact: bool = False,
    carer: Carer | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
) -> Relative:
    """Write down a relative. Consent is given on its own: `give_consent`."""
    require_patient(session, patient_id, by=by)
    patient_queries.get_patient(session, patient_id, tenant_id=by.tenant_id)
    relative = domain.check(
        Relative(
            id=new_id(),
            tenant_id=by.tenant_id,
            patient_id=patient_id,
            name=name,
            relation=relation,
            phone=phone.strip(),
            nearest=nearest,
            unsafe_to_contact=unsafe_to_contact,
            carer=carer,
            words=words,
            made_at=at,
        )
    )
    session.execute(
        sa.insert(RelativeRow).values(
            id=relative.id,
            tenant_id=relative.tenant_id,
            patient_id=patient_id,
            person=sealed_person(session, relative),
            version=1,
            made_at=at,
            made_by=by.id,
        )
    )
    write_log(session, "relatives.added", relative, by=by, at=at)
    return relative


def change_relative(
    session: Session,
    relative_id: UUID,
    *,
    name: str | None = None,
    relation: str | None = None,
    phone: str | None = None,
    nearest: bool | None = None,
    unsafe_to_contact: bool | None = None,
    carer: Carer | None = None,
    words: str | None = None,
    ended_on: date | None = None,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Relative:
    """Change what is named; what is `None` stays. A relative is never deleted but ends."""
    said = {
        "name": name,
        "relation": relation,
        "phone": phone,
        "nearest": nearest,
        "unsafe_to_contact": unsafe_to_contact,
        "carer": carer,
        "words": words,
        "ended_on": ended_on,
    }
    changes = {field: value for field, value in said.items() if value is not None}

    def change(relative: Relative) -> Relative:
        return domain.check(Relative(**{**vars(relative), **changes}))

    return change_row(
        session, relative_id, change, "relatives.changed", by=by, at=at, version=version
    )


def give_consent(
    session: Session,
    relative_id: UUID,
    *,
    what: tuple[Share, ...],
    since: date,
    until: date | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
) -> Relative:
    """The patient consents: what this relative may be told, from and until when.

    Raises `ConsentObjected` where an objection stands that nobody decided not to respect.
    """
    consent = domain.check_consent(
        Consent(id=new_id(), what=tuple(what), since=since, until=until, words=words)
    )

    def change(relative: Relative) -> Relative:
        if relative.is_objected_to:
            raise domain.ConsentObjected(relative=relative.id)
        return replace(relative, consents=(*relative.consents, consent))

    return change_row(session, relative_id, change, "relatives.consent_given", by=by, at=at)


def withdraw_consent(
    session: Session,
    relative_id: UUID,
    consent_id: UUID,
    *,
    on: date | None = None,
    by: Actor,
    at: datetime,
) -> Relative:
    """The patient takes a consent back: it does not hold from `on` (the day of `at`)."""

    def change(relative: Relative) -> Relative:
        return domain.withdraw(relative, consent_id, on or at.date())

    return change_row(session, relative_id, change, "relatives.consent_withdrawn", by=by, at=at)
