"""A site with a team and units of every organisation of which the packs speak: who may meet whom."""

from itertools import cycle
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bindeledd.features.pathways.domain.meeting import Places
from bindeledd.foundation.db import open_database
from bindeledd.foundation.ids import new_id
from bindeledd.plugin.loading import Gathered
from bindeledd.tables import metadata

_KINDS = {"trust", "municipality"}


def spread(every: Gathered, *, one_kind: bool = False) -> Places:
    """A team for each organisation that a pack brings or names, and for it a unit of each kind that
    a layer names; with `one_kind` a unit of one of them, all kinds in turn."""
    kinds = {one.key: one.kind for one in every.organisations}
    for layer in every.book.layers:
        for name in (layer.organisations | layer.to) - _KINDS:
            kinds.setdefault(name, "municipality" if layer.level == "municipality" else "trust")
    every_unit = sorted({unit for layer in every.book.layers for unit in layer.units})
    turns = cycle(every_unit)
    own = {key: [next(turns)] if one_kind else every_unit for key in sorted(kinds)}
    units = [(f"{key}-{unit}", unit, key) for key, some in own.items() for unit in some]
    teams = [
        (key, frozenset(name for unit in some for name in (f"{key}-{unit}", unit)))
        for key, some in own.items()
    ]
    return Places(units=units, teams=teams, kinds=kinds)


def set_up(home: Path, everywhere: Places) -> None:
    """The same in the database of a site that runs on SQLite, beside what it has."""
    database = open_database(f"sqlite:///{home / 'bindeledd.db'}")
    tables = metadata.tables
    with database.transaction() as session:
        tenant = session.scalar(sa.select(tables["tenants"].c.id))
        known = dict(
            session.execute(sa.select(tables["organisations"].c.key, tables["organisations"].c.id))
            .tuples()
            .all()
        )
        made = {key: new_id() for key in everywhere.kinds if key not in known}
        teams = {key: new_id() for key, _ in everywhere.teams}
        organisations = known | made
        rows: dict[str, list[dict[str, Any]]] = {
            "organisations": [
                {"id": id_, "tenant_id": tenant, "key": key, "name": key,
                 "kind": everywhere.kinds[key]} for key, id_ in made.items()
            ],
            "teams": [
                {"id": id_, "tenant_id": tenant, "organisation_id": organisations[key],
                 "key": f"spread-{key}", "name": key, "zone": "Europe/Oslo", "active": True}
                for key, id_ in teams.items()
            ],
            "units": [
                {"id": new_id(), "tenant_id": tenant, "organisation_id": organisations[owner],
                 "team_id": teams[owner], "key": key, "name": key, "kind": kind, "active": True}
                for key, kind, owner in everywhere.units
            ],
        }  # fmt: skip
        for name, some in rows.items():
            session.execute(tables[name].insert(), some)
    database.engine.dispose()
