"""How often each plain fact stands with what people told: counted in the database, in one question."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from bindeledd.features.cases.domain import EventKind
from bindeledd.features.cases.domain.told_before import Told
from bindeledd.features.cases.tables import EventRow

_WORDS = {"true": "yes", "false": "no"}


def told_facts(
    session: Session, tenant_id: UUID, kinds: Iterable[EventKind], listed: Collection[str]
) -> list[Told]:
    """The facts of events that people told, of these `kinds`: by kind, key, and whether the event
    was marked as entered in error. Values are read of the `listed` keys alone."""
    each, value = _each(session)
    key, wrong = each.c.key, EventRow.in_error_at.is_not(None)
    word = sa.case((key.in_(sorted(listed)), value), else_=None)
    found = session.execute(
        sa.select(EventRow.kind, key, word, wrong, sa.func.count())
        .select_from(sa.join(EventRow, each, sa.true()))
        .where(
            EventRow.tenant_id == tenant_id,
            EventRow.source == "person",
            EventRow.kind.in_(sorted(kind.value for kind in kinds)),
        )
        .group_by(sa.literal_column("1, 2, 3, 4"))
    )
    return [
        Told(
            kind=EventKind(kind),
            name=name,
            word=None if said is None else _WORDS.get(said, said),
            in_error=bool(in_error),
            count=count,
        )
        for kind, name, said, in_error, count in found
    ]


def _each(session: Session) -> tuple[sa.TableValuedAlias, sa.ColumnElement[str]]:
    """Each fact of an event, and its value as a word (`true` and `false` of a truth value)."""
    if session.get_bind().dialect.name == "postgresql":
        facts = sa.cast(EventRow.facts, JSONB)
        each = sa.func.jsonb_each_text(facts).table_valued("key", "value").render_derived()
        return each, sa.cast(each.c.value, sa.Text)
    each = sa.func.json_each(EventRow.facts).table_valued("key", "value", "type")
    truth = each.c.type.in_(["true", "false"])
    return each, sa.cast(sa.case((truth, each.c.type), else_=each.c.value), sa.Text)
