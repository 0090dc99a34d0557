"""Who may see whom and who is logged in, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bindeledd.features.access import queries, service
from bindeledd.features.access.domain import (
    Account,
    OutOfSight,
    RelationKind,
    Scope,
    SessionRules,
    TokenNotFound,
    WrongLogin,
)
from bindeledd.features.access.tables import LoginTryRow, SessionRow
from bindeledd.features.audit.tables import AuditEventRow
from bindeledd.features.cases.tables import CaseRow
from bindeledd.features.staff.domain import Actor
from bindeledd.features.staff.tables import DutyRow, GrantRow, MemberRow
from bindeledd.foundation.db import Database
from builders import MONDAY, Site, a_case_row, a_site
from statements import statements

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = SessionRules()


# --- care relations -------------------------------------------------------------------------------


def test_s208_a_case_is_seen_by_its_team_and_not_found_by_any_other(session: Session) -> None:
    site = a_site(session)
    case = a_case_row(session, site)

    assert service.require_case(session, site.anna, case.id) == case.patient
    with pytest.raises(OutOfSight):
        service.require_case(session, site.carl, case.id)
    with pytest.raises(OutOfSight):
        service.require_patient(session, site.carl, case.patient)


def test_whether_somebody_may_see_a_case_is_answered_without_a_refusal(session: Session) -> None:
    site = a_site(session)
    case = a_case_row(session, site)

    assert [service.may_see(session, one, case.id) for one in (site.anna, site.carl)] == [
        True,
        False,
    ]


def test_what_is_not_there_and_what_is_hidden_answer_alike(session: Session) -> None:
    site = a_site(session)
    case = a_case_row(session, site)
    refusals = []
    for case_id in (case.id, site.unit):
        with pytest.raises(OutOfSight) as refused:
            service.require_case(session, site.carl, case_id)
        refusals.append((refused.value.code, refused.value.status))

    assert refusals[0] == refusals[1] == ("access.out_of_sight", 404)


def test_a_receiver_sees_the_case_until_the_relation_ends(session: Session) -> None:
    site = a_site(session)
    case = a_case_row(session, site)
    given = {"case_id": case.id, "patient_id": case.patient, "team_id": site.other_team}
    first = service.relate(session, **given, kind=RelationKind.RECEIVER, by=site.anna, at=MONDAY)
    again = service.relate(session, **given, kind=RelationKind.RECEIVER, by=site.anna, at=MONDAY)

    assert first == again
    assert service.require_case(session, site.carl, case.id) == case.patient
    assert queries.teams_of_case(session, case.id)[site.other_team] is RelationKind.RECEIVER
    ended = service.end_relation(
        session, case_id=case.id, team_id=site.other_team, by=site.anna, at=MONDAY + DAY
    )
    assert ended == 1
    with pytest.raises(OutOfSight):
        service.require_case(session, site.carl, case.id)


def test_the_system_sees_its_tenant_and_no_other(session: Session) -> None:
    site, other = a_site(session), a_site(session)
    case = a_case_row(session, site)

    service.require_case(session, site.system, case.id)
    with pytest.raises(OutOfSight):
        service.require_case(session, other.system, case.id)


def test_the_condition_for_lists_agrees_with_the_question_for_one(session: Session) -> None:
    site, other = a_site(session), a_site(session)
    cases = [
        a_case_row(session, site),
        a_case_row(session, site, team=site.other_team),
        a_case_row(session, other),
    ]
    everybody = (site.anna, site.berit, site.carl, site.system, other.anna, other.system)
    for actor in everybody:
        listed = set(
            session.scalars(sa.select(CaseRow.id).where(queries.sees_case(actor, CaseRow.id)))
        )
        assert listed == {case.id for case in cases if _may(session, actor, case.id)}
        patients = set(
            session.scalars(
                sa.select(CaseRow.patient_id).where(queries.sees_patient(actor, CaseRow.patient_id))
            )
        )
        assert patients == {case.patient for case in cases if case.id in listed}


def _may(session: Session, actor: Actor, case_id: UUID) -> bool:
    try:
        service.require_case(session, actor, case_id)
    except OutOfSight:
        return False
    return True


def test_somebody_without_a_team_sees_nobody(session: Session) -> None:
    site = a_site(session)
    a_case_row(session, site)
    nobody = Actor(kind=site.anna.kind, tenant_id=site.tenant, id=site.anna.id)

    assert session.scalars(queries.visible_cases(nobody)).all() == []


# --- logging in -----------------------------------------------------------------------------------


PASSWORD = "fjorten katter på ski"


def with_password(session: Session, site: Site) -> str:
    login = session.scalar(sa.select(MemberRow.login).where(MemberRow.id == site.anna.id))
    session.execute(
        sa.update(MemberRow)
        .where(MemberRow.id == site.anna.id)
        .values(password_hash=service.hash_password(PASSWORD))
    )
    assert login is not None
    return login


def account(session: Session, login: str, at: object = MONDAY) -> Account:
    return service.find_account(session, login, address="10.0.0.1", at=at)  # type: ignore[arg-type]


def test_the_right_password_fits_and_the_hash_is_argon2id(session: Session) -> None:
    site = a_site(session)
    found = account(session, with_password(session, site))

    assert found.password_hash is not None
    assert found.password_hash.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert service.password_fits(found, "fjorten katter på ski")
    assert not service.password_fits(found, "fjorten katter på ski ")
    assert not service.password_fits(account(session, "nobody"), "fjorten katter på ski")


def test_a_log_in_name_is_found_in_any_case_and_by_tenant(session: Session) -> None:
    site = a_site(session)
    login = with_password(session, site)

    assert account(session, f"  {login.upper()} ").member_id == site.anna.id
    assert account(session, f"{site.tenant}/{login}").member_id == site.anna.id
    assert account(session, f"{site.unit}/{login}").member_id is None


def tries(session: Session, login: str, address: str = "10.0.0.1", at: object = MONDAY) -> float:
    """One try that is not taken back: for how many seconds the next must wait."""
    service.try_account(session, login, address=address, at=at)  # type: ignore[arg-type]
    found = service.find_account(session, login, address=address, at=at)  # type: ignore[arg-type]
    return found.wait.total_seconds()


@pytest.mark.parametrize("known", [True, False])
def test_wrong_tries_make_everybody_wait_alike(session: Session, known: bool) -> None:
    site = a_site(session)
    login = with_password(session, site) if known else "nobody"
    waits, at = [], MONDAY
    for _ in range(8):
        waits.append(tries(session, login, at=at))
        at += timedelta(seconds=waits[-1])

    assert waits == [0, 0, 0, 0, 5, 10, 20, 40]
    assert not account(session, login, at).wait


def test_who_must_wait_is_not_counted_and_not_tried(session: Session) -> None:
    waits = [tries(session, "nobody") for _ in range(9)]

    assert waits == [0, 0, 0, 0, 5, 5, 5, 5, 5]


@pytest.mark.parametrize("known", [True, False])
def test_one_account_waits_under_each_of_its_names(session: Session, known: bool) -> None:
    site = a_site(session)
    login = with_password(session, site) if known else "nobody"
    for name in (login, f"{site.tenant}/{login}") * 3:
        tries(session, name)

    for name in (login, f"{site.tenant}/{login}", f" {login.upper()}"):
        assert account(session, name).wait
    assert not account(session, f"{site.unit}/{login}").wait


def test_a_right_try_is_taken_back_for_the_name_and_the_address(session: Session) -> None:
    site = a_site(session)
    login = with_password(session, site)
    for number in range(40):
        at = MONDAY + timedelta(seconds=number)
        found = service.try_account(session, login, address="10.0.0.1", at=at)
        assert not found.wait
        service.take_back(session, found, address="10.0.0.1", at=at)

    assert not account(session, login).wait


def test_an_hour_later_wrong_tries_are_forgotten(session: Session) -> None:
    for _ in range(5):
        tries(session, "nobody", "a")
    later = MONDAY + timedelta(minutes=61)

    assert tries(session, "nobody", "a", later) == 0


def test_what_is_counted_no_more_is_deleted(session: Session) -> None:
    tries(session, "nobody", "a")
    tries(session, "somebody", "b", MONDAY + HOUR)

    assert service.forget_tries(session, at=MONDAY + HOUR) == 0
    assert service.forget_tries(session, at=MONDAY + HOUR + timedelta(seconds=1)) == 2
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginTryRow)) == 2


def test_many_names_from_one_address_wait_by_the_address(session: Session) -> None:
    waits = [tries(session, f"name-{number}", "10.9.9.9") for number in range(25)]

    assert waits == [0] * 24 + [5]
    assert service.find_account(session, "never-tried", address="10.9.9.9", at=MONDAY).wait
    assert not service.find_account(session, "never-tried", address="10.1.1.1", at=MONDAY).wait


def test_guesses_at_the_same_time_are_counted_one_by_one(fresh_database: Database) -> None:
    def guess(_number: int) -> bool:
        with fresh_database.transaction() as session:
            return not service.try_account(session, "anna", address="a", at=MONDAY).wait

    with ThreadPoolExecutor(8) as pool:
        tried = sum(pool.map(guess, range(24)))

    assert tried == 5


# --- sessions and tokens --------------------------------------------------------------------------


def logged_in(session: Session, site: Site) -> str:
    return service.open_session(session, account(session, with_password(session, site)), at=MONDAY)


def asks(session: Session, secret: str, after: timedelta = HOUR / 4) -> Actor | None:
    return service.actor_of_session(session, secret, at=MONDAY + after, rules=RULES)


def test_a_session_says_who_with_teams_and_roles(session: Session) -> None:
    site = a_site(session)
    session.add(GrantRow(member_id=site.anna.id, role="privacy", tenant_id=site.tenant))
    session.flush()

    actor = asks(session, logged_in(session, site))

    assert actor is not None
    assert (actor.id, actor.tenant_id, actor.name) == (site.anna.id, site.tenant, "Anna")
    assert (actor.teams, actor.leads) == (frozenset({site.team}), frozenset())
    assert actor.grants == {"privacy"}
    assert not actor.sees_all


def test_it_is_found_out_with_one_statement(session: Session) -> None:
    secret = logged_in(session, a_site(session))
    with statements(session.get_bind()) as told:
        asks(session, secret, timedelta(seconds=30))

    assert len(told) == 1


def test_the_secret_is_not_what_is_stored(session: Session) -> None:
    secret = logged_in(session, a_site(session))
    stored = session.scalars(sa.select(SessionRow.secret_hash)).all()

    assert len(secret) >= 43
    assert all(secret not in one for one in stored)


def test_a_session_ends_by_idleness_but_not_while_it_is_used(session: Session) -> None:
    secret = logged_in(session, a_site(session))

    assert asks(session, secret, timedelta(minutes=29)) is not None
    assert asks(session, secret, timedelta(minutes=58)) is not None
    assert asks(session, secret, timedelta(minutes=89)) is None


def test_used_all_day_it_ends_after_ten_hours(session: Session) -> None:
    secret = logged_in(session, a_site(session))
    alive = [asks(session, secret, timedelta(minutes=20 * n)) is not None for n in range(1, 32)]

    assert alive.index(False) == 30


def test_after_log_out_the_secret_opens_nothing(session: Session) -> None:
    site = a_site(session)
    secret = logged_in(session, site)
    service.end_session(session, secret, by=site.anna, at=MONDAY + HOUR / 4)

    assert asks(session, secret) is None


def test_a_member_who_left_opens_nothing_from_the_next_request_on(session: Session) -> None:
    site = a_site(session)
    secret = logged_in(session, site)
    until = MONDAY + 90 * DAY
    token = service.make_token(
        session, site.anna.id, label="x", until=until, by=site.anna, at=MONDAY
    )
    assert service.actor_of_token(session, token, at=MONDAY + HOUR) is not None

    session.execute(sa.update(MemberRow).where(MemberRow.id == site.anna.id).values(active=False))

    assert asks(session, secret) is None
    assert service.actor_of_token(session, token, at=MONDAY + HOUR) is None


def test_ending_access_ends_sessions_and_tokens(session: Session) -> None:
    site = a_site(session)
    secret = logged_in(session, site)
    until = MONDAY + 90 * DAY
    token = service.make_token(
        session, site.anna.id, label="x", until=until, by=site.anna, at=MONDAY
    )

    service.end_access(session, site.anna.id, by=site.system, at=MONDAY)

    assert asks(session, secret) is None
    assert service.actor_of_token(session, token, at=MONDAY + HOUR) is None


def test_one_token_is_ended_by_its_mark_and_the_others_stand(session: Session) -> None:
    site = a_site(session)
    one, other = (
        service.make_token(
            session, site.anna.id, label=label, until=MONDAY + DAY, by=site.system, at=MONDAY
        )
        for label in ("rapport", "uttrekk")
    )
    shown = {t.label: t.mark for t in queries.tokens_of(session, site.tenant, site.anna.id)}
    assert not any(mark in one + other for mark in shown.values())

    service.end_token(session, site.anna.id, shown["rapport"], by=site.system, at=MONDAY)

    assert service.actor_of_token(session, one, at=MONDAY) is None
    assert service.actor_of_token(session, other, at=MONDAY) is not None
    left = queries.tokens_of(session, site.tenant, site.anna.id)
    assert [t.label for t in left] == ["uttrekk"]
    for member, mark in ((site.anna, shown["rapport"]), (site.berit, shown["uttrekk"])):
        with pytest.raises(TokenNotFound):
            service.end_token(session, member.id, mark, by=site.system, at=MONDAY)


def test_a_token_for_reading_says_so_in_the_actor_the_list_and_the_log(session: Session) -> None:
    site = a_site(session)
    for scope in Scope:
        token = service.make_token(
            session,
            site.anna.id,
            label=scope.value,
            until=MONDAY + DAY,
            scope=scope,
            by=site.system,
            at=MONDAY,
        )
        actor = service.actor_of_token(session, token, at=MONDAY)
        assert actor is not None
        assert actor.reads_only == (scope is Scope.READ)

    listed = queries.tokens_of(session, site.tenant, site.anna.id)
    assert {one.label: one.scope for one in listed} == {"read": Scope.READ, "full": Scope.FULL}
    made = sa.select(AuditEventRow.facts).where(AuditEventRow.act == "access.token_made")
    assert {facts["scope"] for facts in session.scalars(made)} == {"read", "full"}


def test_a_token_opens_everything_unless_it_is_said(session: Session) -> None:
    site = a_site(session)
    actor = service.actor_of_token(session, a_token(session, site.anna, site), at=MONDAY)

    assert actor is not None
    assert not actor.reads_only


def test_a_browser_does_whatever_its_member_may(session: Session) -> None:
    actor = asks(session, logged_in(session, a_site(session)))

    assert actor is not None
    assert not actor.reads_only


def test_a_token_holds_until_its_day(session: Session) -> None:
    site = a_site(session)
    token = service.make_token(
        session, site.berit.id, label="x", until=MONDAY + DAY, by=site.system, at=MONDAY
    )

    actor = service.actor_of_token(session, token, at=MONDAY + HOUR)
    assert actor is not None
    assert actor.leads == {site.team}
    assert service.actor_of_token(session, token, at=MONDAY + DAY) is None
    assert service.actor_of_token(session, "bdl_wrong", at=MONDAY) is None


def test_a_stand_in_works_in_the_team_while_it_lasts(session: Session) -> None:
    site = a_site(session)
    session.add(
        DutyRow(
            team_id=site.other_team,
            member_id=site.anna.id,
            starts_at=MONDAY,
            ends_at=MONDAY + HOUR,
            tenant_id=site.tenant,
            kind="stand_in",
        )
    )
    session.flush()
    secret = logged_in(session, site)

    during, after = asks(session, secret, HOUR / 4), asks(session, secret, HOUR / 2)
    later = asks(session, secret, HOUR)
    assert during is not None and after is not None and later is not None  # noqa: PT018
    assert site.other_team in during.teams
    assert site.other_team not in during.leads
    assert site.other_team not in later.teams


# --- one-time codes -------------------------------------------------------------------------------


def test_a_code_holds_a_day_and_is_used_up_by_choosing(session: Session) -> None:
    site = a_site(session)
    login = with_password(session, site)
    old = logged_in(session, site)
    code = service.give_code(session, site.anna.id, by=site.system, at=MONDAY)
    assert asks(session, old) is None
    old = logged_in(session, site)

    found = account(session, login)
    assert service.code_fits(found, code.lower().replace("-", " "), MONDAY + HOUR)
    assert not service.code_fits(found, code[:-1] + "?", MONDAY + HOUR)
    assert not service.code_fits(found, code, MONDAY + DAY)
    assert not service.code_fits(account(session, "nobody"), "-", MONDAY)

    service.choose_password(session, found, service.hash_password("en helt ny setning"), at=MONDAY)
    assert not service.code_fits(account(session, login), code, MONDAY + HOUR)
    assert service.password_fits(account(session, login), "en helt ny setning")
    assert asks(session, old) is None


def test_of_two_who_have_the_same_code_one_chooses(session: Session) -> None:
    site = a_site(session)
    service.give_code(session, site.anna.id, by=site.system, at=MONDAY)
    login = session.scalar(sa.select(MemberRow.login).where(MemberRow.id == site.anna.id)) or ""
    both = [account(session, login), account(session, login)]
    first, second = (service.hash_password(f"en helt ny setning {n}") for n in ("her", "der"))
    service.choose_password(session, both[0], first, at=MONDAY)

    with pytest.raises(WrongLogin):
        service.choose_password(session, both[1], second, at=MONDAY)

    assert service.password_fits(account(session, login), "en helt ny setning her")


def test_a_code_has_128_bits_and_only_its_hash_is_stored(session: Session) -> None:
    site = a_site(session)
    code = service.give_code(session, site.anna.id, by=site.system, at=MONDAY)
    stored = session.scalar(sa.select(MemberRow.code_hash).where(MemberRow.id == site.anna.id))

    assert len(code.replace("-", "")) == 26
    assert stored is not None
    assert code.replace("-", "") not in stored


def a_token(session: Session, member: Actor, site: Site) -> str:
    return service.make_token(
        session,
        member.id,  # type: ignore[arg-type]
        label="x",
        until=MONDAY + 90 * DAY,
        by=site.system,
        at=MONDAY,
    )


def test_a_code_and_a_new_password_end_the_tokens_of_that_member_only(session: Session) -> None:
    site = a_site(session)
    login = with_password(session, site)
    other = a_token(session, site.berit, site)
    before_code = a_token(session, site.anna, site)
    service.give_code(session, site.anna.id, by=site.system, at=MONDAY)
    after_code = a_token(session, site.anna, site)
    holds = lambda token: service.actor_of_token(session, token, at=MONDAY + HOUR)  # noqa: E731

    assert holds(before_code) is None
    assert holds(after_code) is not None
    service.choose_password(
        session, account(session, login), service.hash_password("en helt ny setning"), at=MONDAY
    )
    assert holds(after_code) is None
    assert holds(other) is not None
