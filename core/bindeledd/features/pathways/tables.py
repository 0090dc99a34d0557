"""What this installation has seen of the versions of routines and layers: about nobody."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bindeledd.foundation.db import Base


class SeenVersionRow(Base):
    """One version (`id@version`), the hash of what it said, and since when it has said that here."""

    __tablename__ = "seen_versions"

    key: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    since: Mapped[datetime]
