"""Which unit is meant on the command line: its kind and its organisation, as it was set up."""

from dataclasses import dataclass

import click

from bindeledd.foundation.console import Site
from bindeledd.foundation.texts import t


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as local routines know it."""

    key: str | None = None
    kind: str | None = None
    organisation: str | None = None

    @property
    def where(self) -> tuple[str | None, str | None, str | None]:
        """Key, kind and organisation, as the book asks for them."""
        return self.key, self.kind, self.organisation


def find_unit(site: Site, key: str) -> Unit:
    """The unit of that key in this installation. Refuses one that is not set up."""
    from bindeledd.features.staff import queries as staff

    with site.database.transaction() as session:
        known = {place[0]: place for place in staff.unit_places(session, site.tenant).values()}
    if key not in known:
        listed = ", ".join(sorted(known)) or t("pathways.units.none")
        raise click.BadParameter(t("pathways.units.unknown", unit=key, known=listed))
    _, kind, organisation = known[key]
    return Unit(key=key, kind=kind, organisation=organisation)
