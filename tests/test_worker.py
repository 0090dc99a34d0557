"""The worker as a whole: everything once at a moment, ticking, stopping, and never out of a demo."""

import os
import signal
import threading
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_ERROR

from bindeledd.features.reminders import queries
from bindeledd.features.reminders.domain import wait_before
from bindeledd.features.reminders.domain.channels import MailSettings
from bindeledd.features.reminders.jobs.mail import FolderChannel, SmtpChannel
from bindeledd.features.reminders.tables import FaultRow
from bindeledd.features.staff.tables import InstallationRow
from bindeledd.foundation.errors import Misconfigured
from bindeledd.plugin.loading import Gathered
from bindeledd.settings import Settings, read_settings
from bindeledd.worker import channels_of, create_worker, run_once
from bindeledd.worker.watchdog import Watchdog
from features.reminders.builders import BOOK, TUESDAY, FakeChannel, a_site, a_task, at_once, heard

GATHERED = Gathered(book=BOOK)
SMTP = MailSettings(host="127.0.0.1", sender="a@b.example")


def some_settings(folder: Path, environment: str = "test", **more) -> Settings:
    return Settings(
        home=folder, file=None, environment=environment, database_url="", key_provider="file",
        key_folder=folder, key_variable="", **more,
    )  # fmt: skip


def a_worker(database, folder: Path, **more):
    channels = more.pop("channels", [FakeChannel()])
    settings = some_settings(folder, **more.pop("settings", {}))
    return create_worker(
        settings, database=database, gathered=GATHERED, channels=channels,
        clock=at_once(TUESDAY), **more,
    )  # fmt: skip


def test_everything_once_at_a_moment(database, tmp_path):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    channel = FakeChannel()
    done = run_once(
        some_settings(tmp_path, public_url="https://b.example"), at=TUESDAY, database=database,
        gathered=GATHERED, channels=[channel], intake=lambda: 5,
    )  # fmt: skip

    assert (done["intake"], done["sweep"], done["deliver"]) == (5, 2, 2)
    assert [message.base_url for message in channel.sent] == ["https://b.example"]
    with database.transaction() as session:
        assert heard(session, site, task)
        assert queries.heartbeat(session).at == TUESDAY


def test_after_a_hole_in_the_sweeps_the_roll_is_called_when_what_fell_due_is_raised(
    database, tmp_path
):
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    a_worker(database, tmp_path).roll_call()

    with database.transaction() as session:
        assert heard(session, site, task)
        assert queries.heartbeat(session).at == TUESDAY


def test_a_roll_call_after_a_sweep_sweeps_no_more(database, tmp_path, monkeypatch):
    with database.transaction() as session:
        a_site(session)
    worker = a_worker(database, tmp_path)
    worker.sweep()
    monkeypatch.setattr(worker, "sweep", lambda: pytest.fail("swept again"))
    worker.roll_call()

    with database.transaction() as session:
        assert queries.heartbeat(session, queries.ROLL_CALL).at == TUESDAY


def test_a_demonstration_has_a_folder_whatever_else_is_set(tmp_path):
    sink = [FolderChannel(tmp_path / "mail")]
    assert channels_of(some_settings(tmp_path, "demo", mail=SMTP), "demo") == sink
    assert channels_of(some_settings(tmp_path, "", mail=SMTP), "demo") == sink
    smtp = [SmtpChannel(SMTP)]
    assert channels_of(some_settings(tmp_path, "", mail=SMTP), "production") == smtp
    assert channels_of(some_settings(tmp_path, "test", mail=SMTP), "test") == smtp
    assert channels_of(some_settings(tmp_path, "production"), "production") == []


def test_a_demonstration_refuses_a_channel_that_could_send(database, tmp_path):
    with pytest.raises(Misconfigured):
        a_worker(database, tmp_path, channels=[SmtpChannel(SMTP)], settings={"environment": "demo"})


def test_a_database_of_a_demonstration_refuses_it_too(database, tmp_path):
    with database.transaction() as session:
        session.execute(
            sa.insert(InstallationRow).values(id=1, environment="demo", made_at=TUESDAY)
        )
    worker = a_worker(database, tmp_path, channels=[SmtpChannel(SMTP)])
    with pytest.raises(Misconfigured):
        worker.deliver()


