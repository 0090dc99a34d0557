"""What people do with the plan: read it, save a new version, move it with its event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import service as access
from bindeledd.features.audit import service as audit
from bindeledd.features.cases import queries as case_queries
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import Case, EventKind, NewEvent, may_tell, staying, telling
from bindeledd.features.cases.domain.correcting import Outgoing, WordsUnreadable
from bindeledd.features.cases.service.moving import Moved
from bindeledd.features.cases.service.outgoing import may_go_out
from bindeledd.features.cases.service.writing import Recorded
from bindeledd.features.pathways.domain import Book, PathwayUnknown, PlanForm
from bindeledd.features.pathways.domain.fields import CaseField
from bindeledd.features.plans import domain, queries
from bindeledd.features.plans.domain import Version, VersionNotFound, Words
from bindeledd.features.plans.domain.bundles import bundle
from bindeledd.features.plans.tables import PlanVersionRow, content_place
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.sealing.keyring import seal
from bindeledd.foundation.spelling import OSLO


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The plan of a follow-up: what it asks today, every version, and one of them opened.

    `version` is the plan, or the one that was asked for; `previous` the one before it, opened.
    `read`: what stood when a form was opened that somebody else saved over. `locked`: no relative
    may be told of the plan today. `latest`: the number that whoever saves has read.
    """

    form: PlanForm
    versions: tuple[Version, ...]
    version: Version | None = None
    previous: Version | None = None
    read: Version | None = None
    locked: bool = True

    @property
    def latest(self) -> int:
        return domain.latest_number(self.versions)

    @property
    def plan(self) -> Version | None:
        """The newest version that was no error, not opened."""
        return domain.current(self.versions)

    @property
    def asked(self) -> tuple[domain.Asked, ...]:
        """What is asked today, with what only the shown version has an answer to."""
        return domain.asked_now(self.form, self.version)

    @property
    def not_yet(self) -> list[domain.Asked]:
        words = None if self.version is None else self.version.words
        return domain.not_yet(self.asked, words)


def show_plan(
    session: Session,
    case_id: UUID,
    which: int | UUID | None = None,
    *,
    read: int | None = None,
    form: str = "page",
    by: Actor,
    at: datetime,
    book: Book,
) -> Shown:
    """The plan, or its version of that number or id, for one who may see it. A read, written down.

    `read`: the newest number when a form was opened. `form`: page, pdf or api. Raises `NotFound`, `VersionNotFound`.
    """
    patient_id = access.require_case(session, by, case_id)
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    versions = tuple(queries.versions_of(session, case_id))
    chosen = domain.current(versions) if which is None else _chosen(versions, which)
    number = None if which is None or chosen is None else chosen.number
    facts = {"case": case_id, "number": chosen.number if chosen else 0, "form": form}
    audit.record(session, "plan.shown", by=by, at=at, subjects=[patient_id], facts=facts)
    on = at.astimezone(OSLO).date()
    return Shown(
        form=book.plan_form(case.layers, _stayed(session, case_id)),
        versions=versions,
        version=_opened(session, chosen, patient_id),
        previous=None if number is None else _before(session, versions, number, patient_id),
        read=None if read is None else _before(session, versions, read + 1, patient_id),
        locked=not queries.relatives_may_be_told(session, case, book, on=on),
    )


def _stayed(session: Session, case_id: UUID) -> list[tuple[str, ...]]:
    """The layers of each other unit where the person has been in this follow-up, the latest first."""
    return staying.others(staying.stays(case_queries.events_of(session, case_id)))


def _chosen(versions: tuple[Version, ...], which: int | UUID) -> Version:
    for one in versions:
        if which in (one.number, one.id):
            return one
    raise VersionNotFound(version=which)


def _opened(session: Session, one: Version | None, patient_id: UUID) -> Version | None:
    return None if one is None else queries.opened(session, one.id, patient_id=patient_id)


def _before(
    session: Session, versions: tuple[Version, ...], number: int, patient_id: UUID
) -> Version | None:
    """The version that stood before that one: the newest before it that was no error."""
    found = domain.current([one for one in versions if one.number < number])
    return _opened(session, found, patient_id)


def take_out(
    session: Session, case_id: UUID, number: int, *, by: Actor, at: datetime, book: Book
) -> Version | None:
    """A version to leave on paper, for the person. Written down before it leaves.

    None where a death was reported: it is held, which stands in the history. Raises `CaseClosed`,
    `VersionNotFound` (also of one that cannot be read), `NotFound`.
    """
    if not may_go_out(session, case_id, Outgoing.PLAN, words={}, by=by, at=at, book=book):
        return None
    version = show_plan(session, case_id, number, form="pdf", by=by, at=at, book=book).version
    if version is None or version.words is None:
        raise VersionNotFound(number=number)
    return version


@dataclass(frozen=True, kw_only=True)
class Saved:
    """The version that was made, and what the follow-up owes now."""

    version: Version
    recorded: Recorded


