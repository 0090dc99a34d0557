"""Questions about what has arrived. Nothing here changes anything; who asks writes down the read."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries as access
from bindeledd.features.intake.domain.facts import ContactPoint
from bindeledd.features.intake.domain.foreign import WaitsForReader
from bindeledd.features.intake.domain.queue import (
    WAITING,
    CallNotFound,
    MessageNotFound,
    Status,
    Waiting,
    WaitingCall,
)
from bindeledd.features.intake.domain.routing import Routes, RouteSaid, read_routes
from bindeledd.features.intake.domain.vocabulary import TOLD
from bindeledd.features.intake.tables import CallRow, MessageRow, message_place
from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import ContactPointRow, UnitRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.sealing import keyring

PAGE = 50
M = MessageRow


@lru_cache(maxsize=1)
def _known() -> Mapping[str, Any]:
    return tomllib.loads((files("bindeledd.config") / "intake.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A route as a tenant's own settings say it."""

    source: str = "*"
    kinds: tuple[str, ...] = ("*",)
    opens: str = "ask"
    codes: tuple[str, ...] = ()
    codes_from: str = ""


def routes_of(
    session: Session,
    tenant_id: UUID,
    site: Iterable[RouteSaid] = (),
    *,
    accept_tests: bool = False,
) -> Routes:
    """Whose a message is: the tenant's own `routes` first, then the installation's (`site`)."""
    own = staff.tenant_settings(session, tenant_id).get("routes")
    tables = own if isinstance(own, list) else []
    said = [_Said(**{key: _plain(value) for key, value in table.items()}) for table in tables]
    return read_routes(_known(), (*said, *site), accept_tests=accept_tests)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def find_unit(
    session: Session, tenant_id: UUID, points: Sequence[ContactPoint]
) -> tuple[UUID, UUID | None] | None:
    """The unit with the first of these addresses, and its team. One query.

    A unit is known by its own key too, as a local address: packs and lists name it so.
    """
    if not points:
        return None
    wanted = [(point.scheme, point.value) for point in points]
    keys = [value for scheme, value in wanted if scheme == "local"]
    registered = sa.tuple_(ContactPointRow.scheme, ContactPointRow.value).in_(wanted)
    rows = session.execute(
        sa.select(
            ContactPointRow.scheme, ContactPointRow.value, UnitRow.key, UnitRow.id, UnitRow.team_id
        )
        .select_from(UnitRow)
        .outerjoin(ContactPointRow, sa.and_(ContactPointRow.unit_id == UnitRow.id, registered))
        .where(
            UnitRow.tenant_id == tenant_id,
            UnitRow.active,
            sa.or_(ContactPointRow.id.is_not(None), UnitRow.key.in_(keys)),
        )
    ).all()
    found = {("local", row.key): (row.id, row.team_id) for row in rows if row.key in keys}
    found |= {(row.scheme, row.value): (row.id, row.team_id) for row in rows if row.scheme}
    return next((found[point] for point in wanted if point in found), None)


def find_by_hash(session: Session, tenant_id: UUID, sha256: str) -> MessageRow | None:
    """The message of these bytes: the newest, where they came anew after an answer."""
    return session.scalar(
        sa.select(M)
        .where(M.tenant_id == tenant_id, M.sha256 == sha256)
        .order_by(M.again.desc())
        .limit(1)
    )


def with_reference(
    session: Session, tenant_id: UUID, tokens: Sequence[str]
) -> Sequence[MessageRow]:
    """The messages that came in with this id of the sender's, the earliest first."""
    return session.scalars(
        sa.select(M)
        .where(M.tenant_id == tenant_id, M.message_ref.in_(tokens))
        .order_by(M.received_at, M.id)
    ).all()


def find_by_ref(session: Session, row: MessageRow, tokens: Sequence[str]) -> MessageRow | None:
    """The first other message that came in with this id of the sender's, refused ones left out."""
    return session.scalar(
        sa.select(M)
        .where(
            M.tenant_id == row.tenant_id,
            M.message_ref.in_(tokens),
            M.id != row.id,
            M.status != Status.REFUSED.value,
        )
        .order_by(M.received_at, M.id)
        .limit(1)
    )


