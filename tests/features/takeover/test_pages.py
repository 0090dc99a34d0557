"""The comparison as a lead sees it: refused rows with reasons, the signature, and undoing by two."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.access.tables import CareRelationRow
from bindeledd.features.audit.tables import AuditEventRow, AuditSubjectRow
from bindeledd.features.cases import service as cases
from bindeledd.features.cases.domain import EventKind, NewEvent
from bindeledd.features.staff.service import grant
from bindeledd.features.staff.tables import MemberRow, MembershipRow
from bindeledd.features.takeover import service
from bindeledd.features.takeover.domain import State
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.web.shell import on_day
from builders import a_book, a_member
from doors import an_app
from features.takeover.builders import BO, CATO, a_row, a_test_site, csv_of
from visitors import EITHER, a_visitor, text_of


class World:
    """A list was taken over: one follow-up, one refused row. Berit and Eli lead the team."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        now = clock.now()
        with database.transaction() as session:
            self.site = a_test_site(session)
            eli = a_member(session, self.site.tenant, self.site.team, "eli", "lead", now)
            dated = {"index_at": "11.1.2026", "discharged": "20.1.2026", "reached": ""}
            rows = [
                a_row(**dated, owner="anna"),
                a_row(**dated, number=BO, given="Bodil", owner="Ukjent"),
            ]
            done = service.take_over(
                session,
                data=csv_of(*rows),
                name="regneark.csv",
                team_id=self.site.team,
                by=self.site.system,
                at=now,
                book=a_book(),
            )
        self.id, self.case_id = done.takeover.id, done.rows[0].case_id
        self.path = f"/takeovers/{self.id}"
        app = an_app(database, home)
        self.anna, self.berit, self.dina = (
            a_visitor(app, database, one)
            for one in (self.site.anna, self.site.berit, self.site.dina)
        )
        self.eli = a_visitor(app, database, eli)

    def state(self) -> State:
        with self.database.transaction() as session:
            found = service.show_takeovers(session, by=self.site.system, at=clock.now())
        return found[0].state


@pytest.fixture
def dialect() -> str:
    return "sqlite"


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    return World(fresh_database, tmp_path)


@pytest.mark.parametrize("dialect", EITHER)
def test_the_comparison_says_what_became_of_each_row(world: World) -> None:
    page = text_of(world.berit.get(world.path))

    assert "2 rader = 1 oppfølging + 1 avvist" in page
    assert "Rad 3, kolonne «Ansvarlig»: Ingen i teamet heter dette." in page
    assert "Bodil Prøve" in page
    assert "Ane Prøve" in page
    assert "regneark.csv" in page
    assert f'href="/cases/{world.case_id}"' in world.berit.get(world.path).text
    assert "Venter på signatur" in text_of(world.berit.get("/takeovers"))


def test_a_row_that_was_put_right_stands_in_what_a_lead_signs(world: World) -> None:
    dated = {"index_at": "11.1.2026", "discharged": "20.1.2026", "reached": ""}
    said = a_row(**dated, number=BO, given="Bodil", owner="Anna")
    assert world.berit.post(f"{world.path}/rows/3/take-in", said).status_code == 303

    page = text_of(world.berit.get(world.path))
    taken = page[page.rindex("Rad Hvem") :]

    assert "Bodil Prøve" in taken
    assert "Var avvist. Rettet av Berit" in taken
    assert "Rad 3, kolonne «Ansvarlig»: Ingen i teamet heter dette." in taken


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_signs_once(world: World) -> None:
    done = world.berit.post(f"{world.path}/sign")

    assert done.headers["Location"] == f"{world.path}?notice=takeover.notices.signed"
    assert "Signert av Berit" in text_of(world.eli.get(world.path))
    again = world.eli.post(f"{world.path}/sign")
    assert again.status_code == 409
    assert "alt signert eller angret" in again.text


