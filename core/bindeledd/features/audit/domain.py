"""What the log knows of whoever acts. Ids and codes only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
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
    @property
    def door(self) -> str: ...


PURPOSES = ("TREAT", "ETREAT", "COC", "BTG", "system", "admin")


class Did(StrEnum):
    """What somebody did with what stands of a patient: saw it, took it out of the house, or acted."""

    SAW = "saw"
    TOOK_OUT = "took_out"
    ACTED = "acted"


class Door(StrEnum):
    """By which way. `web`: a page or the API, from before the log knew which."""

    PAGE = "page"
    API = "api"
    WEB = "web"
    COMMAND = "command"
    PRODUCT = "product"


_OF_PEOPLE = frozenset({Door.PAGE.value, Door.API.value, Door.COMMAND.value})
_OUT = frozenset({"printed", "left", "original_shown"})
_SAW = ("shown", "listed", "revealed", "searched", "explained", "names_read")


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
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def thing(self) -> str:
        """The kind of thing that it was about, as a code: what stands before the point."""
        return self.act.partition(".")[0]

    @property
    def did(self) -> Did:
        verb = self.act.rpartition(".")[2]
        if verb in _OUT or self.facts.get("form") == "pdf":
            return Did.TOOK_OUT
        return Did.SAW if verb.endswith(_SAW) else Did.ACTED

    @property
    def door(self) -> Door:
        if self.actor_kind != "member":
            return Door.COMMAND if self.actor_kind == "command" else Door.PRODUCT
        known = self.facts.get("door")
        return Door(known) if known in _OF_PEOPLE else Door.WEB
