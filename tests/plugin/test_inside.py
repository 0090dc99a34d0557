"""Readers and reports in their real host: whatever they do, a call ends in time and gives nothing wrong."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bindeledd.features.intake.domain.facts import Checked, Message
from bindeledd.features.intake.domain.foreign import ReaderRefused
from bindeledd.features.intake.domain.reading import ReaderFailed
from bindeledd.features.reports.domain import Count, Numbers, Table
from bindeledd.hosting import Hosts, hosts_of
from bindeledd.plugin.host.process import marked
from bindeledd.plugin.host.values import Trouble
from bindeledd.plugin.loading import gather
from bindeledd.settings import PluginSetting, read_settings
from plugin.packs import Shelf
from plugin.troubles import put, put_inside

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")

DATA = b"MSH|17|Nordmann"
NUMBERS = Numbers(
    since=date(2027, 1, 1),
    until=date(2027, 2, 28),
    least=5,
    counts=(Count(month="2027-01", team="dps", measure="opened", many=None),),
)
SOON, LONG = 2.0, 20.0


class Room:
    """The hosts of some packs, what trouble they told, and nothing left of them afterwards."""

    def __init__(self, shelf: Shelf, home: Path) -> None:
        self.shelf = shelf
        self.settings = read_settings({"BINDELEDD_HOME": str(home)})
        self.told: list[tuple[str, Trouble]] = []
        self.hosts = Hosts()

    def fill(self, kind: str, *, seconds: float = LONG) -> Hosts:
        put_inside(self.shelf, kind, name=kind)
        return self.open(kind, seconds=seconds)

    def open(self, *names: str, seconds: float = LONG) -> Hosts:
        gathered = gather(names, points=self.shelf.points)
        tell = lambda plugin, trouble: self.told.append((plugin, trouble))  # noqa: E731
        self.hosts = hosts_of(self.settings, gathered, tell=tell)
        for host in self.hosts.hosts:
            host.limits = replace(host.limits, seconds=seconds)
        return self.hosts


@pytest.fixture
def room(shelf: Shelf, tmp_path: Path):
    made = Room(shelf, tmp_path)
    yield made
    made.hosts.close()
    assert [pid for host in made.hosts.hosts for pid in marked(host._cookie)] == []


TROUBLES = {
    "raises": Trouble.RAISED,
    "hangs": Trouble.HUNG,
    "spins": Trouble.HUNG,
    "exits": Trouble.ENDED,
    "dies": Trouble.ENDED,
    "forks": Trouble.FORKED,
    "leaks": Trouble.MEMORY,
    "nothing": Trouble.RUBBISH,
    "rubbish": Trouble.RUBBISH,
    "odd": Trouble.RUBBISH,
    "wrong": Trouble.RUBBISH,
    "huge": Trouble.RUBBISH,
}


def test_a_good_reader_gives_the_facts_and_a_good_report_its_table(room: Room) -> None:
    hosts = room.fill("good")
    (reader,), (report,) = hosts.readers, hosts.reports
    said = reader.read(DATA)
    assert isinstance(said, Message)
    assert (said.message_id, said.patient.family_name) == ("17", "Nordmann")
    assert (said.format, said.checked) == ("good:text", Checked.PACK)
    assert report.make(NUMBERS) == Table(columns=("A",), rows=((1,),))
    assert report.declared.name == "good:table"
    assert room.told == []


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_reader_that_does_wrong_gives_no_facts_in_time_and_is_told(room: Room, kind: str) -> None:
    seconds = SOON if TROUBLES[kind] is Trouble.HUNG else LONG
    (reader,) = room.fill(kind, seconds=seconds).readers
    assert reader.is_ready()
    begun = time.monotonic()

    assert isinstance(reader.read(DATA), ReaderFailed)

    assert time.monotonic() - begun < seconds + 8
    assert room.told == [(kind, TROUBLES[kind])]


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_report_that_does_wrong_gives_no_table_in_time_and_is_told(room: Room, kind: str) -> None:
    seconds = SOON if TROUBLES[kind] is Trouble.HUNG else LONG
    (report,) = room.fill(kind, seconds=seconds).reports
    assert report.is_ready()
    begun = time.monotonic()

    assert report.make(NUMBERS) is None

    assert time.monotonic() - begun < seconds + 8
    assert room.told == [(kind, TROUBLES[kind])]


def test_a_message_that_its_reader_cannot_read_is_no_trouble(room: Room) -> None:
    (reader,) = room.fill("refuses").readers
    assert isinstance(reader.read(DATA), ReaderRefused)
    assert room.told == []


def test_one_that_cannot_be_opened_is_asked_nothing(room: Room) -> None:
    hosts = room.fill("breaks")
    assert not hosts.readers[0].is_ready()
    assert not hosts.reports[0].is_ready()
    assert set(room.told) == {("breaks", Trouble.RAISED)}


def test_a_call_that_is_ended_because_we_stop_says_nothing_of_the_message(room: Room) -> None:
    hosts = room.fill("good")
    hosts.open()
    hosts.close()
    assert hosts.readers[0].read(DATA) is None
    assert room.told == []


# --- what it reaches ------------------------------------------------------------------------------


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="no filter there")
def test_what_it_was_given_leaves_it_by_no_network_and_into_no_file(room: Room) -> None:
    hosts = room.fill("peeks")
    said = hosts.readers[0].read(DATA)
    assert isinstance(said, Message)
    assert said.title == "|"
    assert hosts.reports[0].make(NUMBERS) == Table(columns=("A",), rows=(("|",),))


def test_it_has_no_secret_of_the_site_and_its_channels_work_in_a_host_of_their_own(
    room: Room,
) -> None:
    said = PluginSetting(name="secrets", secrets={"password": "hush-hush"}, callback="x" * 24)
    room.settings = replace(room.settings, plugin_settings=(said,))
    facts = room.fill("secrets").readers[0].read(DATA)
    assert isinstance(facts, Message)
    assert facts.title == "({}, '')"

    room.hosts.close()
    put(room.shelf, "good", name="channel", key="good")
    put_inside(room.shelf, "good", name="inner")
    hosts = room.open("channel", "inner").hosts
    assert [host.start.inside for host in hosts] == [False, True]
