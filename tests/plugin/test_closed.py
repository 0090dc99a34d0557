"""What is closed to a pack: keys, settings and data, by whatever name it asks for them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bindeledd.features.intake.domain.facts import Message as Facts
from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.reminders.domain.channels import Message
from bindeledd.features.reports.domain import Numbers
from bindeledd.foundation.ids import new_id
from bindeledd.hosting import Hosts, hosts_of
from bindeledd.plugin.host import granting, landlock
from bindeledd.plugin.host.values import Trouble
from bindeledd.plugin.loading import gather
from bindeledd.settings import PluginSetting, read_settings
from plugin import ways
from plugin.packs import Shelf

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
by_kernel = pytest.mark.skipif(not landlock.version(), reason="no Landlock in this kernel")

MESSAGE = Message(key="k", member_id=new_id(), address="", waiting=1, base_url="https://b.example")
NUMBERS = Numbers(since=date(2027, 1, 1), until=date(2027, 1, 31), least=5, counts=())

PYTHON = """
    from bindeledd.plugin.hooks import AddressKind, PluginChannel, PluginReader, PluginReport, hookimpl
    api = (3, 3)

    @hookimpl
    def channels():
        yield PluginChannel(key="odd", run="pack_odd.odd:channel", address=AddressKind.EMAIL)

    @hookimpl
    def intakes():
        yield PluginReader(key="text", run="pack_odd.odd:reader", begins="MSH|")

    @hookimpl
    def reports():
        yield PluginReport(key="table", run="pack_odd.odd:report", title={"nb": "T"}, months=1)
"""
ODD = """
    import os, tempfile
    from datetime import UTC, date, datetime
    from bindeledd.plugin.facts import *
    from bindeledd.plugin.working import Outcome, Receipt, Table
    from pack_odd.ways import tried

    class Channel:
        def send(self, message):
            way, home = message.address.split("|")
            if way == "reads":
                open(home).read()
            elif way == "keeps":
                open(os.path.join(tempfile.mkdtemp(), "x"), "w").write("x")
                open(home, "w").write(tempfile.gettempdir())
            elif tried(way, home):
                return Receipt(outcome=Outcome.REFUSED, reason="came_in")
            return Receipt(outcome=Outcome.SENT)

    def channel(opening):
        return Channel()

    def reader(opening):
        def read(data):
            _, way, home = data.decode().split("|")
            came = tried(way, home)
            at = datetime(2027, 1, 5, 9, tzinfo=UTC)
            return Message(
                kind=Kind.DISCHARGED, message_id="1", series=Series.NEW, generated_at=at,
                stay=Stay(discharged=Moment(at=at)), title=f"<{came}>",
                patient=PersonFacts(family_name="N", born_on=date(1990, 1, 1)),
            )
        return read

    def report(opening):
        way, home = opening.settings.get("way"), opening.settings.get("home")
        return lambda numbers: Table(columns=("A",), rows=((tried(way, home) if way else "",),))
