"""Whom a rule asks by name: a team that a site does not have is nobody, and the responsible team is
asked instead."""

from collections.abc import Collection, Iterable

from bindeledd.features.pathways.domain.layer_values import Layer
from bindeledd.features.pathways.domain.table import Finding, listed
from bindeledd.features.pathways.domain.values import Gate, Pathway, Step, said_by
from bindeledd.foundation.texts import Fault

_TEAM = "team:"


def missing_team(owner: str, teams: Collection[str]) -> str:
    """The key of the team that the owner names, where it is none of these; else empty."""
    named = owner.removeprefix(_TEAM) if owner.startswith(_TEAM) else ""
    return "" if named in teams else named


def names_a_team(routine: Pathway | Layer) -> bool:
    """Whether something that it adds or changes is owed by a team by its name."""
    said = (
        (word.fields.get("owner", "") for word in routine.tightenings)
        if isinstance(routine, Layer)
        else ()
    )
    owed = routine.added if isinstance(routine, Layer) else routine.owed
    return any(str(owner).startswith(_TEAM) for owner in (*(one.owner for one in owed), *said))


def unowned(routines: Iterable[Pathway], teams: Collection[str]) -> list[Finding]:
    """Each place that names a team that is none of these, once."""
    found = {
        _finding(owed, team, teams): None
        for routine in routines
        for owed in routine.owed
        if (team := missing_team(owed.owner, teams))
    }
    return list(found)


def _finding(owed: Step | Gate, team: str, teams: Collection[str]) -> Finding:
    return Finding(
        origin=said_by(owed, "owner"),
        key=f"{'gate' if isinstance(owed, Gate) else 'step'}.{owed.key}.owner",
        fault=Fault("pathways.no_such_team", {"team": team, "known": listed(teams, team)}),
    )
