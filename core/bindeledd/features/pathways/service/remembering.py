"""Keeping what packs called things, so that a history reads in words when its pack is gone."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.past import Named, Past, Words, words_of
from bindeledd.features.pathways.tables import KeptWordsRow
from bindeledd.foundation.db import upsert


def remember_words(session: Session, book: Book) -> None:
    """Write down what the book says and is not written so. What no pack says any more stays."""
    kept = _kept(session)
    for (what, key), words in sorted(words_of(book).items()):
        if kept.get((what, key)) != words:
            session.execute(
                upsert(session, KeptWordsRow)
                .values(what=what, key=key, words=words)
                .on_conflict_do_update(index_elements=["what", "key"], set_={"words": words})
            )


def remembered(session: Session) -> Past:
    """What packs have called things here, also those that are gone."""
    return Past(words=_kept(session))


def _kept(session: Session) -> Mapping[Named, Words]:
    rows = session.execute(sa.select(KeptWordsRow.what, KeptWordsRow.key, KeptWordsRow.words))
    return {(what, key): words for what, key, words in rows}
