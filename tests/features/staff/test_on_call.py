"""On call: duty and access while the window runs, no longer, and never past an absence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.staff import queries, service
from bindeledd.features.staff.domain import LeadOnly, NotForwards, OnCallOver, OnCallTooLong
from bindeledd.features.staff.tables import DutyRow, OnCallRow
from builders import MONDAY, Site, a_site

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Saturday evening after that Monday.
SATURDAY = MONDAY + 5 * DAY + 8 * HOUR


@pytest.fixture
def site(session: Session) -> Site:
    made = a_site(session)
    session.execute(sa.delete(DutyRow))
    service.materialise_duty(session, made.tenant, since=MONDAY)
    return made


def on_call(session: Session, site: Site, **said: Any) -> object:
    asked: dict[str, Any] = {
        "starts_at": SATURDAY,
        "ends_at": SATURDAY + 4 * HOUR,
        "by": site.berit,
        "at": MONDAY,
    }
    return service.put_on_call(session, site.team, site.carl.id, **(asked | said))


def lent_teams(session: Session, member: object, at: datetime) -> set[object]:
    """The teams whose patients somebody sees by duty that is not their own hours."""
    return set(
        session.scalars(
            sa.select(DutyRow.team_id).where(
                DutyRow.member_id == member,
                DutyRow.kind != "hours",
                DutyRow.starts_at <= at,
                DutyRow.ends_at > at,
            )
        )
    )


def names(session: Session, site: Site, at: datetime) -> list[str]:
    return [one.name for one in queries.on_duty(session, site.team, at)]


def test_somebody_of_another_team_answers_while_the_window_runs(
    session: Session, site: Site
) -> None:
    assert names(session, site, SATURDAY + HOUR) == []
    on_call(session, site)

    assert names(session, site, SATURDAY + HOUR) == ["Carl"]
    assert names(session, site, SATURDAY + 5 * HOUR) == []
    assert queries.covered(session, site.team, SATURDAY, SATURDAY + HOUR)
    lent = lent_teams(session, site.carl.id, SATURDAY + HOUR)
    assert lent == {site.team}
    assert lent_teams(session, site.carl.id, SATURDAY + 5 * HOUR) == set()


def test_duty_made_anew_keeps_it_and_a_window_with_a_shift_takes_nothing_of_it(
    session: Session, site: Site
) -> None:
    shift = MONDAY + DAY
    opens = session.scalar(
        sa.select(sa.func.min(DutyRow.starts_at, type_=DutyRow.starts_at.type)).where(
            DutyRow.member_id == site.anna.id, DutyRow.starts_at > shift
        )
    )
    service.put_on_call(
        session, site.team, site.anna.id, starts_at=opens, ends_at=opens + HOUR,
        by=site.berit, at=MONDAY,
    )  # fmt: skip
    on_call(session, site)
    for _ in range(2):
        service.materialise_duty(session, site.tenant, since=MONDAY + HOUR)

    assert "Anna" in names(session, site, opens + 2 * HOUR)
    assert names(session, site, SATURDAY + HOUR) == ["Carl"]


def test_taken_back_it_covers_nothing_and_gives_no_access(session: Session, site: Site) -> None:
    window = on_call(session, site)
    during = SATURDAY + HOUR
    service.end_on_call(session, window.id, by=site.berit, at=during)  # type: ignore[attr-defined]

    assert names(session, site, during + HOUR) == []
    assert lent_teams(session, site.carl.id, during + HOUR) == set()
    assert queries.on_call(session, [site.team], MONDAY) == []
    with pytest.raises(OnCallOver):
        service.end_on_call(session, window.id, by=site.berit, at=during)  # type: ignore[attr-defined]


def test_whoever_is_on_call_and_away_is_stood_in_for(session: Session, site: Site) -> None:
    on_call(session, site)
    service.away(
        session, site.carl.id, since=SATURDAY - HOUR, until=SATURDAY + DAY,
        stand_in_id=site.dina.id, by=site.carl, at=MONDAY,
    )  # fmt: skip

    assert names(session, site, SATURDAY + HOUR) == ["Dina"]
    service.back_again(session, site.carl.id, by=site.carl, at=SATURDAY + 2 * HOUR)
    assert names(session, site, SATURDAY + 3 * HOUR) == ["Carl"]


def test_one_who_has_left_is_on_call_no_more(session: Session, site: Site) -> None:
    on_call(session, site)
    login = queries.get_member(session, site.tenant, site.carl.id).login
    service.deactivate_member(session, site.carl.id, by=site.system, at=MONDAY)

    assert names(session, site, SATURDAY + HOUR) == []
    # The page shows no cover that is none, and coming back gives no access that nobody gave.
    assert queries.on_call(session, [site.team], MONDAY) == []
    service.set_member(session, login=login, name="Carl", by=site.system, at=MONDAY + DAY)
    service.materialise_duty(session, site.tenant, since=MONDAY + DAY)
    assert lent_teams(session, site.carl.id, SATURDAY + HOUR) == set()


def test_whoever_leaves_the_team_is_on_call_for_it_no_more(session: Session, site: Site) -> None:
    window = {"starts_at": SATURDAY, "ends_at": SATURDAY + 4 * HOUR, "by": site.berit, "at": MONDAY}
    service.put_on_call(session, site.team, site.anna.id, **window)  # type: ignore[arg-type]
    service.leave_team(session, site.anna.id, site.team, by=site.system, at=MONDAY + DAY)

    assert queries.on_call(session, [site.team], MONDAY + DAY) == []
    assert names(session, site, SATURDAY + HOUR) == []
    # Coming back gives the place, and no window that nobody gave.
    service.join_team(session, site.anna.id, site.team, by=site.system, at=MONDAY + 2 * DAY)
    assert lent_teams(session, site.anna.id, SATURDAY + HOUR) == set()


def test_a_window_that_was_given_to_somebody_of_another_team_outlasts_a_place(
    session: Session, site: Site
) -> None:
    on_call(session, site)
    later = {"by": site.system, "at": MONDAY + DAY}
    service.join_team(session, site.carl.id, site.team, **later)  # type: ignore[arg-type]
    service.leave_team(session, site.carl.id, site.team, by=site.system, at=MONDAY + DAY + HOUR)
    assert names(session, site, SATURDAY + HOUR) == ["Carl"]


def test_only_a_lead_of_the_team_says_it_and_it_lies_ahead(session: Session, site: Site) -> None:
    for by in (site.anna, site.dina):
        with pytest.raises(LeadOnly):
            on_call(session, site, by=by)
    with pytest.raises(NotForwards):
        on_call(session, site, ends_at=SATURDAY)
    with pytest.raises(OnCallOver):
        on_call(session, site, at=datetime(2099, 1, 1, tzinfo=UTC))


def test_a_window_of_a_year_is_a_typing_error_and_gives_nothing(
    session: Session, site: Site
) -> None:
    a_fortnight = SATURDAY + 14 * DAY
    with pytest.raises(OnCallTooLong):
        on_call(session, site, ends_at=SATURDAY.replace(year=SATURDAY.year + 1))
    with pytest.raises(OnCallTooLong):
        on_call(session, site, ends_at=a_fortnight + timedelta(minutes=1))
    with pytest.raises(OnCallTooLong):
        on_call(session, site, ends_at=SATURDAY + 2 * DAY, longest=DAY)

    assert session.scalar(sa.select(sa.func.count()).select_from(OnCallRow)) == 0
    assert lent_teams(session, site.carl.id, SATURDAY + HOUR) == set()
    on_call(session, site, ends_at=a_fortnight)
    assert lent_teams(session, site.carl.id, SATURDAY + HOUR) == {site.team}
