"""What packs know of organisations, before what the site says itself."""

from bindeledd.features.staff.domain import KnownOrganisation
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.loading import Gathered
from bindeledd.setting_up.reading import Description, Organisation, Team, Unit


def with_packs(
    wanted: Description, gathered: Gathered
) -> tuple[list[Organisation], list[Team], list[Unit]]:
    """What the site describes, after what the packs know of the organisations it uses."""
    organisations: list[Organisation] = []
    teams: list[Team] = []
    units: list[Unit] = []
    known = {one.key: one for one in gathered.organisations}
    for key in wanted.use:
        if key not in known:
            raise Misconfigured(
                "setup.unknown_to_packs" if known else "setup.no_pack_knows",
                where="[tenant] use",
                name=key,
                known=", ".join(sorted(known)),
            )
        _add_known(known[key], organisations, teams, units)
    organisations += wanted.organisations
    teams += wanted.teams
    units += wanted.units
    return organisations, teams, units


def _add_known(
    one: KnownOrganisation,
    organisations: list[Organisation],
    teams: list[Team],
    units: list[Unit],
) -> None:
    organisations.append(Organisation(key=one.key, name=one.name, kind=one.kind, points=one.points))
    teams += [
        Team(key=team.key, name=team.name, organisation=one.key, hours=team.hours or None)
        for team in one.teams
    ]
    units += [
        Unit(
            key=unit.key,
            name=unit.name,
            kind=unit.kind,
            organisation=one.key,
            team=unit.team,
            points=unit.points,
        )
        for unit in one.units
    ]
