"""SMS from end to end: a late task, a worker, a gateway, its report at the door, and a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from bindeledd_sms import fake
from bindeledd_sms.fake import PASSWORD, USER, FakeGateway

from bindeledd.app import create_app
from bindeledd.features.reminders import queries
from bindeledd.features.reminders.tables import CallbackRow, FaultRow
from bindeledd.features.staff.tables import MemberRow, TeamRow
from bindeledd.features.tasks.tables import TaskRow
from bindeledd.foundation.db import Database
from bindeledd.hosting import tried
from bindeledd.plugin.loading import Gathered, gather
from bindeledd.settings import PluginSetting, Settings, read_settings
from bindeledd.worker import Worker, create_worker
from features.reminders.builders import TUESDAY, FakeChannel, Site, a_site, a_task, states

SECRET = "abcdefghijklmnopqrstuvwxyz"
LINK = {"platform_id": "COMMON_API", "platform_partner_id": "1", "gate": "g"}
LATE = timedelta(minutes=16)


@dataclass
class House:
    """A site whose Anna has a late task, its worker, its web, and the gateway that it sends by."""

    database: Database
    site: Site
    settings: Settings
    gathered: Gathered
    gateway: FakeGateway
    worker: Worker
    at: datetime = TUESDAY

    def phone(self, number: str) -> None:
        with self.database.transaction() as session:
            session.execute(sa.update(MemberRow).values(phone=number))

    def run(self, *names: str) -> None:
        for job in self.worker.jobs():
            if job.name in names:
                job.work()

    def tell(self) -> None:
        """Sweep, and send by SMS."""
        self.run("sweep", "deliver:sms")

    def report(self, *, delayed: bool = False) -> set[int]:
        """The gateway reports at the door; gives how it was answered."""
        client = create_app(
            self.settings, database=self.database, gathered=self.gathered
        ).test_client()
        codes = set()

        def call(said: fake.Callback) -> None:
            told = client.open(
                f"/callbacks/sms/{SECRET}",
                method=said["method"],
                headers=said["headers"],
                **_sent(said),
            )
            codes.add(told.status_code)

        self.gateway.deliver(call, delayed=delayed)
        self.run("receipts:sms")
        return codes

    def faults(self) -> set[str]:
        with self.database.transaction() as session:
            return set(session.scalars(sa.select(FaultRow.code)))


def _sent(said: fake.Callback) -> dict[str, object]:
    if said["body"]:
        return {"data": said["body"], "content_type": "application/json"}
    return {"query_string" if said["method"] == "GET" else "data": said["fields"]}


@pytest.fixture(params=["link", "sveve", "twilio"])
def house(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[House]:
    with database.transaction() as session:
        site = a_site(session)
        task = a_task(session, site, held_by="anna")
        # It goes by every channel at once; anything else would go by the first that works.
        session.execute(sa.update(TaskRow).where(TaskRow.id == task).values(kind="acute_concern"))
    gathered = gather(["sms"])
    with FakeGateway(request.param) as gateway:
        gateway.callback_url = f"https://b.example/callbacks/sms/{SECRET}"
        said = {"gateway": gateway.shape, "url": gateway.url, "sender": "Vakt", "user": USER}
        said |= {"link": LINK} if gateway.shape == "link" else {}
        settings = replace(
            read_settings({"BINDELEDD_HOME": str(tmp_path)}),
            environment="test",
            public_url="https://b.example",
            plugin_settings=(
                PluginSetting(
                    name="sms", settings=said, secrets={"password": PASSWORD}, callback=SECRET
                ),
            ),
        )
        made = House(database, site, settings, gathered, gateway, worker=None)  # type: ignore[arg-type]
        made.worker = create_worker(
            settings,
            database=database,
            gathered=gathered,
            channels=[FakeChannel()],
            clock=lambda: made.at,
        )
        made.phone("+4799999999")
        yield made
        made.worker.hosts.close()


def test_a_late_task_goes_out_and_its_receipt_comes_back(house: House) -> None:
    house.worker.hosts.open()
    house.tell()
    assert [one["text"] for one in house.gateway.taken] == [
        "1 varsel venter i Bindeledd. Logg inn når du kan."
    ]
    assert states(house.database, "sms") == {"accepted": 2}

    assert house.report() == {200}

    assert states(house.database, "sms") == {"delivered": 2}
    house.at += LATE
    house.run("receipts")
    assert house.faults() == set()


@pytest.mark.parametrize("ending", [fake.DROPPED, fake.DELAYED])
def test_what_is_never_confirmed_stands_before_a_named_person(house: House, ending: str) -> None:
    house.phone(f"+479999{ending}")
    house.tell()
    assert house.report() == set()
    house.at += LATE
    house.run("receipts", "faults")

    assert states(house.database, "sms") == {"dead": 2}
    with house.database.transaction() as session:
        (notice,) = queries.notices(session, house.site.tenant, house.site.ada)
    assert notice.code == "reminders.receipt_missing"
    if ending == fake.DELAYED:
        assert house.report(delayed=True) == {200}
        assert states(house.database, "sms") == {"delivered": 2}


def test_what_is_reported_twice_counts_once(house: House) -> None:
    house.phone(f"+479999{fake.DOUBLED}")
    house.tell()
    house.report()
    assert states(house.database, "sms") == {"delivered": 2}
    with house.database.transaction() as session:
        rows = session.execute(sa.select(CallbackRow.outcome, CallbackRow.body)).all()
    assert [tuple(row) for row in rows] == [("read", None)] * 2


def test_what_failed_is_work_at_once(house: House) -> None:
    house.phone(f"+479999{fake.FAILED}")
    house.tell()
    house.report()
    assert states(house.database, "sms") == {"dead": 2}
    assert house.faults() == {"reminders.delivery_dead"}


def test_nothing_of_a_patient_a_team_or_a_task_leaves(house: House) -> None:
    house.tell()
    sent = " ".join(one["text"] for one in house.gateway.taken)
    with house.database.transaction() as session:
        names = set(session.scalars(sa.select(MemberRow.name)))
    assert not any(name in sent for name in names)
    assert sum(character.isdigit() for character in sent) == 1


def test_a_gateway_that_is_away_holds_up_no_e_mail(house: House) -> None:
    house.gateway.down = 503
    house.tell()
    house.run("deliver")
    assert states(house.database) == {"delivered": 2}
    assert states(house.database, "sms") == {"ready": 2}
    house.gateway.down = 0
    house.at += timedelta(minutes=2)
    house.tell()
    assert states(house.database, "sms") == {"accepted": 2}


# --- the door -----------------------------------------------------------------------------------


def test_only_the_secret_opens_the_door(house: House) -> None:
    client = create_app(
        house.settings, database=house.database, gathered=house.gathered
    ).test_client()
    for path in ("sms/wrong", f"fax/{SECRET}", f"sms/{SECRET}x", "sms/" + "ø" * 26):
        assert client.post(f"/callbacks/{path}", data={"a": "b"}).status_code == 404
    assert client.post(f"/callbacks/sms/{SECRET}", data="x" * 20_000).status_code == 413
    with house.database.transaction() as session:
        assert session.scalars(sa.select(CallbackRow.id)).all() == []


def test_there_is_no_door_where_no_secret_is_set(house: House) -> None:
    bare = replace(house.settings, plugin_settings=())
    app = create_app(bare, database=house.database, gathered=house.gathered)
    assert not [rule for rule in app.url_map.iter_rules() if "callbacks" in rule.rule]


# --- the start ----------------------------------------------------------------------------------


def test_a_team_that_is_named_as_the_sender_leaves_the_sms_out_and_nothing_else(
    house: House, database: Database
) -> None:
    with database.transaction() as session:
        session.execute(sa.update(TeamRow).values(name="Vakt"))
    worker = create_worker(
        house.settings,
        database=database,
        gathered=house.gathered,
        channels=[FakeChannel()],
        clock=lambda: TUESDAY,
    )
    worker.hosts.open()
    for job in worker.jobs():
        if job.name in ("sweep", "deliver", "deliver:sms"):
            job.work()
    worker.hosts.close()

    assert states(database) == {"delivered": 2}
    assert house.gateway.taken == []
    assert "plugin.unfit" in house.faults()
    ((_, wrong),) = tried(house.settings, house.gathered, database)
    assert wrong is not None
    assert "røper" in wrong.what


def test_a_text_that_reveals_is_refused_with_file_and_line(house: House, tmp_path: Path) -> None:
    (said,) = house.settings.plugin_settings
    file = tmp_path / "sms-eget.toml"
    file.write_text('gateway = "sveve"\n\n[text]\none = "1 pasient på DPS"\n', encoding="utf-8")
    text = {"one": "1 pasient på DPS"}
    told = replace(said, settings={**said.settings, "text": text}, file=file)

    settings = replace(house.settings, plugin_settings=(told,))
    ((_, wrong),) = tried(settings, house.gathered, house.database)

    assert wrong is not None
    assert wrong.where == f"{file}:4 text.one"
    assert wrong.what.startswith(f"{file}:4 text.one: ")


def test_a_demonstration_never_has_it(house: House) -> None:
    worker = create_worker(
        replace(house.settings, environment="demo"),
        database=house.database,
        gathered=house.gathered,
        channels=[FakeChannel()],
    )
    assert worker.hosts.hosts == ()
    assert worker.every_channel == worker.channels
