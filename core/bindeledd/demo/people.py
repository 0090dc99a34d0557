"""Who works in the demo, as actors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from bindeledd.features.staff import queries as staff
from bindeledd.features.staff.domain import Actor, ActorKind


@dataclass(frozen=True, kw_only=True)
class People:
    """Who works in the demo, by team: members first, then the lead."""

    members: Mapping[UUID, tuple[Actor, ...]]
    leads: Mapping[UUID, Actor]
    system: Actor

    def somebody(self, team: UUID, random: Random) -> Actor:
        return random.choice(self.members[team])


def people_of(session: Session, tenant_id: UUID, system: Actor, at: datetime) -> People:
    """The members of every team, as actors."""
    members: dict[UUID, tuple[Actor, ...]] = {}
    leads: dict[UUID, Actor] = {}
    for team in staff.teams(session, tenant_id):
        led = {lead.id for lead in staff.leads(session, team.id, at)}
        actors = tuple(
            Actor(
                kind=ActorKind.MEMBER,
                tenant_id=tenant_id,
                id=member.id,
                name=member.name,
                teams=frozenset({team.id}),
                leads=frozenset({team.id}) if member.id in led else frozenset(),
            )
            for member in staff.members_of(session, team.id, at)
        )
        members[team.id] = tuple(actor for actor in actors if not actor.leads) or actors
        leads[team.id] = next(actor for actor in actors if actor.leads)
    return People(members=members, leads=leads, system=system)