def save(
    session: Session,
    case_id: UUID,
    said: Words,
    *,
    base: int,
    facts: Mapping[str, telling.Fact] | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
    book: Book,
) -> Saved:
    """Save a new version. `base`: the number of the newest one that was read, 0 for none.

    One that cannot be read stands as it is, and the new one is written from the start. `facts`:
    answers to what packs ask with a plan, and `note` the words of those that are given in words.
    Raises `PlanChanged`, what `domain.check` refuses, `AnswerInWords`, `NotFound`, `CaseClosed`.
    """
    telling.check(EventKind.PLAN_OFFERED, facts or {}, book.fields)
    patient_id = access.require_case(session, by, case_id)
    case_queries.lock_cases(session, [case_id])
    case = case_queries.get_case(session, case_id, tenant_id=by.tenant_id)
    versions = queries.versions_of(session, case_id)
    domain.check_base(domain.latest_number(versions), base)
    before = _opened(session, domain.current(versions), patient_id)
    stayed = _stayed(session, case_id)
    form = book.plan_form(case.layers, stayed)
    asked = domain.asked_now(form, before)
    on = at.astimezone(OSLO).date()
    locked = not queries.relatives_may_be_told(session, case, book, on=on)
    was = None if before is None else before.words
    words = domain.check(said, asked, was, locked=locked)
    version_id = new_id()
    own = domain.facts(version_id, asked, words)
    asked_by = asked_by_packs(book, case, stayed)
    told = {**_answers(asked_by, facts or {}, own, note, book.fields), **own}
    recorded = cases.record(session, case_id, [_event(told, note, at)], by=by, at=at, book=book)
    version = Version(
        id=version_id,
        case_id=case_id,
        number=base + 1,
        event_id=recorded.events[0].id,
        made_at=at,
        made_by=by.id,
        title=form.title,
        asked=asked,
        words=words,
    )
    _insert(session, version, case.tenant_id, patient_id)
    _audit(session, "plan.saved", version, patient_id, by=by, at=at)
    return Saved(version=version, recorded=recorded)


def _answers(
    asked_by: Sequence[CaseField],
    said: Mapping[str, telling.Fact],
    own: Mapping[str, Any],
    note: str,
    every: Sequence[CaseField],
) -> Mapping[str, telling.Fact]:
    """What packs ask with a plan: as it follows from the plan itself, else as it was said.

    Raises `BadFact` for an answer that only the plan gives, and does not; `AnswerInWords`.
    """
    known = {one.key for one in asked_by if one.follows(own) is not None}
    may_tell.check_in_words(said, {"words": note}, (one for one in every if one.key not in known))
    found = dict(said)
    for one in asked_by:
        follows = one.follows(own)
        if follows is not None:
            found[one.key] = follows
        elif one.key in said and said[one.key] not in [o.value for o in one.left_to_ask(own)]:
            raise telling.BadFact(fact=one.key)
    return found


def asked_by_packs(
    book: Book, case: Case, elsewhere: Iterable[Sequence[str]] = ()
) -> list[CaseField]:
    """What the packs of this follow-up ask with a plan; nothing where its routine is gone.

    `elsewhere`: the layers of each unit of its stays that is another than the one where it began.
    """
    try:
        routine = staying.routines(book, case, elsewhere)
    except PathwayUnknown:
        return []
    return book.asked_with(EventKind.PLAN_OFFERED.value, routine)


def _event(facts: Mapping[str, Any], note: str, at: datetime) -> NewEvent:
    """What every routine knows: a plan was offered, and here is what came of it."""
    made = {"plan": "made"} if facts["plan_person"] else {}  # made together: else nobody says so
    words = {"words": note.strip()} if note.strip() else {}
    return NewEvent(kind=EventKind.PLAN_OFFERED, at=at, facts=facts, note={**made, **words} or None)


def _insert(session: Session, version: Version, tenant_id: UUID, patient_id: UUID) -> None:
    place = content_place(tenant_id, version.id, patient_id)
    session.execute(
        sa.insert(PlanVersionRow).values(
            id=version.id,
            tenant_id=tenant_id,
            case_id=version.case_id,
            event_id=version.event_id,
            number=version.number,
            made_at=version.made_at,
            made_by=version.made_by,
            content=seal(session, place, bundle(version)),
        )
    )


def move_to_person(
    session: Session,
    moved: Moved,
    renamed: Mapping[UUID, UUID],
    *,
    wrong_patient_id: UUID,
    by: Actor,
    at: datetime,
) -> None:
    """The versions that moved events tell of, with the right person; here they were an error.

    There they come after what that person's plan has. Raises `WordsUnreadable`.
    """
    case = moved.right.case
    last = domain.latest_number(queries.versions_of(session, case.id))
    for place, old in enumerate(queries.rows_of_events(session, moved.events), start=1):
        version = queries.opened(session, old.id, patient_id=wrong_patient_id)
        if version.words is None:
            raise WordsUnreadable(plan=old.id)
        copy = replace(
            version,
            id=renamed[old.id],
            case_id=case.id,
            event_id=moved.events[old.event_id],
            number=last + place,
            made_at=at,
            made_by=by.id,
        )
        _insert(session, copy, case.tenant_id, case.patient_id)
        _audit(session, "plan.moved", copy, case.patient_id, by=by, at=at)


def _audit(
    session: Session, act: str, version: Version, patient_id: UUID, *, by: Actor, at: datetime
) -> None:
    facts = {"case": version.case_id, "version": version.id, "number": version.number}
    audit.record(session, act, by=by, at=at, subjects=[patient_id], facts=facts)
