"""What an installation has said about taking messages in: made once at start, handed to the edges."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.intake import queries
from bindeledd.features.intake.domain.queue import Reason
from bindeledd.features.intake.domain.routing import Routes, RouteSaid
from bindeledd.features.intake.domain.standards import Standards
from bindeledd.features.pathways.domain import Book
from bindeledd.foundation.texts import refusal_text, t

_REASONS = frozenset(Reason)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Pathways, routes, whether test messages are taken, and the standards where a site has them."""

    book: Book
    routes: Sequence[RouteSaid] = ()
    accept_tests: bool = False
    standards: Standards | None = None

    def of(self, session: Session, tenant_id: UUID) -> Routes:
        """The routes of a tenant: its own first, then the installation's."""
        return queries.routes_of(session, tenant_id, self.routes, accept_tests=self.accept_tests)


def reason_text(code: str) -> str:
    """The words for why a message stands where it stands."""
    if code in _REASONS:
        return t(f"intake.reasons.{code.removeprefix('intake.')}")
    return refusal_text(code)