def test_a_job_that_fails_is_a_row_in_front_of_a_person(database, tmp_path):
    with database.transaction() as session:
        site = a_site(session)
    worker = a_worker(database, tmp_path)
    worker.learn(SimpleNamespace(code=EVENT_JOB_ERROR, job_id="sweep", exception=RuntimeError("x")))
    assert worker.tell_faults() == 1
    with database.transaction() as session:
        (notice,) = queries.notices(session, site.tenant, site.ada)
        assert (notice.source, notice.code) == ("job:sweep", "worker.job_failed")


def test_it_ticks_until_it_is_told_to_stop(fresh_database, tmp_path):
    with fresh_database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
    worker = a_worker(fresh_database, tmp_path)
    scheduler = worker._scheduler()
    scheduler.start()
    told: set[str] = set()
    deadline = time.monotonic() + 20
    while not told and time.monotonic() < deadline:
        threading.Event().wait(0.05)
        with fresh_database.transaction() as session:
            told = heard(session, site, task)
    scheduler.shutdown(wait=True)
    assert told == {"anna"}
    with fresh_database.transaction() as session:
        assert "worker.job_failed" not in session.scalars(sa.select(FaultRow.code)).all()


def test_it_runs_until_it_is_asked_to_stop(fresh_database, tmp_path):
    worker = a_worker(fresh_database, tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    try:
        worker.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    with fresh_database.transaction() as session:
        assert queries.heartbeat(session) is not None


def test_being_asked_to_stop_takes_no_lock(database, tmp_path):
    """The handler of a signal runs in the main thread, wherever that stands, also inside a lock."""
    worker = a_worker(database, tmp_path)
    asked = threading.Thread(target=worker._asked_to_stop, args=(signal.SIGTERM, None), daemon=True)
    with worker._stop._cond:
        asked.start()
        asked.join(5)
        assert not asked.is_alive()


def test_the_ticker_keeps_nothing_and_drops_nothing(database, tmp_path):
    scheduler = a_worker(database, tmp_path)._scheduler()
    scheduler.start(paused=True)
    try:
        for job in scheduler.get_jobs():
            assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert {job.id for job in scheduler.get_jobs()} >= {"sweep", "deliver", "rollcall"}
    finally:
        scheduler.shutdown()


def test_a_sweep_that_hangs_ends_the_process_and_one_that_moves_does_not():
    now, ended = [0.0], []
    dog = Watchdog(seconds=lambda: now[0], end=ended.append)
    dog.look()
    dog.begin()
    now[0] = 119.0
    dog.look()
    dog.moved()
    now[0] = 238.0
    dog.look()
    assert ended == []
    now[0] = 240.0
    dog.look()
    assert ended == [70]
    dog.done()
    dog.look()
    assert ended == [70]


def test_the_outside_is_called_only_after_a_completed_sweep(database, tmp_path):
    calls: list[str] = []
    worker = a_worker(database, tmp_path, settings={"ping_url": "https://watch.example/x"})
    worker.ping = calls.append
    assert worker.ping_outside() == 0
    worker.sweep()
    assert worker.ping_outside() == 1
    assert worker.ping_outside() == 0
    worker.clock = at_once(TUESDAY + timedelta(seconds=30))
    worker.sweep()
    assert worker.ping_outside() == 1
    assert calls == ["https://watch.example/x"] * 2


def test_an_outside_that_cannot_be_reached_is_a_fault(database, tmp_path):
    def unreachable(_: str) -> None:
        raise OSError

    worker = a_worker(database, tmp_path, settings={"ping_url": "https://watch.example/x"})
    worker.ping = unreachable
    worker.sweep()
    worker.ping_outside()
    with database.transaction() as session:
        assert session.scalar(sa.select(FaultRow.code)) == "worker.ping_failed"


def test_how_often_it_tries_again_is_a_setting(tmp_path):
    own = {"alerts": {"back_off": ["PT1M"], "then_every": "PT5M", "jitter_percent": 0}}
    rules = read_settings({"BINDELEDD_HOME": str(tmp_path)}, tables=own).alerts
    assert wait_before(1, rules, 0.9) == timedelta(minutes=1)
    assert wait_before(2, rules, 0.1) == timedelta(minutes=5)
    with pytest.raises(Misconfigured):
        read_settings({}, tables={"alerts": {"back_off": ["often"]}})
