"""What this installation has seen of the versions of routines and layers: about nobody."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base


class SeenVersionRow(Base):
    """One version (`id@version`), the hash of what it said, and since when it has said that here."""

    __tablename__ = "seen_versions"

    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    since: Mapped[datetime]


class KeptWordsRow(Base):
    """What packs called a kind of task, a step, a question, an answer: by language, about nobody."""

    __tablename__ = "kept_words"

    what: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[dict[str, Any]]