def document_key(session: Session, tenant_id: UUID, tokens: Sequence[str]) -> str:
    """The key of the series: that of the message that a document's id names, if it is here.

    Else that of the same document, else the newest of `tokens`: one for each version of the key.
    """
    named = M.message_ref.in_(tokens)
    found = session.scalar(
        sa.select(M.document_key)
        .where(
            M.tenant_id == tenant_id,
            M.document_key.is_not(None),
            sa.or_(named, M.document_key.in_(tokens)),
        )
        .order_by(sa.case((named, 0), else_=1), M.received_at)
        .limit(1)
    )
    return found or tokens[0]


def series_of(session: Session, row: MessageRow) -> Sequence[MessageRow]:
    """The other messages of the same document, the earliest made first."""
    if row.document_key is None:
        return ()
    return session.scalars(
        sa.select(M)
        .where(
            M.tenant_id == row.tenant_id,
            M.document_key == row.document_key,
            M.id != row.id,
            M.status.not_in([Status.REFUSED.value]),
        )
        .order_by(M.generated_at, M.received_at, M.id)
    ).all()


def copies_of(session: Session, row: MessageRow) -> Sequence[MessageRow]:
    """Messages that were taken for this one, or that it replaced."""
    return session.scalars(
        sa.select(M).where(
            M.tenant_id == row.tenant_id,
            M.duplicate_of == row.id,
            M.status == Status.DUPLICATE.value,
        )
    ).all()


def waiting_for(session: Session, tenant_id: UUID, tokens: Collection[int]) -> Sequence[MessageRow]:
    """What waits and may be about the person with these tokens: candidates, still to be compared."""
    if not tokens:
        return ()
    return session.scalars(
        sa.select(M)
        .where(
            M.tenant_id == tenant_id,
            M.person_token.in_(sorted(tokens)),
            M.status.in_([status.value for status in WAITING]),
        )
        .order_by(M.generated_at, M.received_at, M.id)
        .with_for_update()
    ).all()


# --- the queue ------------------------------------------------------------------------------------


def _mine(row: type[MessageRow] | type[CallRow], by: Actor) -> sa.ColumnElement[bool]:
    """What the teams of the one who asks answer for."""
    own = row.tenant_id == by.tenant_id
    return own if by.sees_all else sa.and_(own, row.team_id.in_(sorted(by.teams)))


def _in_sight(row: type[MessageRow] | type[CallRow], by: Actor) -> sa.ColumnElement[bool]:
    """What the one who asks may read.

    While it waits for an answer, the team that owes one. Afterwards whoever sees the follow-up,
    or else the patient, that it turned out to be about. What is about nobody known stays with
    the team: a refused message, one that was erased, a call.
    """
    own = row.tenant_id == by.tenant_id
    if by.sees_all:
        return own
    nobody = sa.and_(row.case_id.is_(None), row.patient_id.is_(None))
    if row is MessageRow:
        of_team = sa.or_(_UNANSWERED, sa.and_(nobody, M.status.in_(_OF_NOBODY)))
    else:
        of_team = sa.or_(CallRow.ended_at.is_(None), nobody)
    return sa.and_(
        own,
        sa.or_(
            sa.and_(row.team_id.in_(sorted(by.teams)), of_team),
            access.sees_case(by, cast("sa.ColumnElement[UUID]", row.case_id)),
            sa.and_(
                row.case_id.is_(None),
                access.sees_patient(by, cast("sa.ColumnElement[UUID]", row.patient_id)),
            ),
        ),
    )


_OF_NOBODY = (Status.REFUSED.value, Status.NOT_OURS.value)
# As the index of the queue says it, and with no parameter, or SQLite does not take that index.
_UNANSWERED = sa.or_(
    M.status.in_([sa.literal_column(f"'{status.value}'") for status in WAITING]),
    sa.and_(M.status == sa.literal_column("'refused'"), M.decided_at.is_(None)),
)
_FOR_PACK = sa.and_(
    M.status == sa.literal_column("'refused'"),
    M.decided_at.is_(None),
    M.reason == WaitsForReader.code,
)
_COLUMNS = (
    M.id,
    M.status,
    M.reason,
    M.format,
    M.kind,
    M.team_id,
    M.unit_id,
    M.received_at,
    M.generated_at,
    TaskRow.due_at,
    M.task_id,
    M.late,
    M.checked,
    M.size,
    M.patient_id,
)


