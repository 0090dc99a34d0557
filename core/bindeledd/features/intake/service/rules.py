"""What an installation has said about taking messages in: made once at start, handed to the edges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.foreign import ForeignFormat, WaitsForReader
from bindeledd.features.intake.domain.queue import NotOurs, Reason, Status
from bindeledd.features.intake.domain.routing import Routes, RouteSaid
from bindeledd.features.intake.domain.row_notation import COLUMNS
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.texts import about_said, refusal_text, t

_REASONS: frozenset[str] = frozenset(Reason) | frozenset(NotOurs)


class Said(Protocol):
    """What the settings of an installation say of it: `settings.Settings` does."""

    @property
    def routes(self) -> Sequence[RouteSaid]: ...
    @property
    def allow_test_messages(self) -> bool: ...
    @property
    def standards(self) -> Path | None: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Pathways, routes, whether test messages are taken, the standards where a site has them, and

    the formats that packs read.
    """

    book: Book
    routes: Sequence[RouteSaid] = ()
    accept_tests: bool = False
    standards: Standards | None = None
    foreign: Sequence[ForeignFormat] = ()

    @classmethod
    def said(cls, settings: Said, book: Book, foreign: Sequence[ForeignFormat] = ()) -> "Rules":
        """As the settings say it. Raises `Misconfigured` when the folder of standards is not there."""
        return cls(
            book=book,
            routes=settings.routes,
            accept_tests=settings.allow_test_messages,
            standards=None if settings.standards is None else Standards(settings.standards),
            foreign=tuple(foreign),
        )

    def of(self, session: Session, tenant_id: UUID) -> Routes:
        """The routes of a tenant: its own first, then the installation's."""
        return queries.routes_of(session, tenant_id, self.routes, accept_tests=self.accept_tests)


def stands_as(status: str, reason: str | None) -> str:
    """The words for where a message stands: what waits for a pack to read it is not refused."""
    waits = status == Status.REFUSED and reason == WaitsForReader.code
    return t(f"intake.statuses.{'waits_for_reader' if waits else status}")


def reason_text(
    code: str, wrong_at: str | None = None, about: Mapping[str, object] | None = None
) -> str:
    """The words for why a message stands where it stands; which field is wrong, and what is right.

    `about`: the column and heading that it is about, where it is a list's.
    """
    if code in _REASONS:
        return t(f"intake.reasons.{code.removeprefix('intake.')}")
    told = about_said(refusal_text(code), about or {})
    if not wrong_at:
        return told
    return f"{told} {t(f'intake.wanted.{wrong_at}', headings=', '.join(COLUMNS.values()))}"
