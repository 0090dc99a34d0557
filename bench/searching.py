"""Whether a search costs more when the tenant has more patients: among many against few.

Whoever searches sees as many people in both; the others are followed by another team. A phone is
found by its tokens, the beginnings of a name by opening those who may be seen (decision 0070).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bench.sites import Place, fill_sealed, prepare, settle
from bindeledd.features.patients.domain import ContactWay
from bindeledd.features.patients.queries import PHONE
from bindeledd.features.patients.tables import contact_bundle, place
from bindeledd.features.worklist.service.searching import search
from bindeledd.foundation.sealing.keyring import lookup_tokens, seal
from bindeledd.tables import metadata

# So many people the searcher's own team follows.
OWN = 300
BY_NAME, FIRST = "kar prøve 17", 40_000_000


def growth(
    url_few: str,
    url_many: str,
    *,
    few: int = 1_000,
    many: int = 10_000,
    rounds: int = 7,
    searches: int = 10,
) -> list[dict[str, Any]]:
    """A phone and the beginnings of a name, in two empty databases of one kind.

    Value: many ÷ few, the median of interleaved rounds; CPU on SQLite, the clock on the wall where a
    server answers.
    """
    sites = {"few": _filled(url_few, few), "many": _filled(url_many, many)}
    asked = {"phone": f"{FIRST + 17}", "name": BY_NAME}
    took: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds + 1):
        for name in ("few", "many") if number % 2 else ("many", "few"):
            for what, text in asked.items():
                one = _spent(sites[name], text, searches)
                took.setdefault((what, name), []).append(one)
    dialect = sites["few"].database.dialect
    for site in sites.values():
        site.database.close()
    return [_grown(what, dialect, took, many) for what in asked]


def _grown(
    what: str, dialect: str, took: dict[tuple[str, str], list[float]], many: int
) -> dict[str, Any]:
    of_few, of_many = took[what, "few"][1:], took[what, "many"][1:]  # the first only warms
    ratios = [b / a for a, b in zip(of_few, of_many, strict=True)]
    return {
        "name": f"search_{what}_{dialect}",
        "unit": f"x of the search among few, at {many} patients",
        "value": statistics.median(ratios),
        "limit": 1.3,
        "at_least": False,
        "few_us": statistics.median(of_few) * 1e6,
        "many_us": statistics.median(of_many) * 1e6,
        "ratios": ratios,
    }


def _spent(site: Place, text: str, searches: int) -> float:
    clock = time.perf_counter if site.database.dialect == "postgresql" else time.process_time
    with site.database.session() as session:
        begun = clock()
        for _ in range(searches):
            found = search(session, text, by=site.actor, at=site.at).found
            if not found:
                raise AssertionError(f"nobody found among {OWN}")
        took = clock() - begun
        session.rollback()
    return took / searches


# --- the tenant -----------------------------------------------------------------------------------


def _filled(url: str, patients: int) -> Place:
    site = prepare(url, teams=2)
    fill_sealed(site, OWN)
    fill_sealed(replace(site, teams=site.teams[1:]), patients - OWN)
    _phones(site)
    settle(site.database)
    return site


def _phones(site: Place) -> None:
    """A phone for everybody, sealed and found again by its tokens."""
    patients, lookups = (metadata.tables[name] for name in ("patients", "patient_lookups"))
    relations = metadata.tables["care_relations"].c
    mine = sa.case((relations.team_id == site.teams[0], 0), else_=1)
    asked = sa.select(relations.patient_id).order_by(mine, relations.patient_id)
    with site.database.transaction() as session:
        for number, patient in enumerate(session.scalars(asked).all()):
            way = ContactWay(value=f"+47{FIRST + number}")
            where = place(site.tenant, "contact_ways", patient)
            sealed = seal(session, where, contact_bundle((way,)))
            row = patients.update().where(patients.c.id == patient)
            session.execute(row.values(contact_ways=sealed))
            tokens = lookup_tokens(session, tenant_id=site.tenant, kind=PHONE, text=way.key)
            session.execute(
                lookups.insert(),
                [
                    {"patient_id": patient, "kind": PHONE, "token": one, "tenant_id": site.tenant}
                    for one in tokens
                ],
            )