def test_a_page_from_before_the_undoing_was_asked_for_does_not_sign_over_it(world: World) -> None:
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste"})

    stale = world.eli.post(f"{world.path}/sign")

    assert stale.status_code == 409
    assert "Snakk med den som ba om det" in text_of(stale)
    assert "Berit ba om å angre overtakelsen" in text_of(stale)
    assert "Si nei til å angre, og signer" in text_of(stale)


def test_whoever_sees_that_an_undoing_waits_may_say_no_to_it_by_signing(world: World) -> None:
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste"})

    world.eli.post(f"{world.path}/sign", {"despite_undo": "yes"})

    assert "Signert av" in text_of(world.eli.get(world.path))


@pytest.mark.parametrize("dialect", EITHER)
def test_two_leads_undo_it_together(world: World) -> None:
    assert "Skriv hvorfor" in world.berit.post(f"{world.path}/ask-undo", {"words": ""}).text
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste"})
    assert "Hver avvist rad må avgjøres" in text_of(world.eli.get(world.path))
    assert "Be en av disse bekrefte, på siden Overtakelser: Eli" in text_of(
        world.berit.get(world.path)
    )
    assert world.berit.post(f"{world.path}/undo").status_code == 409
    assert world.state() is State.UNSIGNED

    assert "Berit ba om å angre overtakelsen" in text_of(world.eli.get(world.path))
    done = world.eli.post(f"{world.path}/undo")

    assert done.headers["Location"].startswith(world.path)
    assert world.state() is State.UNDONE
    undone = text_of(world.eli.get(world.path))
    assert "Registrert ved en feil" in undone
    assert "Hver avvist rad må avgjøres" not in undone


def test_the_file_comes_back_as_it_was(world: World) -> None:
    answer = world.berit.get(f"{world.path}/original")

    assert answer.data.startswith("\ufeffFødselsnummer;".encode())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="overtakelse.csv"'


def hand_on(world: World) -> None:
    """The follow-up is another team's now."""
    with world.database.transaction() as session:
        moved = {"team_id": world.site.other_team}
        mine = CareRelationRow.case_id == world.case_id
        session.execute(sa.update(CareRelationRow).where(mine).values(moved))


@pytest.mark.parametrize("dialect", EITHER)
def test_after_the_signature_a_lead_sees_whom_the_team_follows_now_and_whom_it_has_to_decide(
    world: World,
) -> None:
    world.berit.post(f"{world.path}/sign")
    assert "Ane Prøve" in text_of(world.eli.get(world.path))
    assert "Bodil Prøve" in text_of(world.eli.get(world.path))
    hand_on(world)

    page = text_of(world.eli.get(world.path))
    assert "2 rader = 1 oppfølging + 1 avvist" in page
    assert "1 oppfølging til vises ikke" in page
    assert "Ane" not in page
    assert "Bodil Prøve" in page  # a lead has to say what becomes of her
    assert str(world.case_id) not in world.eli.get(world.path).text
    world.eli.post(f"{world.path}/rows/3/not-taken", NOT_OURS)
    page = text_of(world.eli.get(world.path))
    assert "Rad 3, kolonne «Ansvarlig»: Ingen i teamet heter dette." in page
    assert "Prøve" not in page
    assert "DPS" not in page
    refused = world.eli.get(f"{world.path}/original")
    assert refused.status_code == 403
    assert "teamene dine ikke følger nå" in text_of(refused)


NOT_OURS = {"reason": "elsewhere", "words": "DPS Stjørdal følger opp, ringt i dag"}


