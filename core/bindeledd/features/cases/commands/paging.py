"""Going through the open follow-ups of a tenant, a page at a time. Used by this floor only."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from bindeledd.features.cases.domain import Case
from bindeledd.foundation.console import Site


def pages_of_open_cases(site: Site, many: int = 50) -> Iterator[Sequence[Case]]:
    """Every open case in its order; each page is read in a transaction of its own, which is over
    before the page is given."""
    from bindeledd.features.cases import queries

    after: UUID | None = None
    while True:
        with site.database.transaction() as session:
            cases = queries.open_cases(session, tenant_id=site.tenant, after=after, many=many)
        if not cases:
            return
        yield cases
        after = cases[-1].id
