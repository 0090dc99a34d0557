"""What a pack asks for beside what the core records is asked and shown on the pages of a case."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from bindeledd.features.cases.domain.rehoming import going
from bindeledd.features.cases.service import rehoming, upgrading
from bindeledd.features.pathways.service.remembering import remember_words
from bindeledd.features.staff.tables import OrganisationRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation import clock
from bindeledd.foundation.db import Database
from bindeledd.plugin.loading import gather
from doors import a_door, an_app
from features.casefile.following import World
from features.casefile.test_outside import prepared
from visitors import a_visitor, text_of

QUESTION = "Har mottakeren bekreftet?"
CONFIRMED = {"receiver_kind": "gp", "helse_vest_confirmed": "by_phone", "words": "Ringte legen."}


@pytest.fixture
def world(fresh_database: Database, tmp_path: Path) -> World:
    """A case from an acute ward, in an app where the pack was switched on later."""
    made = World(fresh_database, tmp_path)
    with fresh_database.transaction() as session:
        session.execute(sa.update(OrganisationRow).values(key="helse-bergen"))
    made.app = an_app(fresh_database, tmp_path, ["helse-vest"])
    made.anna = a_visitor(made.app, fresh_database, made.site.anna)
    return made


def follow(world: World, pack: str = "helse-vest") -> None:
    """Let the case follow today's routine of its unit."""
    book = gather([pack]).book
    with world.database.transaction() as session:
        to = upgrading.target(
            session,
            world.site.tenant,
            pathway_id="national.after-attempt",
            version="2026.1",
            book=book,
        )
        said = {"reason": "Rutinen gjelder nå", "by": world.site.berit, "at": clock.now()}
        assert upgrading.upgrade_case(session, world.case, to, **said) is not None


def test_it_is_asked_where_the_case_follows_the_pack(world: World) -> None:
    assert QUESTION not in text_of(world.anna.get(world.path("say/receiver_named")))
    follow(world)
    assert QUESTION in text_of(world.anna.get(world.path("say/receiver_named")))
    assert QUESTION not in text_of(world.anna.get(world.path("say/risk_assessed")))


def test_what_a_pack_calls_its_rule_stands_beside_the_kind_of_task(world: World) -> None:
    """Two tasks of one kind are told apart by what they are owed for."""
    called = "Mottakeren har bekreftet"
    assert called not in text_of(world.anna.get("/day"))
    follow(world)

    assert called in text_of(world.anna.get(world.path()))
    assert called in text_of(world.anna.get("/day"))


def test_a_gate_that_an_answer_keeps_leads_from_the_list_to_its_own_questions(
    world: World, tmp_path: Path
) -> None:
    world.app = an_app(world.database, tmp_path, ["retningslinje-2024"])
    world.anna = a_visitor(world.app, world.database, world.site.anna)
    follow(world, "retningslinje-2024")
    page = world.anna.get(world.path()).text
    listed = page[page.index('<ul class="gates">') :].partition("</ul>")[0]

    assert "say/answered?of=retningslinje-2024.plan" in listed
    assert 'say/answered"' not in listed


def test_the_answer_does_what_the_gate_asks_for_and_is_shown(world: World) -> None:
    follow(world)
    assert world.open("follow_up_handover")
    answer = world.anna.post(world.path("say/receiver_named"), CONFIRMED)
    assert answer.status_code == 303, text_of(answer)
    assert world.event("receiver_named").facts["helse_vest_confirmed"] == "by_phone"
    assert world.open("follow_up_handover") == []
    assert f"{QUESTION} Ja, på telefon" in text_of(world.anna.get(world.path()))


def test_s049_an_answer_that_is_none_of_the_three_says_why_the_task_stands(world: World) -> None:
    follow(world)
    [task] = [one for one in world.all(TaskRow) if one.step_key == "gate.receiver_named"]
    page = world.path(f"tasks/{task.id}")
    assert "rutinen ber om" not in text_of(world.anna.get(page))
    other = {**CONFIRMED, "receiver_kind": "other"}
    assert world.anna.post(world.path("say/receiver_named"), other).status_code == 303
    said = text_of(world.anna.get(page))

    assert "Oppgaven står fordi rutinen ber om et av disse svarene" in said
    assert said.index("Svart:") < said.index("Oppgaven står fordi")