@pytest.mark.parametrize("dialect", EITHER)
def test_a_lead_decides_a_refused_row_from_the_page_of_the_day(world: World) -> None:
    world.berit.post(f"{world.path}/sign")
    assert f'href="{world.path}"' in world.berit.get("/day").text
    assert "1 rad er ikke avgjort" in text_of(world.berit.get(world.path))
    assert f'href="{world.path}/rows/3"' in world.berit.get(world.path).text

    row = world.berit.get(f"{world.path}/rows/3")
    assert "Bodil" in row.text
    assert "I listen står «Ukjent»" in row.text  # nothing of the row is passed over
    assert '<option value="Ukjent"' not in row.text
    wrong = world.berit.post(f"{world.path}/rows/3/not-taken", {"words": ""})
    assert (wrong.status_code, "Velg en grunn" in wrong.text) == (422, True)
    world.berit.post(f"{world.path}/rows/3/not-taken", NOT_OURS)

    page = text_of(world.berit.get(world.path))
    assert "Blir ingen oppfølging: Andre følger personen opp" in page
    assert "DPS Stjørdal følger opp, ringt i dag" in page
    assert f'href="{world.path}"' not in world.berit.get("/day").text
    assert world.anna.get(f"{world.path}/rows/3").status_code == 403
    assert world.dina.get(f"{world.path}/rows/3").status_code == 404


def test_a_word_that_the_list_writes_with_other_capitals_is_one_choice(world: World) -> None:
    cells = a_row(number=BO, index="Selvmordsforsøk", index_at="11.1.2026", owner="Ukjent")

    row = world.berit.post(f"{world.path}/rows/3/take-in", cells)

    assert row.text.lower().count(">selvmordsforsøk</option>") == 1
    assert '<option value="Selvmordsforsøk" selected>' in row.text
    assert "I listen står «Ukjent»" in row.text


def test_a_row_is_put_right_on_its_page(world: World) -> None:
    world.berit.post(f"{world.path}/sign")
    cells = a_row(
        number=BO, given="Bodil", index_at="11.1.2026", discharged="20.1.2026", reached=""
    )

    wrong = world.berit.post(f"{world.path}/rows/3/take-in", {**cells, "owner": "Ukjent"})
    assert wrong.status_code == 422
    assert "Ingen i teamet heter dette." in wrong.text
    world.berit.post(f"{world.path}/rows/3/take-in", cells)

    assert "Rettet og tatt over" in text_of(world.berit.get(world.path))


def test_the_page_and_the_list_count_a_row_that_is_put_right_before_the_signature(
    world: World,
) -> None:
    cells = a_row(
        number=BO, given="Bodil", index_at="11.1.2026", discharged="20.1.2026", reached=""
    )
    assert "2 rader = 1 oppfølging + 1 avvist" in text_of(world.berit.get(world.path))

    assert world.berit.post(f"{world.path}/rows/3/take-in", cells).status_code == 303

    listed = world.berit.get("/takeovers").text
    assert "2 rader = 2 oppfølginger + 0 avvist" in text_of(world.berit.get(world.path))
    assert '<td data-label="Oppfølginger">2</td>' in listed
    assert '<td data-label="Avvist">0</td>' in listed


def test_the_comparison_says_what_was_read_and_what_is_owed_first(world: World) -> None:
    page = text_of(world.berit.get(world.path))

    for heading in ("Ansvarlig", "Sist nådd", "Neste steg", "Time", "Første frist"):
        assert heading in page
    assert "Den avviste raden blir da din oppgave" in page
    assert world.berit.get(f"{world.path}?after=2").text.count("Ane Prøve") == 0


def test_whoever_a_list_names_by_login_is_shown_by_name(world: World) -> None:
    assert '<td data-label="Ansvarlig">Anna</td>' in world.berit.get(world.path).text


def test_a_refused_row_says_which_team_follows_the_person_and_leads_there(world: World) -> None:
    with world.database.transaction() as session:
        done = service.take_over(
            session,
            data=csv_of(a_row(index_at="11.1.2026", discharged="20.1.2026", reached="25.1.2026")),
            name="ny.csv",
            team_id=world.site.team,
            by=world.site.system,
            at=clock.now(),
            book=a_book(),
        )
    page = world.berit.get(f"/takeovers/{done.takeover.id}")

    assert "Følges opp hos follow-up." in text_of(page)
    assert f'href="/cases/{world.case_id}"' in page.text
    assert "1 av de avviste følges opp her alt" in text_of(world.berit.get("/takeovers"))


