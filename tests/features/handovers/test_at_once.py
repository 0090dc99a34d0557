"""Two who hand the same case over in the same moment, with real commits, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from bindeledd.features.handovers import service
from bindeledd.features.handovers.domain import HandoverRuns
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import Refusal
from builders import MONDAY, Followed, a_book


def test_of_two_who_hand_over_one_hears_that_a_handover_runs(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        followed = Followed(session)
    site, ready = followed.site, Barrier(3)

    def hand_over(_number: int) -> str:
        ready.wait(10)
        try:
            with fresh_database.transaction() as session:
                service.hand_over(
                    session,
                    followed.case_id,
                    to_team_id=site.other_team,
                    words={},
                    by=site.anna,
                    at=MONDAY + timedelta(hours=1),
                    book=a_book(),
                )
        except Refusal as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        told = sorted(pool.map(hand_over, range(3)))

    assert told == ["done", HandoverRuns.code, HandoverRuns.code]
