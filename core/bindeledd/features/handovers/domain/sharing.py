"""On what ground something about a person is shared: named before it goes, from the case's own list.

Where no routine of the case names any grounds, none is asked for. Whoever shares on a ground that is
looked at afterwards says why; what was shared stands, and somebody else looks at it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bindeledd.features.cases.domain.looking_after import CHOSEN_BY
from bindeledd.features.pathways.domain import Ground
from bindeledd.foundation.errors import Invalid


class GroundNeeded(Invalid):
    """Nothing is shared before somebody has said on what ground."""

    code = "sharing.ground_needed"


class GroundUnknown(Invalid):
    """The ground stands on no list of a routine of this case."""

    code = "sharing.ground_unknown"


class WhyNeeded(Invalid):
    """Whoever shares on a ground that is looked at afterwards says why."""

    code = "sharing.why_needed"


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The ground that something was shared on: its key, and whether it is looked at afterwards.

    `chosen_by`: who chose it, where that may be somebody else than whoever sends.
    """

    key: str
    reviewed: bool
    chosen_by: UUID | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What the event says of it in the open: codes, never words."""
        if not self.reviewed:
            return {"ground": self.key}
        chosen = {} if self.chosen_by is None else {CHOSEN_BY: str(self.chosen_by)}
        return {"ground": self.key, "ground_reviewed": "yes", **chosen}

    def said(self, why: str) -> dict[str, str]:
        """Why it was shared, to be sealed. Raises `WhyNeeded` where it is looked at afterwards."""
        if self.reviewed and not why.strip():
            raise WhyNeeded(ground=self.key)
        return {"why": why.strip()} if why.strip() else {}


def named(grounds: Sequence[Ground], key: str) -> Ground | None:
    """The ground that was named; None where none is asked for and none was said.

    Raises `GroundNeeded`, `GroundUnknown`.
    """
    if not key and not grounds:
        return None
    known = [one.key for one in grounds]
    if not key:
        raise GroundNeeded(known=known)
    found = next((one for one in grounds if one.key == key), None)
    if found is None:
        raise GroundUnknown(ground=key, known=known)
    return found


def shared_on(ground: Ground | None) -> Shared | None:
    """What stands in the history of it."""
    return None if ground is None else Shared(key=ground.key, reviewed=ground.reviewed)


def on_paper(ground: Ground | None) -> dict[str, Any] | None:
    """What a receiver outside reads of it; `None`: nobody was asked."""
    if ground is None:
        return None
    return {"key": ground.key, "title": dict(ground.title), "reviewed": ground.reviewed}


def from_paper(content: Mapping[str, Any], made_by: UUID | None) -> Shared | None:
    """The ground that a package was made on, by whoever made it."""
    said = content.get("ground")
    if not said:
        return None
    return Shared(key=str(said["key"]), reviewed=bool(said["reviewed"]), chosen_by=made_by)