def test_a_look_is_written_down_about_those_who_were_shown_only(world: World) -> None:
    world.berit.post(f"{world.path}/sign")
    hand_on(world)
    world.eli.get(world.path)

    with world.database.session() as session:
        shown = session.scalar(
            sa.select(AuditEventRow.id).where(AuditEventRow.act == "takeover.shown")
        )
        about = sa.select(AuditSubjectRow.subject_id).where(AuditSubjectRow.event_id == shown)
        assert set(session.scalars(about)) == {world.id}


@pytest.mark.parametrize("dialect", EITHER)
def test_the_privacy_officer_fetches_the_file_and_signs_nothing(world: World) -> None:
    with world.database.transaction() as session:
        at = clock.now()
        grant(session, world.site.dina.id, "privacy", by=world.site.system, at=at)

    page = world.dina.get(world.path)
    assert "Prøve" not in text_of(page)
    assert f'action="{world.path}/sign"' not in page.text
    assert world.dina.get(f"{world.path}/original").status_code == 200
    assert world.dina.post(f"{world.path}/sign").status_code == 404
    with world.database.session() as session:
        fetched = sa.select(AuditEventRow.act).where(AuditEventRow.act == "takeover.original_shown")
        assert session.scalars(fetched).all() == ["takeover.original_shown"]
    assert world.state() is State.UNSIGNED


def test_nobody_else_sees_it(world: World) -> None:
    assert world.anna.get("/takeovers").status_code == 403
    for path in (world.path, f"{world.path}/original"):
        assert world.anna.get(path).status_code == 403
        assert world.dina.get(path).status_code == 404
    assert world.dina.post(f"{world.path}/sign").status_code == 404
    assert world.anna.post(f"{world.path}/sign").status_code == 403
    assert "Ingen overtakelse venter på deg." in world.dina.get("/takeovers").text
    assert world.state() is State.UNSIGNED


def test_a_follow_up_says_why_nobody_is_alerted_and_where_its_time_comes_from(
    world: World,
) -> None:
    page = text_of(world.anna.get(f"/cases/{world.case_id}"))

    assert "Varslene begynner når lederen har signert overtakelsen." in page
    assert "Den er regnet på nytt fra overtakelsen." in page
    assert "9000" not in page


def test_the_lead_finds_it_in_the_day(world: World) -> None:
    page = world.berit.get("/day").text

    assert f'href="{world.path}"' in page
    assert "Signer overtakelse" in page


def alone(world: World) -> None:
    """Eli leads the team no longer: Berit does so alone, and has asked for undoing it."""
    with world.database.transaction() as session:
        eli = sa.select(MemberRow.id).where(MemberRow.name == "Eli").scalar_subquery()
        session.execute(
            sa.update(MembershipRow)
            .where(MembershipRow.member_id == eli)
            .values(until=clock.now() - timedelta(hours=1))
        )
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste for Bodil"})


@pytest.mark.parametrize("dialect", EITHER)
def test_where_one_leads_alone_a_lead_of_another_team_confirms_and_sees_numbers_only(
    world: World,
) -> None:
    alone(world)
    mine = text_of(world.berit.get(world.path))
    assert "Be en av disse bekrefte, på siden Overtakelser: Dina" in mine
    assert "Feil liste for Bodil" in mine
    assert world.berit.post(f"{world.path}/undo").status_code == 409
    assert world.anna.post(f"{world.path}/undo").status_code == 403

    assert f'href="{world.path}"' in world.dina.get("/takeovers").text
    page = text_of(world.dina.get(world.path))
    assert "2 rader = 1 oppfølging + 1 avvist" in page
    assert [word for word in ("Prøve", "Bodil", "regneark") if word in page] == []
    assert world.dina.get(f"{world.path}/original").status_code == 403
    assert world.dina.post(f"{world.path}/sign").status_code == 404
    done = world.dina.post(f"{world.path}/undo")

    assert done.headers["Location"] == "/takeovers?notice=takeover.notices.undone"
    onward = world.dina.get(done.headers["Location"])
    assert "Overtakelsen er angret. Ingenting er slettet." in text_of(onward)
    assert f'href="{world.path}"' not in onward.text
    assert world.state() is State.UNDONE
    assert "Registrert ved en feil" in text_of(world.berit.get(world.path))
    assert world.dina.get(world.path).status_code == 404


