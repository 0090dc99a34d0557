"""What the log knows of whoever acts. Ids and codes only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class Acting(Protocol):
    """Whoever did it: `staff.domain.Actor` is one."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID | None: ...
    @property
    def request_id(self) -> str | None: ...


PURPOSES = ("TREAT", "ETREAT", "COC", "BTG", "system", "admin")


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One act or answer, as the patient may have it listed. `actor_id` is None for the product."""

    id: UUID
    at: datetime
    act: str
    purpose: str
    actor_kind: str
    actor_id: UUID | None
    request_id: str | None