def queue(
    session: Session,
    *,
    by: Actor,
    statuses: Collection[Status] = (),
    format: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Waiting]:
    """What waits for an answer of the asker's teams, the oldest first; facts are not opened.

    The next page begins `after` the (received_at, id) of the last.
    """
    asked = (
        sa.select(*_COLUMNS)
        .outerjoin(TaskRow, TaskRow.id == M.task_id)
        .where(_mine(M, by), _UNANSWERED)
    )
    if statuses:
        asked = asked.where(M.status.in_([status.value for status in statuses]))
    if format is not None:
        asked = asked.where(M.format == format)
    if after is not None:
        asked = asked.where(sa.tuple_(M.received_at, M.id) > sa.tuple_(*_bound(after)))
    rows = session.execute(asked.order_by(M.received_at, M.id).limit(limit))
    return [_waiting(row) for row in rows]


def _bound(after: tuple[datetime, UUID]) -> tuple[Any, Any]:
    return sa.literal(after[0], M.received_at.type), sa.literal(after[1], M.id.type)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row.id,
        status=Status(row.status),
        reason=row.reason,
        format=row.format,
        kind=row.kind,
        team_id=row.team_id,
        unit_id=row.unit_id,
        received_at=row.received_at,
        generated_at=row.generated_at,
        due_at=row.due_at,
        task_id=row.task_id,
        late=row.late,
        checked=row.checked,
        size=row.size,
        patient_id=row.patient_id,
    )


def with_facts(session: Session, waiting: Sequence[Waiting]) -> Sequence[Waiting]:
    """The same with their facts opened: one query, one for the keys. None where unreadable."""
    rows = session.execute(
        sa.select(M.id, M.tenant_id, M.facts).where(M.id.in_([one.id for one in waiting]))
    ).all()
    keyring.open_keys(session, [row.id for row in rows])
    opened = {row.id: _facts(session, row.tenant_id, row.id, row.facts) for row in rows}
    return [replace(one, facts=_shown(opened.get(one.id))) for one in waiting]


def _shown(facts: dict[str, Any] | None) -> dict[str, Any] | None:
    """Without the whole of what a pack said: that is for whoever opens the one message."""
    return None if facts is None else {key: facts[key] for key in facts if key != TOLD}


def _facts(
    session: Session, tenant_id: UUID, message_id: UUID, sealed: bytes | None
) -> dict[str, Any] | None:
    if sealed is None:
        return None
    return keyring.unseal_or_report(session, message_place(tenant_id, message_id, "facts"), sealed)


def facts_of(session: Session, row: MessageRow) -> dict[str, Any] | None:
    """What the queue shows of a message, opened; None where erased or unreadable."""
    return _facts(session, row.tenant_id, row.id, row.facts)


def get_row(
    session: Session, message_id: UUID, *, by: Actor, for_update: bool = False
) -> MessageRow:
    """The message, if the asker may read it. Raises `MessageNotFound`."""
    asked = sa.select(M).where(M.id == message_id, _in_sight(M, by))
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(asked)
    if row is None:
        raise MessageNotFound(message=message_id)
    return row


def waiting_for_pack(session: Session, format: str) -> Sequence[UUID]:
    """The messages that wait for the pack that reads this format, the oldest first."""
    return session.scalars(
        sa.select(M.id)
        .where(_FOR_PACK, M.format == format)
        .order_by(M.received_at, M.id)
        .limit(PAGE)
    ).all()


def find_waiting_for_pack(
    session: Session, message_id: UUID, *, for_update: bool = False
) -> MessageRow | None:
    """The message, where it still waits for a pack; None where that is over."""
    asked = sa.select(M).where(M.id == message_id, _FOR_PACK)
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return session.scalar(asked)


