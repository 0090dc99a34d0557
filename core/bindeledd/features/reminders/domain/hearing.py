"""Who hears of a late task. Read `who_hears`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bindeledd.features.reminders.domain import Audience


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Who works here and is there at one moment. Members are active ones only.

    `stand_ins` has an entry for everybody who is away: the one who stands in, or None.
    """

    emails: Mapping[UUID, str | None] = field(default_factory=dict)
    phones: Mapping[UUID, str | None] = field(default_factory=dict)
    leads: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    on_duty: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    stand_ins: Mapping[UUID, UUID | None] = field(default_factory=dict)
    intake_teams: Mapping[UUID, UUID | None] = field(default_factory=dict)
    admins: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)

    def active(self, members: frozenset[UUID]) -> frozenset[UUID]:
        return frozenset(member for member in members if member in self.emails)

    def present(self, members: frozenset[UUID]) -> frozenset[UUID]:
        """Those who are not away, and those who stand in for the others."""
        there = (self.stand_ins.get(member, member) for member in members)
        return self.active(
            frozenset(one for one in there if one is not None and one not in self.stand_ins)
        )


@dataclass(frozen=True, order=True, kw_only=True)
class Group:
    """Alerts that the same people hear of: of one team, for one audience, held by one person."""

    tenant_id: UUID
    team_id: UUID
    audience: str
    held_by: UUID | None = None


def who_hears(group: Group, directory: Directory) -> frozenset[UUID]:
    """The people who hear of it. Empty only if nobody at all can be found.

    owner: whoever holds it if on duty, else the stand-in if there, else the team; team: whoever is on
    duty, else the lead; lead: the team's leads, else those of the intake team, else an admin;
    second: whoever holds it, on duty or not, else the admins, else the lead; beyond: the leads of
    the intake team, else the admins, without the team's own leads, else the lead all the same.
    """
    if group.audience == Audience.BEYOND:
        return _beyond(group, directory) or managers(group.tenant_id, directory, group.team_id)
    if group.audience == Audience.SECOND:
        return _second(group, directory) or managers(group.tenant_id, directory, group.team_id)
    if group.audience == Audience.OWNER:
        return (
            _holder(group, directory)
            or _team(group, directory)
            or managers(group.tenant_id, directory, group.team_id)
        )
    if group.audience == Audience.TEAM:
        return _team(group, directory) or managers(group.tenant_id, directory, group.team_id)
    return managers(group.tenant_id, directory, group.team_id)


def managers(tenant_id: UUID, directory: Directory, team_id: UUID | None) -> frozenset[UUID]:
    """Leads of the team, else of the intake team, else admins; those present before those away."""
    intake = directory.intake_teams.get(tenant_id)
    ranks = [directory.leads.get(team, frozenset()) for team in (team_id, intake) if team]
    ranks.append(directory.admins.get(tenant_id, frozenset()))
    for rank in ranks:
        if found := directory.present(rank):
            return found
    for rank in ranks:
        if found := directory.active(rank):
            return found
    return frozenset()


def _holder(group: Group, directory: Directory) -> frozenset[UUID]:
    if group.held_by is None:
        return frozenset()
    if group.held_by in _team(group, directory):
        return frozenset({group.held_by})
    stand_in = directory.stand_ins.get(group.held_by)
    if stand_in is None or stand_in in directory.stand_ins:
        return frozenset()  # who stands in for the stand-in answers for another team's work
    return directory.active(frozenset({stand_in}))


def _second(group: Group, directory: Directory) -> frozenset[UUID]:
    """Whoever gives a second signature: it is theirs, and no team's that happens to be at work."""
    named = frozenset({group.held_by}) if group.held_by else frozenset[UUID]()
    admins = directory.admins.get(group.tenant_id, frozenset())
    return directory.present(named) or directory.present(admins) or directory.active(admins)


def _beyond(group: Group, directory: Directory) -> frozenset[UUID]:
    """Whoever would hear for the team if nobody led it, and does not lead it."""
    own = directory.leads.get(group.team_id, frozenset())
    intake = directory.intake_teams.get(group.tenant_id)
    ranks = [
        directory.leads.get(intake, frozenset()) - own if intake else frozenset[UUID](),
        directory.admins.get(group.tenant_id, frozenset()) - own,
    ]
    return next(
        filter(None, [*map(directory.present, ranks), *map(directory.active, ranks)]), frozenset()
    )


def _team(group: Group, directory: Directory) -> frozenset[UUID]:
    return directory.active(directory.on_duty.get(group.team_id, frozenset()))
