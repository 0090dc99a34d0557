"""Which unit is meant on the command line: its kind and its organisation, as it was set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import click

from bindeledd.features.pathways.domain import Book
from bindeledd.features.pathways.domain.layer_values import End, an_end
from bindeledd.foundation.console import Site
from bindeledd.foundation.texts import t


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as local routines know it."""

    key: str | None = None
    kind: str | None = None
    organisation: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def end(self) -> End:
        """The end of an agreement that it is."""
        return an_end(self.key, self.kind, self.organisation, self.kinds)

    def names(self, receiver: str | None) -> frozenset[str]:
        """What a receiver is called: its key and its kind."""
        return frozenset({receiver or "", self.kinds.get(receiver or "", "")} - {""})

    def receivers(self, book: Book, pathway_id: str) -> list[str]:
        """With whom something is agreed from here, by the names that the agreements give."""
        return sorted({name for names in book.receivers(pathway_id, self.end) for name in names})

    @property
    def where(self) -> tuple[str | None, str | None, str | None]:
        """Key, kind and organisation, as the book asks for them."""
        return self.key, self.kind, self.organisation


def find_unit(site: Site, key: str) -> Unit:
    """The unit of that key in this installation. Refuses one that is not set up."""
    from bindeledd.features.staff import queries as staff

    with site.database.transaction() as session:
        known = {place[0]: place for place in staff.unit_places(session, site.tenant).values()}
        kinds = staff.organisation_kinds(session, site.tenant)
    if key not in known:
        listed = ", ".join(sorted(known)) or t("pathways.units.none")
        raise click.BadParameter(t("pathways.units.unknown", unit=key, known=listed))
    _, kind, organisation = known[key]
    return Unit(key=key, kind=kind, organisation=organisation, kinds=kinds)
