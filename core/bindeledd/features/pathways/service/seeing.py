"""Remembering what each version said when it was first seen here, and noticing what says another thing."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.contents import Changed, differing, versions_of
from bindeledd.features.pathways.tables import SeenVersionRow
from bindeledd.foundation.db import upsert


def see_versions(
    session: Session, book: Book, followed: Collection[str], *, at: datetime
) -> list[Changed]:
    """Write down what is new or followed by nobody; give what is followed and was edited in its place.

    `followed`: the versions (`id@version`) that open follow-ups remember. What was edited stays
    written down as it was first, so that it is found at every start until it is put right.
    """
    rows = session.execute(
        sa.select(SeenVersionRow.key, SeenVersionRow.content, SeenVersionRow.since)
    )
    seen = {key: (content, since) for key, content, since in rows}
    versions = versions_of(book)
    changed = differing(versions, seen, followed)
    stays = {one.now.key for one in changed}
    for one in versions:
        if one.key not in stays and seen.get(one.key, ("", at))[0] != one.content:
            told = {"content": one.content, "since": at}
            session.execute(
                upsert(session, SeenVersionRow)
                .values(key=one.key, **told)
                .on_conflict_do_update(index_elements=["key"], set_=told)
            )
    return changed