HASH = re.compile(r"\b[0-9a-f]{64}\b")


def test_a_lead_of_another_team_who_confirms_is_not_shown_the_hash_of_the_file(
    world: World,
) -> None:
    alone(world)

    assert "Angre" in text_of(world.dina.get(world.path))
    assert HASH.search(world.dina.get(world.path).text) is None
    assert HASH.search(world.dina.get("/takeovers").text) is None


def test_an_administrator_who_confirms_is_not_shown_the_hash_of_the_file(world: World) -> None:
    with world.database.transaction() as session:
        grant(session, world.site.anna.id, "admin", by=world.site.system, at=clock.now())
    alone(world)

    page = world.anna.get(world.path)

    assert page.status_code == 200
    assert HASH.search(page.text) is None


def test_a_lead_who_may_fetch_the_file_no_more_is_not_shown_its_hash(world: World) -> None:
    world.berit.post(f"{world.path}/sign")
    hand_on(world)

    page = world.eli.get(world.path)

    assert page.status_code == 200
    assert HASH.search(page.text) is None


def test_the_hash_stands_for_the_lead_who_signs_and_for_the_privacy_officer(world: World) -> None:
    with world.database.transaction() as session:
        grant(session, world.site.dina.id, "privacy", by=world.site.system, at=clock.now())

    assert HASH.search(world.berit.get(world.path).text)
    assert HASH.search(world.dina.get(world.path).text)


def test_where_another_lead_could_confirm_nobody_else_may(world: World) -> None:
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste"})

    assert world.dina.get(world.path).status_code == 404
    assert world.dina.post(f"{world.path}/undo").status_code == 404
    assert world.state() is State.UNSIGNED


def test_an_administrator_confirms_where_nobody_else_leads(world: World) -> None:
    with world.database.transaction() as session:
        grant(session, world.site.anna.id, "admin", by=world.site.system, at=clock.now())
    alone(world)

    done = world.anna.post(f"{world.path}/undo")

    assert world.state() is State.UNDONE
    assert world.anna.get(done.headers["Location"]).status_code == 200


def test_the_list_says_that_an_undoing_waits_and_who_asked(world: World) -> None:
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste for Bodil"})

    page = text_of(world.eli.get("/takeovers"))

    assert "Angring venter på en annen person: Berit ba om det" in page
    assert "Feil liste for Bodil" not in page


def test_the_page_and_the_list_say_what_an_undoing_left_open_and_who_decides(world: World) -> None:
    with world.database.transaction() as session:
        said = [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=clock.now())]
        cases.record(
            session, world.case_id, said, by=world.site.anna, at=clock.now(), book=a_book()
        )
    world.berit.post(f"{world.path}/ask-undo", {"words": "Feil liste"})

    done = world.eli.post(f"{world.path}/undo")

    assert "Noen oppfølginger står åpne" in text_of(world.eli.get(done.headers["Location"]))
    for path in (world.path, "/takeovers"):
        page = text_of(world.eli.get(path))
        assert "1 oppfølging står åpen, fordi noen har registrert noe" in page
        assert "rad 2. Teamet som følger den opp, avgjør" in page


