"""Two whose words change the duty of one team in the same moment, with real commits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import Actor
from bindeledd.foundation.db import Database
from builders import MONDAY, a_site

DAY = timedelta(days=1)


def test_two_who_fall_ill_in_the_same_moment_are_both_off_duty(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        site = a_site(session)
        service.materialise_duty(session, site.tenant, since=MONDAY)

    for days in (1, 2, 3):
        ready, since = Barrier(2), MONDAY + days * DAY

        def ill(one: Actor, ready: Barrier = ready, since=since) -> None:
            ready.wait(10)
            with fresh_database.transaction() as session:
                service.away(
                    session, one.id, since=since, until=since + DAY / 2, by=one, at=MONDAY
                )  # fmt: skip

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(ill, (site.anna, site.berit)))
        with fresh_database.transaction() as session:
            there = queries.on_duty(session, site.team, since + timedelta(hours=2))
        assert there == []
