"""Whoever acts: a member in a browser or by token, the worker, a command on the machine."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    MEMBER = "member"
    SYSTEM = "system"
    COMMAND = "command"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks, with what a rule needs to decide.

    `teams` are those that the member works in now, leads included; `leads` those that the
    member leads; `language` what the member has chosen, if anything; `keys`: single keys do things
    on the pages; `reads_only`: by a token that opens nothing but reading; `door`: by which way
    something came, `page`, `api` or `command`. A system or command actor sees the whole tenant and
    is named in the log.
    """

    kind: ActorKind
    tenant_id: UUID
    id: UUID | None = None
    name: str = ""
    teams: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()
    grants: frozenset[str] = field(default=frozenset())
    language: str | None = None
    keys: bool = True
    request_id: str | None = None
    reads_only: bool = False
    door: str = ""

    @property
    def sees_all(self) -> bool:
        """True for the system and for commands: they are bound by the tenant only."""
        return self.kind != ActorKind.MEMBER

    @property
    def rights(self) -> "Actor":
        """The same without what is of one request only: what a statement is made from and kept by."""
        return Actor(
            kind=self.kind,
            tenant_id=self.tenant_id,
            id=self.id,
            teams=self.teams,
            leads=self.leads,
            grants=self.grants,
        )


def system(tenant_id: UUID, request_id: str | None = None) -> Actor:
    """The product itself: intake, planner, worker."""
    return Actor(
        kind=ActorKind.SYSTEM, tenant_id=tenant_id, name="Bindeledd", request_id=request_id
    )


def command(tenant_id: UUID, name: str = "bindeledd") -> Actor:
    """Somebody at the machine's command line."""
    return Actor(kind=ActorKind.COMMAND, tenant_id=tenant_id, name=name)
