"""What stands for a person: what nobody has answered, and what has failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bindeledd.features.reminders.domain import is_seen


@dataclass(frozen=True, kw_only=True)
class InboxItem:
    """One task that a person has been told of and that nobody has answered; what stays until it is
    decided (`UNTIL_DECIDED`) also where somebody has.

    `raised_at` and `audience` are those of the newest alert; `no_cover` says that somebody has
    answered that nobody can cover; `case_id` or `subject_id` says
    whose it is; `ladder` how long an acknowledgement lasts, `seen_…` the last one.
    """

    task_id: UUID
    case_id: UUID | None
    subject_id: UUID | None
    team_id: UUID
    kind: str
    due_at: datetime
    raised_at: datetime
    ladder: str
    audience: str
    round: int
    rung: int = 0
    no_cover: bool = False
    seen_at: datetime | None = None
    seen_until: datetime | None = None
    seen_by: UUID | None = None

    def answered(self, at: datetime) -> bool:
        """Somebody has acknowledged what was said last, and that has not lapsed."""
        return is_seen(self.seen_at, self.seen_until, raised_at=self.raised_at, at=at)

    @property
    def about(self) -> UUID:
        """What it belongs to: a follow-up, a message or a call."""
        return self.case_id or self.subject_id or self.task_id


# What stands before everything else, by what kind of fact it is and never by whom it is about: a
# danger that somebody fears, and a death that stops all contact until somebody has found out.
FIRST = ("acute_concern", "confirm_death")
# To have seen it is not to have found out: it stands there until somebody has decided.
UNTIL_DECIDED = ("confirm_death",)
NOBODY_COVERS, THE_REST = 1, 0
RANKS: Mapping[str, int] = {
    kind: NOBODY_COVERS + len(FIRST) - number for number, kind in enumerate(FIRST)
}


def rank(kind: str, *, no_cover: bool) -> int:
    """The higher, the earlier; of one rank what is due first."""
    return RANKS.get(kind, NOBODY_COVERS if no_cover else THE_REST)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the inbox: by rank (see `rank`), then by time."""

    rank: int
    due_at: datetime
    key: UUID


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """A page of the inbox; what belongs together stands together. `next`: where it goes on."""

    items: tuple[InboxItem, ...]
    next: Place | None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A failure of a job, a channel or a plugin, in the inbox of a person. Codes only."""

    fault_id: UUID
    source: str
    code: str
    first_at: datetime
    last_at: datetime
    count: int

    @property
    def place(self) -> str:
        """The job, channel or team that failed, without whom it is about: `channel:email`."""
        return self.source.partition("@")[0].partition("/")[0]

    @property
    def member_id(self) -> UUID | None:
        """Whom it is about, or whose address it was, where it is about a member of staff."""
        whose = self.source.partition("@")[0].partition("/")[2]
        return UUID(whose) if whose else None


def address_of(channel: str, member_id: UUID) -> str:
    """The source of a failure that is about one person's address on a channel."""
    return f"channel:{channel}/{member_id}"


def of_member(team_id: UUID, member_id: UUID) -> str:
    """The source of a failure of a team that is about one of its members."""
    return f"team:{team_id}/{member_id}"