"""


class Room:
    """The two hosts of one pack that looks for ways in, and what it is after."""

    def __init__(self, shelf: Shelf, home: Path) -> None:
        carried = {"ways.py": Path(ways.__file__).read_text(), "odd.py": ODD}
        shelf.put("odd", PYTHON, files=carried)
        self.home = home
        home.mkdir()
        (home / "keys").mkdir()
        (home / "keys" / "tenant.keys").write_text("key of ours")
        with sqlite3.connect(home / "bindeledd.db") as made:
            made.execute("CREATE TABLE patients (name)")
        made.close()
        self.gathered = gather(("odd",), points=shelf.points)
        self.told: list[Trouble] = []
        self.hosts = Hosts()

    def open(self, **said: object) -> Hosts:
        bare = read_settings({"BINDELEDD_HOME": str(self.home)})
        one = PluginSetting(name="odd", **said)  # type: ignore[arg-type]
        settings = replace(
            bare,
            database_url=f"sqlite:///{self.home / 'bindeledd.db'}",
            plugin_settings=(one,),
        )
        tell = lambda _, trouble: self.told.append(trouble)  # noqa: E731
        self.hosts = hosts_of(settings, self.gathered, tell=tell)
        return self.hosts

    def send(self, way: str, where: object = None) -> str:
        address = f"{way}|{where or self.home}"
        return self.hosts.channels[0].send(replace(MESSAGE, address=address)).reason

    def read(self, way: str) -> object:
        return self.hosts.readers[0].read(f"MSH|{way}|{self.home}".encode())

    def whole(self) -> bool:
        """Is all as it was?"""
        with sqlite3.connect(self.home / "bindeledd.db") as made:
            names = made.execute("SELECT name FROM sqlite_master").fetchall()
        made.close()
        return names == [("patients",)] and (self.home / "keys" / "tenant.keys").is_file()


@pytest.fixture
def room(shelf: Shelf, tmp_path: Path):
    made = Room(shelf, tmp_path / "home")
    yield made
    made.hosts.close()


@pytest.mark.parametrize("way", ways.SEEN)
def test_no_channel_comes_in_and_the_attempt_is_told_though_it_is_kept_quiet(
    room: Room, way: str
) -> None:
    room.open()
    assert room.send(way) == "plugin_closed"
    assert room.told == [Trouble.CLOSED]
    assert room.whole()


@pytest.mark.parametrize("way", [way for way in ways.SEEN if way != "link"])
def test_no_reader_comes_in_and_the_attempt_is_told(room: Room, way: str) -> None:
    room.open()
    assert isinstance(room.read(way), ReaderFailed)
    assert room.told == [Trouble.CLOSED]
    assert room.whole()


@pytest.mark.parametrize("way", ["uri", "attach", "descriptor_keys"])
def test_no_report_comes_in_and_the_attempt_is_told(room: Room, way: str) -> None:
    (report,) = room.open(settings={"way": way, "home": str(room.home)}).reports
    assert report.make(NUMBERS) is None
    assert room.told == [Trouble.CLOSED]


@by_kernel
@pytest.mark.parametrize("way", ways.UNSEEN)
def test_what_python_is_not_told_of_the_kernel_refuses_in_both_hosts(room: Room, way: str) -> None:
    room.open()
    assert room.send(way) == ""
    facts = room.read(way)
    assert isinstance(facts, Facts)
    assert facts.title == "<>"
    assert room.whole()


@pytest.mark.parametrize("way", ways.SEEN)
def test_python_alone_refuses_and_notes_every_way_that_it_is_told_of(room: Room, way: str) -> None:
    """As it is where the kernel has no Landlock."""
    code = (
        "import sys; from bindeledd.plugin.host.limits import Watch; from plugin.ways import tried\n"
        "home, way = sys.argv[1:]; watch = Watch()\n"
        "watch.begin([home + '/keys', home + '/bindeledd.db'])\n"
        "print([tried(way, home), watch.closed])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(room.home), way],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(ways.__file__).parents[1])},
        check=False,
    )
    assert done.stdout.strip() == "['', True]"
    assert room.whole()


@by_kernel
def test_what_its_site_has_not_named_opens_for_no_channel(room: Room, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("other")
    room.open()
    assert room.send("reads", other) == "plugin_raised"


def test_what_its_site_named_is_read_and_what_is_closed_stays_so(room: Room) -> None:
    (room.home / "client.pem").write_text("pem")
    room.open(reads=(room.home,))
    assert room.send("reads", room.home / "client.pem") == ""
    assert room.send("reads", room.home / "keys" / "tenant.keys") == "plugin_closed"
    assert room.send("in_c") == ("" if landlock.version() else "came_in")


def test_a_channel_writes_where_its_site_said_and_into_a_folder_that_goes_with_it(
    room: Room, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    hosts = room.open(writes=(out,))
    assert room.send("keeps", out / "told") == ""
    own = Path((out / "told").read_text())
    assert own.is_dir()
    assert own.name.startswith("bindeledd-pack-")
    hosts.close()
    assert not own.exists()


@by_kernel
def test_a_channel_looks_up_names_and_certificates_as_before(room: Room) -> None:
    room.open()
    for place in ("/etc/hosts", "/etc/resolv.conf", "/etc/localtime"):
        if Path(place).exists():
            assert room.send("reads", place) == "", place


def test_a_host_whose_names_file_was_replaced_is_started_again_and_nobody_is_told(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = tmp_path / "resolv.conf"
    names.write_text("nameserver 192.0.2.1\n")
    monkeypatch.setattr(granting, "_REPLACED", (str(names),))
    monkeypatch.setattr(landlock, "version", lambda: 1)
    (outer, _) = room.open().hosts
    outer.open()
    first = outer.pid
    assert room.send("reads", "/dev/null") == ""
    assert outer.pid == first

    new = tmp_path / "new"
    new.write_text("nameserver 192.0.2.2\n")
    new.replace(names)
    assert room.send("reads", "/dev/null") == ""
    assert outer.pid != first
    assert room.told == []


def test_what_holds_something_closed_is_granted_piece_by_piece(tmp_path: Path) -> None:
    for name in ("a/b", "a/keys", "c"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "around").symlink_to(tmp_path / "a" / "keys")
    found = list(granting.without(str(tmp_path), [str(tmp_path / "a" / "keys")]))
    assert found == [
        (str(tmp_path), False),
        (str(tmp_path / "a"), False),
        (str(tmp_path / "a" / "b"), True),
        (str(tmp_path / "c"), True),
    ]
    assert list(granting.without("/", [])) == []
    assert list(granting.without(str(tmp_path / "around"), [str(tmp_path / "a" / "keys")])) == []