def test_no_answer_is_unknown_and_another_answer_is_refused(world: World) -> None:
    follow(world)
    odd = world.anna.post(
        world.path("say/receiver_named"), {**CONFIRMED, "helse_vest_confirmed": "perhaps"}
    )
    assert odd.status_code == 422
    unanswered = {name: said for name, said in CONFIRMED.items() if "vest" not in name}
    assert world.anna.post(world.path("say/receiver_named"), unanswered).status_code == 303
    assert "helse_vest_confirmed" not in world.event("receiver_named").facts
    assert world.open("follow_up_handover")


def test_the_new_routine_stands_in_the_history_with_its_reason(world: World) -> None:
    follow(world)
    page = text_of(world.anna.get(world.path()))
    assert "Oppfølgingen følger en ny utgave av rutinen" in page
    assert "Rutinen gjelder nå" in page


def test_what_a_pack_made_owed_is_read_and_done_after_it_was_taken_out(
    world: World, tmp_path: Path, fresh_database: Database
) -> None:
    with_pack, without = gather(["example"]).book, gather().book
    away = going("example", with_pack, without)
    said = {"reason": "Ny plan", "by": world.site.berit, "at": clock.now()}
    with fresh_database.transaction() as session:
        to = upgrading.target(
            session,
            world.site.tenant,
            pathway_id="national.after-attempt",
            version="2026.1",
            book=with_pack,
        )
        upgrading.upgrade_case(session, world.case, to, **said)
    with fresh_database.transaction() as session:
        rehoming.rehome_case(session, world.case, away, language="nb", **said)

    world.app = an_app(fresh_database, tmp_path / "without", [])
    world.anna = a_visitor(world.app, fresh_database, world.site.anna)
    page = text_of(world.anna.get(world.path()))
    assert "Tilby hjemmebesøk" in page
    assert "Tillegget «example» er tatt ut av bruk; det som skyldtes etter det, står." in page


def test_an_answer_reads_in_words_after_its_pack_was_taken_out(
    world: World, tmp_path: Path, fresh_database: Database
) -> None:
    follow(world)
    assert world.anna.post(world.path("say/receiver_named"), CONFIRMED).status_code == 303
    with fresh_database.transaction() as session:
        remember_words(session, gather(["helse-vest"]).book)
        remember_words(session, gather().book)

    world.app = an_app(fresh_database, tmp_path / "without", [])
    page = text_of(a_visitor(world.app, fresh_database, world.site.anna).get(world.path()))
    assert "Har mottakeren bekreftet? Ja, på telefon (tillegget som spurte" in page


def test_a_question_of_a_pack_goes_to_the_receiver_with_its_answer(world: World) -> None:
    follow(world)
    assert world.anna.post(world.path("say/receiver_named"), CONFIRMED).status_code == 303
    package = prepared(world)

    page = text_of(world.anna.get(world.path(package)))
    world.anna.post(world.path(f"{package}/pdf"), {})
    [said] = world.anna.post(world.path(f"{package}/file"), {}).get_json()["answers"]

    assert f"{QUESTION} Ja, på telefon" in page
    assert said["question"]["nb"] == QUESTION
    assert said["answer"]["nb"].startswith("Ja, på telefon")


def test_a_question_that_nobody_has_answered_is_named_as_missing(world: World) -> None:
    follow(world)
    page = text_of(world.anna.get(world.path(prepared(world))))

    assert QUESTION in page
    assert "Ja, på telefon" not in page


def test_an_answer_that_was_an_error_does_not_go_to_the_receiver(world: World) -> None:
    follow(world)
    world.anna.post(world.path("say/receiver_named"), CONFIRMED)
    wrong = {"events": [str(world.event("receiver_named").id)], "words": "Feil"}
    door = a_door(world.app, world.database, world.site.anna)
    assert door("POST", f"/cases/{world.case}/events/in-error", wrong).status_code == 200

    assert "Ja, på telefon" not in text_of(world.anna.get(world.path(prepared(world))))