def twice_in_a_list_undone(world: World, *, worked_on: bool) -> str:
    """The page of a list with one person twice, undone by two leads."""
    twice = a_row(index_at="11.1.2026", discharged="20.1.2026", reached="", owner="anna", number=BO)
    with world.database.transaction() as session:
        done = service.take_over(
            session,
            data=csv_of(twice, twice),
            name="to.csv",
            team_id=world.site.team,
            by=world.site.system,
            at=clock.now(),
            book=a_book(),
        )
    if worked_on:
        said = [NewEvent(kind=EventKind.CONTACT_ATTEMPTED, at=clock.now())]
        with world.database.transaction() as session:
            case_id, by = done.rows[0].case_id, world.site.anna
            cases.record(session, case_id, said, by=by, at=clock.now(), book=a_book())
    path = f"/takeovers/{done.takeover.id}"
    assert "ingen trenger å svare" in text_of(world.eli.get(path))
    world.berit.post(f"{path}/ask-undo", {"words": "Feil liste"})
    assert world.eli.post(f"{path}/undo").status_code == 303
    return text_of(world.eli.get(path))


def test_a_row_whose_double_was_undone_with_it_is_not_said_to_be_followed(world: World) -> None:
    page = twice_in_a_list_undone(world, worked_on=False)

    assert "ingen trenger å svare" not in page
    assert "Overtakelsen er angret" in page
    assert "følges opp her alt" not in text_of(world.eli.get("/takeovers"))


def test_a_row_whose_double_was_left_open_is_still_followed(world: World) -> None:
    assert "ingen trenger å svare" in twice_in_a_list_undone(world, worked_on=True)


def test_where_nobody_can_confirm_the_page_says_whom_to_ask(world: World) -> None:
    with world.database.transaction() as session:
        dina = sa.update(MembershipRow).where(MembershipRow.member_id == world.site.dina.id)
        session.execute(dina.values(until=clock.now() - timedelta(hours=1)))
    alone(world)

    page = text_of(world.berit.get(world.path))

    assert "Ingen andre kan bekrefte nå. Be den som drifter Bindeledd" in page


def test_leads_find_take_overs_and_discharge_lists_in_the_menu(world: World) -> None:
    lead, member = world.berit.get("/day").text, world.anna.get("/day").text

    for path in ("/takeovers", "/discharge-lists"):
        assert f'href="{path}"' in lead
        assert f'href="{path}"' not in member


def test_what_came_from_the_list_says_so_and_invents_no_time(world: World) -> None:
    later = clock.now() + timedelta(days=9)
    dated = {"index_at": "11.1.2026", "discharged": "20.1.2026", "reached": "25.1.2026"}
    said = {"appointment": f"{later:%d.%m.%Y} 13.00", "place": "Poliklinikken", "given_to": "ja"}
    with world.database.transaction() as session:
        done = service.take_over(
            session,
            data=csv_of(a_row(**dated, **said, number=CATO)),
            name="mer.csv",
            team_id=world.site.team,
            by=world.site.berit,
            at=clock.now(),
            book=a_book(),
        )

    page = text_of(world.anna.get(f"/cases/{done.rows[0].case_id}"))

    assert "sto i listen som ble tatt over av Berit, i dag" in page
    assert "kom som melding" not in page
    assert re.findall(r"(?s).{0,120}kl. 00.00", page) == []
    reached = on_day(datetime(2026, 1, 25, 12, tzinfo=UTC), at=clock.now())  # its year, when far
    assert f"Sist nådd {reached}" in page


def test_whoever_may_see_no_list_is_not_told_that_none_was_taken_over(world: World) -> None:
    with world.database.transaction() as session:
        grant(session, world.site.anna.id, "admin", by=world.site.system, at=clock.now())

    page = text_of(world.anna.get("/takeovers"))

    assert "Ingen overtakelse venter på deg." in page
    assert "Ingen liste er tatt over" not in page
