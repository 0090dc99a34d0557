"""Who works here, and who it is that acts.

Nothing here knows of HTTP, of the database or of the clock.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from bindeledd.foundation.errors import NotAllowed


class ActorKind(StrEnum):
    MEMBER = "member"
    SYSTEM = "system"
    COMMAND = "command"


class LeadOnly(NotAllowed):
    """Only a lead of the team may do this."""

    code = "staff.lead_only"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever asks: a member in a browser or by token, the worker, a command on the machine.

    `teams` are those that the member works in today, leads included; `leads` those that the
    member leads. A system or command actor sees the whole tenant and is named in the log.
    """

    kind: ActorKind
    tenant_id: UUID
    id: UUID | None = None
    name: str = ""
    teams: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()
    grants: frozenset[str] = field(default=frozenset())
    request_id: str | None = None

    @property
    def sees_all(self) -> bool:
        """True for the system and for commands: they are bound by the tenant only."""
        return self.kind is not ActorKind.MEMBER


def system(tenant_id: UUID, request_id: str | None = None) -> Actor:
    """The product itself: intake, planner, worker."""
    return Actor(
        kind=ActorKind.SYSTEM, tenant_id=tenant_id, name="Bindeledd", request_id=request_id
    )