def get_message(session: Session, message_id: UUID, *, by: Actor) -> Waiting:
    """One message with its facts, whatever became of it."""
    get_row(session, message_id, by=by)
    row = session.execute(
        sa.select(*_COLUMNS).outerjoin(TaskRow, TaskRow.id == M.task_id).where(M.id == message_id)
    ).one()
    return with_facts(session, [_waiting(row)])[0]


def original_of(session: Session, row: MessageRow) -> bytes | None:
    """The bytes as they came in; None where they were erased."""
    if row.original is None:
        return None
    return keyring.unseal_raw(session, row.place("original"), row.original)


def counts(session: Session, tenant_id: UUID) -> dict[str, int]:
    """How many messages stand in each state: for the roll call, `doctor` and the demo."""
    rows = session.execute(
        sa.select(M.status, sa.func.count()).where(M.tenant_id == tenant_id).group_by(M.status)
    )
    return {row.status: row[1] for row in rows}


def undecided_past_their_clock(session: Session, tenant_id: UUID, at: datetime) -> int:
    """How many wait although their clock has run out: must be 0."""
    return int(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(M)
            .join(TaskRow, TaskRow.id == M.task_id)
            .where(M.tenant_id == tenant_id, _UNANSWERED, TaskRow.due_at < at)
        )
        or 0
    )


# --- calls ----------------------------------------------------------------------------------------


def open_calls(session: Session, *, by: Actor, limit: int = PAGE) -> Sequence[WaitingCall]:
    """Calls that nobody has answered, of the asker's teams; words are opened.

    Acute concerns first, by their kind; the rest by due time.
    """
    rows = session.execute(
        sa.select(CallRow, TaskRow.due_at)
        .join(TaskRow, TaskRow.id == CallRow.task_id)
        .where(_mine(CallRow, by), CallRow.ended_at.is_(None))
        .order_by(CallRow.kind != "acute_concern", TaskRow.due_at, CallRow.id)
        .limit(limit)
    ).all()
    keyring.open_keys(session, [row[0].id for row in rows])
    return [_call(session, row, due_at) for row, due_at in rows]


def some_calls(session: Session, ids: Collection[UUID], *, by: Actor) -> Sequence[WaitingCall]:
    """Those of `ids` that are open calls of the asker's teams; words are opened."""
    if not ids:
        return ()
    rows = session.execute(
        sa.select(CallRow, TaskRow.due_at)
        .join(TaskRow, TaskRow.id == CallRow.task_id)
        .where(CallRow.id.in_(ids), _mine(CallRow, by), CallRow.ended_at.is_(None))
    ).all()
    keyring.open_keys(session, [row[0].id for row in rows])
    return [_call(session, row, due_at) for row, due_at in rows]


def _call(session: Session, row: CallRow, due_at: datetime) -> WaitingCall:
    return WaitingCall(
        id=row.id,
        kind=row.kind,
        team_id=row.team_id,
        patient_id=row.patient_id,
        called_at=row.called_at,
        due_at=due_at,
        task_id=row.task_id,
        words=keyring.unseal_or_report(session, row.place("words"), row.words),
        case_id=row.case_id,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        answer=None
        if row.answer is None
        else keyring.unseal_or_report(session, row.place("answer"), row.answer),
    )


def open_call(session: Session, call_id: UUID, *, by: Actor) -> WaitingCall:
    """One call with its words, answered or not. Raises `CallNotFound`."""
    row = get_call(session, call_id, by=by)
    due_at = session.scalars(sa.select(TaskRow.due_at).where(TaskRow.id == row.task_id)).one()
    return _call(session, row, due_at)


def count_open_calls(session: Session, *, by: Actor) -> int:
    """How many calls nobody has answered, of the asker's teams. Opens nothing."""
    asked = sa.select(sa.func.count()).where(_mine(CallRow, by), CallRow.ended_at.is_(None))
    return int(session.scalar(asked) or 0)


def get_call(session: Session, call_id: UUID, *, by: Actor, for_update: bool = False) -> CallRow:
    """The call, if the asker may read it. Raises `CallNotFound`."""
    asked = sa.select(CallRow).where(CallRow.id == call_id, _in_sight(CallRow, by))
    if for_update:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(asked)
    if row is None:
        raise CallNotFound(call=call_id)
    return row
