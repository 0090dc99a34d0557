"""Where the teams of the site are known: which rules name one that is not among them."""

from bindeledd.features.pathways.domain import Book, Layer, Pathway
from bindeledd.features.pathways.domain.owning import names_a_team
from bindeledd.features.pathways.domain.table import Finding
from bindeledd.features.pathways.service.owning import unowned_here
from bindeledd.foundation.console import Site
from bindeledd.foundation.errors import Misconfigured


def teams_missing(site: Site) -> list[Finding]:
    """For every tenant of the installation. Nothing where no rule names a team, or nothing is set up."""
    try:
        book: Book = site.book
        said: list[Pathway | Layer] = [*book.pathways.values(), *book.layers]
        if not any(map(names_a_team, said)):
            return []
        tenants = site.find_tenants(site.database).values()
    except Misconfigured:  # told already, by whatever needs it
        return []
    found: dict[Finding, None] = {}
    with site.database.transaction() as session:
        for tenant in tenants:
            found |= dict.fromkeys(unowned_here(session, tenant, book))
    return list(found)
