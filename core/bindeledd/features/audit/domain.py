"""What the log knows of whoever acts. Ids and codes only."""

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
