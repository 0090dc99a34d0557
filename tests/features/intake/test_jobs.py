"""The watched folder: with real commits, on both databases."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from bindeledd.features.intake import jobs
from bindeledd.features.intake import service as intake
from bindeledd.features.intake.queries import facts_of, original_of
from bindeledd.features.intake.tables import MessageRow
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.foundation.errors import Refusal
from features.intake.builders import (
    BOOK,
    HEART,
    NOW,
    a_folder,
    an_epikrise,
)


@pytest.fixture
def folder(database, tmp_path: Path) -> jobs.Folder:
    return a_folder(database, tmp_path / "in")


def put(folder: jobs.Folder, name: str, data: bytes) -> Path:
    file = folder.path / name
    file.write_bytes(data)
    return file


def too_large(folder: jobs.Folder, name: str, more: int) -> None:
    with (folder.path / name).open("wb") as out:
        out.truncate(intake.KEPT + more)


def everything(folder: jobs.Folder) -> set[str]:
    return {entry.name for entry in folder.path.rglob("*") if entry.is_file()}


def there(folder: jobs.Folder, sub: str = "") -> set[str]:
    where = folder.path / sub
    return {entry.name for entry in where.iterdir() if entry.is_file()} if where.exists() else set()


def statuses(folder: jobs.Folder) -> list[str]:
    with folder.database.transaction() as session:
        return sorted(session.scalars(sa.select(MessageRow.status)))


def test_a_file_is_taken_when_its_size_has_come_to_rest(folder):
    file = put(folder, "a.xml", an_epikrise()[:500])
    assert folder.look() == 0

    file.write_bytes(an_epikrise())
    assert folder.look() == 0
    assert folder.look() == 1

    assert everything(folder) == set()
    assert statuses(folder) == ["opened"]


def test_no_letter_is_left_in_the_open_whatever_became_of_it(folder):
    put(folder, "broken.xml", b"<half>")
    put(folder, "heart.xml", an_epikrise(diagnoses=HEART))
    folder.look()

    assert folder.look() == 2

    assert everything(folder) == set()
    assert statuses(folder) == ["refused", "to_decide"]
    with folder.database.transaction() as session:
        kept = {original_of(session, row) for row in session.scalars(sa.select(MessageRow))}
    assert kept == {b"<half>", an_epikrise(diagnoses=HEART)}


def test_a_file_that_took_its_name_meanwhile_is_never_deleted_unread(folder):
    class Slow(jobs.Folder):
        def _take(self, file: Path):
            letter = super()._take(file)
            if len(statuses(self)) == 1:
                (self.path / "new").write_bytes(b"<another/>")
                (self.path / "new").replace(file)
            return letter

    slow = Slow(
        path=folder.path,
        database=folder.database,
        tenant=folder.tenant,
        rules=folder.rules,
        clock=lambda: NOW,
    )
    put(folder, "a.xml", an_epikrise())
    slow.look()
    slow.look()
    assert (folder.path / "a.xml").read_bytes() == b"<another/>"

    slow.look()
    slow.look()

    assert everything(folder) == set()
    assert statuses(folder) == ["opened", "refused"]


def test_two_workers_at_one_folder_take_a_file_once(folder):
    other = jobs.Folder(
        path=folder.path,
        database=folder.database,
        tenant=folder.tenant,
        rules=folder.rules,
        clock=lambda: NOW,
    )
    put(folder, "a.xml", an_epikrise())
    folder.look()
    other.look()

    assert folder.look() + other.look() == 1

    assert everything(folder) == set()
    assert statuses(folder) == ["opened"]


def test_a_reader_that_breaks_on_one_message_holds_up_no_other(folder):
    class Breaking:
        """Stands for a reader or a schema that meets what nobody thought of."""

        def check(self, document, format):
            if b"m-broken" in etree.tostring(document.root):
                raise KeyError("somebody's name")
            return True

        def odd_codes(self, document):
            return ()

    breaking = jobs.Folder(
        path=folder.path,
        database=folder.database,
        tenant=folder.tenant,
        rules=replace(folder.rules, standards=Breaking()),
        clock=lambda: NOW,
    )
    put(folder, "a.xml", an_epikrise(envelope={"message_id": "m-broken"}))
    put(folder, "b.xml", an_epikrise(envelope={"message_id": "m-2"}))
    breaking.look()

    assert breaking.look() == 2

    with folder.database.transaction() as session:
        rows = session.scalars(sa.select(MessageRow).order_by(MessageRow.status)).all()
        assert [(row.status, row.reason) for row in rows] == [
            ("opened", None),
            ("refused", "intake.reader_failed"),
        ]
        assert rows[1].task_id is not None
        fault = session.scalars(sa.select(FaultRow)).one()
        assert (fault.code, fault.tenant_id) == ("intake.reader_failed", folder.tenant)
        assert "somebody" not in str(fault.source)


def test_a_stop_between_database_and_folder_changes_nothing(folder):
    data = an_epikrise()
    with folder.database.transaction() as session:
        intake.receive(
            session,
            data=data,
            by=jobs.system(folder.tenant),
            at=NOW,
            book=BOOK,
            routes=folder.rules.of(session, folder.tenant),
        )
    put(folder, "a.xml", data)
    folder.look()

    assert folder.look() == 1

    assert everything(folder) == set()
    assert statuses(folder) == ["opened"]


def test_names_are_kept_apart_and_never_followed_out_of_the_folder(folder, tmp_path):
    outside = tmp_path / "outside.xml"
    outside.write_bytes(an_epikrise())
    (folder.path / "link.xml").symlink_to(outside)
    for name in (".hidden", "half.part", "half.TMP"):
        put(folder, name, b"<x/>")
    for size in (1, 2):
        too_large(folder, "same.xml", size)
        folder.look()
        folder.look()

    assert there(folder, "refused") == {"same.xml", "same-1.xml"}
    assert {".hidden", "half.part", "half.TMP", "link.xml"} <= {
        e.name for e in folder.path.iterdir()
    }
    assert outside.exists()


def test_files_are_taken_in_the_order_in_which_they_came(folder):
    for number, name in enumerate(("z.xml", "a.xml")):
        file = put(
            folder, name, an_epikrise(envelope={"message_id": f"m-{number}"}, document_id=name)
        )
        os.utime(file, ns=(number * 10**9, number * 10**9))
    folder.look()

    assert folder.look() == 2

    with folder.database.transaction() as session:
        rows = {
            facts_of(session, row)["message_id"]: row.status
            for row in session.scalars(sa.select(MessageRow))
        }
    assert rows == {"m-0": "opened", "m-1": "updated"}


def test_one_file_that_fails_does_not_hold_up_the_others(folder):
    put(folder, "a.xml", an_epikrise())
    put(
        folder,
        "b.xml",
        an_epikrise(diagnoses=HEART, envelope={"message_id": "m-2"}, document_id="b"),
    )
    taken = []

    class Failing(jobs.Folder):
        def _take(self, file: Path):
            if file.name == "a.xml":
                raise Refusal(file=1)
            taken.append(file.name)
            return super()._take(file)

    failing = Failing(
        path=folder.path,
        database=folder.database,
        tenant=folder.tenant,
        rules=folder.rules,
        clock=lambda: NOW + timedelta(minutes=1),
    )
    failing.look()

    with pytest.raises(Refusal):
        failing.look()

    assert taken == ["b.xml"]
    assert there(folder) == {"a.xml"}


def test_a_file_beyond_all_measure_leaves_its_fingerprint_and_a_task(folder):
    too_large(folder, "huge.xml", 1)
    folder.look()

    assert folder.look() == 1

    assert there(folder, "refused") == {"huge.xml"}
    assert (folder.path / "refused").stat().st_mode & 0o777 == 0o700
    with folder.database.transaction() as session:
        row = session.scalars(sa.select(MessageRow)).one()
        assert (row.status, row.reason, row.original) == ("refused", "intake.too_large", None)
        assert row.size == intake.KEPT + 1
        assert row.task_id is not None


def test_a_link_or_a_pipe_that_took_the_place_of_a_file_is_not_opened(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"a key")
    link, pipe = folder.path / "link.xml", folder.path / "pipe.xml"
    link.symlink_to(secret)
    os.mkfifo(pipe)

    for odd in (link, pipe):
        with pytest.raises(OSError):
            intake.open_letter(odd, rules=folder.rules, follow=False)
    with pytest.raises(OSError):
        intake.open_letter(pipe, rules=folder.rules)
    assert intake.open_letter(link, rules=folder.rules).data == b"a key"


def test_what_is_refused_is_not_moved_out_of_the_folder(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    (folder.path / jobs.REFUSED).symlink_to(elsewhere)
    too_large(folder, "huge.xml", 1)
    folder.look()

    with pytest.raises(NotADirectoryError):
        folder.look()

    assert list(elsewhere.iterdir()) == []
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    assert statuses(folder) == ["refused"]


def test_a_name_with_a_line_break_is_a_name(folder):
    put(folder, "a\nb\x1b[2J.xml", an_epikrise())
    folder.look()

    assert folder.look() == 1
    assert statuses(folder) == ["opened"]
    assert there(folder) == set()
