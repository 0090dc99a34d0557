"""A host in real processes: whatever its plugin does, a call ends in time and nothing is left."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from bindeledd.checkup.packs import host_check
from bindeledd.features.reminders.domain.channels import Message, Outcome
from bindeledd.foundation.errors import Misconfigured
from bindeledd.foundation.ids import new_id
from bindeledd.foundation.texts import speaking
from bindeledd.hosting import Hosts, hosts_of
from bindeledd.plugin.host import kernel, process
from bindeledd.plugin.host.process import COOKIE, marked
from bindeledd.plugin.host.values import HostTrouble, Limits, Trouble
from bindeledd.plugin.loading import gather
from bindeledd.settings import PluginSetting, Settings, read_settings
from plugin.packs import Shelf
from plugin.troubles import put

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")

MESSAGE = Message(
    key="k",
    member_id=new_id(),
    address="anna@staff.example",
    waiting=3,
    base_url="https://b.example",
)
# How long a call may take: where it is waited for, and where it never is.
SOON, LONG = 2.0, 20.0


class Room:
    """The hosts of some packs, what trouble they told, and nothing left of them afterwards."""

    def __init__(self, shelf: Shelf, home: Path) -> None:
        self.shelf, self.home = shelf, home
        self.told: list[tuple[str, Trouble]] = []
        self.hosts = Hosts()

    def settings(self, **said: PluginSetting) -> Settings:
        bare = read_settings({"BINDELEDD_HOME": str(self.home)})
        return replace(bare, plugin_settings=tuple(said.values()))

    def fill(self, *kinds: str, settings: Settings | None = None, seconds: float = LONG) -> Hosts:
        for kind in kinds:
            put(self.shelf, kind, name=kind, key=kind.replace("_", "-"))
        gathered = gather(kinds, points=self.shelf.points)
        tell = lambda plugin, trouble: self.told.append((plugin, trouble))  # noqa: E731
        self.hosts = hosts_of(settings or self.settings(), gathered, tell=tell)
        for host in self.hosts.hosts:
            host.limits = replace(host.limits, seconds=seconds, opening_seconds=60.0)
        return self.hosts

    def left(self) -> list[int]:
        return [pid for host in self.hosts.hosts for pid in marked(host._cookie)]


@pytest.fixture
def room(shelf: Shelf, tmp_path: Path):
    made = Room(shelf, tmp_path)
    yield made
    made.hosts.close()
    assert made.left() == []


# --- what goes well -----------------------------------------------------------------------------


def test_a_good_plugin_sends_and_does_its_job(room: Room) -> None:
    hosts = room.fill("good")
    hosts.open()
    pid = hosts.hosts[0].pid

    assert hosts.channels[0].send(MESSAGE).outcome is Outcome.SENT
    assert hosts.jobs[0].work(_moment()) == 1
    assert (hosts.hosts[0].pid, hosts.look(), room.told) == (pid, 0, [])


def test_python_that_cannot_be_read_is_told_with_its_file_and_line(room: Room) -> None:
    hosts = room.fill("good")
    module = room.shelf.folder / "pack_good" / "wrong.py"
    module.write_text("import sys\n\ndef half(:\n")
    with pytest.raises(HostTrouble) as stopped:
        hosts.hosts[0].open()

    assert (stopped.value.error, stopped.value.where) == ("SyntaxError", f"{module}:3")


@pytest.mark.parametrize(
    ("platform", "machine", "held"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", True),
        ("linux", "riscv64", False),
        ("darwin", "arm64", False),
        ("darwin", "x86_64", False),
    ],
)
def test_the_doctor_says_where_python_alone_keeps_a_pack_from_the_network(
    platform: str, machine: str, held: bool
) -> None:
    assert kernel.offered(platform, machine) is held
    reads = host_check("reads", None, inside=True, held=held, shut=True)
    sends = host_check("sends", None, inside=False, held=held, shut=True)

    assert ("bare Python" in reads.found) is not held
    assert "bare Python" not in sends.found
    assert reads.ok


def test_the_doctor_says_where_python_alone_closes_our_files_to_a_pack() -> None:
    with speaking("en"):
        new = host_check("sends", None, inside=False, held=True, shut=True)
        old = host_check("sends", None, inside=False, held=True, shut=False)
    assert "files closed" not in new.found
    assert "files closed" in old.found
    assert old.ok


def test_what_a_plugin_prints_goes_nowhere(room: Room, capfd: pytest.CaptureFixture[str]) -> None:
    assert room.fill("shouts").channels[0].send(MESSAGE).outcome is Outcome.SENT
    assert "xxx" not in "".join(capfd.readouterr())


# --- the ten, and some more -------------------------------------------------------------------------

TROUBLES = {
    "raises": Trouble.RAISED,
    "hangs": Trouble.HUNG,
    "spins": Trouble.HUNG,
    "deaf": Trouble.HUNG,
    "exits": Trouble.ENDED,
    "dies": Trouble.ENDED,
    "aborts": Trouble.ENDED,
    "forks": Trouble.FORKED,
    "starts": Trouble.FORKED,
    "leaks": Trouble.MEMORY,
    "leaks_files": Trouble.RAISED,
    "rubbish": Trouble.RUBBISH,
    "talks": Trouble.RUBBISH,
    "odd": Trouble.RUBBISH,
    "nothing": Trouble.RUBBISH,
    "writes": Trouble.RUBBISH,
    "huge": Trouble.RUBBISH,
    "stops": Trouble.HUNG,
}


@pytest.mark.parametrize("kind", TROUBLES)
def test_trouble_ends_in_time_is_told_and_leaves_nothing(room: Room, kind: str) -> None:
    seconds = SOON if TROUBLES[kind] is Trouble.HUNG else LONG
    hosts = room.fill(kind, seconds=seconds)
    hosts.open()
    begun = time.monotonic()

    receipt = hosts.channels[0].send(MESSAGE)

    assert time.monotonic() - begun < seconds + 8
    assert (receipt.outcome, receipt.channel_down) == (Outcome.LATER, True)
    assert room.told == [(kind, TROUBLES[kind])]
    assert len(room.left()) <= 1  # the host itself, where it may live on


def test_what_hides_itself_is_found_and_ended_at_the_latest_when_it_is_looked_after(
    room: Room,
) -> None:
    hosts = room.fill("hides")
    hosts.open()
    hosts.channels[0].send(MESSAGE)
    hosts.look()
    assert room.told == [("hides", Trouble.FORKED)]
    assert room.left() == [hosts.hosts[0].pid] or room.left() == []


def test_one_plugin_in_trouble_holds_up_no_other(room: Room) -> None:
    hosts = room.fill("hangs", "good", seconds=SOON)
    bad, good = hosts.channels
    bad.send(MESSAGE)
    assert good.send(MESSAGE).outcome is Outcome.SENT
    assert room.told == [("hangs", Trouble.HUNG)]


def test_after_trouble_the_next_call_finds_a_new_process(room: Room) -> None:
    hosts = room.fill("dies")
    hosts.open()
    first = hosts.hosts[0].pid
    hosts.channels[0].send(MESSAGE)
    assert hosts.jobs[0].work(_moment()) == 1
    assert hosts.hosts[0].pid not in (None, first)


def test_words_of_a_plugin_go_nowhere(room: Room, capfd: pytest.CaptureFixture[str]) -> None:
    room.fill("raises").channels[0].send(MESSAGE)
    said = capfd.readouterr().err
    assert "anna" not in said
    assert '"error": "ValueError"' in said
    assert "wrong.py:" in said


# --- while nothing is asked -----------------------------------------------------------------------


def test_one_that_ends_by_itself_is_noticed_and_started_again(room: Room) -> None:
    hosts = room.fill("late")
    hosts.open()
    _until(lambda: hosts.hosts[0]._process.poll() is not None)  # type: ignore[union-attr]
    assert hosts.look() == 0
    assert room.told == [("late", Trouble.ENDED)]
    assert hosts.hosts[0].pid is not None


def test_one_that_cannot_be_opened_is_told_and_nothing_waits_for_it(room: Room) -> None:
    hosts = room.fill("breaks", "good")
    hosts.open()
    assert room.told == [("breaks", Trouble.RAISED)]
    assert hosts.channels[1].send(MESSAGE).outcome is Outcome.SENT
    assert hosts.look() == 1


@pytest.mark.parametrize("does", ["open", "look"])
def test_none_waits_for_another_to_be_opened(room: Room, tmp_path: Path, does: str) -> None:
    """The first is opened once the second has been: they cannot stand in a line."""
    out = tmp_path / "out"
    out.mkdir()
    said = {"file": str(out / "there")}
    both = [PluginSetting(name=one, settings=said, writes=(out,)) for one in ("waits", "comes")]
    packs = {one.name: one for one in both}
    hosts = room.fill("waits", "comes", settings=room.settings(**packs))
    getattr(hosts, does)()
    assert room.told == []
    assert [host.pid is not None for host in hosts.hosts] == [True, True]


def test_one_that_says_what_is_set_up_wrongly_is_told_and_stops_no_start(room: Room) -> None:
    hosts = room.fill("unfit", "good")
    hosts.open()

    assert room.told == [("unfit", Trouble.UNFIT)]
    sent = {one.start.plugin: one.pid for one in hosts.hosts}
    assert sent["unfit"] is None
    assert sent["good"] is not None


def test_what_a_pack_says_of_itself_is_read_in_the_language_of_the_reader(room: Room) -> None:
    (host,) = room.fill("unfit").hosts
    with speaking("en"), pytest.raises(Misconfigured) as stopped:
        host.open()

    wrong = stopped.value
    with speaking("en"):
        assert (wrong.where, wrong.what) == ("pack.toml:3", "stands wrong")
        assert wrong.do == "rett det", "what a pack says in bokmål only is said so"


# --- what it knows --------------------------------------------------------------------------------


def test_it_has_no_key_no_environment_and_no_file_of_ours(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINDELEDD_KEYS", "secret-of-ours")
    monkeypatch.setenv("BINDELEDD_DATABASE_URL", "postgresql://u:secret-of-ours@h/d")
    out = tmp_path / "out"
    out.mkdir()
    said = PluginSetting(name="peeks", writes=(out,))
    hosts = room.fill("peeks", settings=room.settings(peeks=said))
    hosts.channels[0].send(replace(MESSAGE, address=str(out / "told.json")))
    told = json.loads((out / "told.json").read_text())

    ours = [name for name in told["environment"] if name.startswith("BINDELEDD")]
    assert ours == [COOKIE]
    assert told["modules"] == []
    assert len(told["files"]) <= 6
    pid = hosts.hosts[0].pid
    assert b"secret-of-ours" not in Path(f"/proc/{pid}/environ").read_bytes()


def test_no_key_is_in_its_memory(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    key = os.urandom(32)
    shown = base64.b64encode(key)
    monkeypatch.setenv("BINDELEDD_KEYS", shown.decode())
    hosts = room.fill("good")
    hosts.channels[0].send(MESSAGE)
    held = memory_of(hosts.hosts[0].pid)
    assert held.count(MESSAGE.address.encode()) > 0  # what was told is found: the look is a look
    assert key not in held
    assert shown not in held


def memory_of(pid: int | None) -> bytes:
    """Everything that a process may write to, as it is now."""
    found = bytearray()
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(one, 16) for one in span.split("-"))
            memory.seek(start)
            with suppress(OSError):
                found += memory.read(end - start)
    return bytes(found)


def test_it_does_not_open_the_keys(room: Room, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "tenant.key"
    key.parent.mkdir()
    key.write_text("key")
    (tmp_path / "other").write_text("other")
    said = PluginSetting(name="reads", reads=(tmp_path,))
    hosts = room.fill("reads", settings=room.settings(reads=said))
    keys = replace(MESSAGE, address=str(key))

    assert hosts.channels[0].send(replace(MESSAGE, address=str(tmp_path / "other"))).reason == ""
    assert hosts.channels[0].send(keys).reason == "plugin_closed"
    around = replace(MESSAGE, address=str(tmp_path / "x" / ".." / "keys" / "tenant.key"))
    assert hosts.channels[0].send(around).reason == "plugin_closed"


def test_it_does_not_open_the_data_nor_look_into_whoever_started_it(
    room: Room, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    queries = PluginSetting(name="queries", writes=(own,))
    data = replace(
        room.settings(queries=queries),
        database_url=f"sqlite:///{tmp_path / 'site.db'}",
        environment="test",
    )
    reading, querying = room.fill("reads", "queries", settings=data).channels
    (tmp_path / "site.db").write_text("")

    for one in (f"/proc/{os.getpid()}/environ", "/proc/1/cmdline"):
        assert reading.send(replace(MESSAGE, address=one)).reason == "plugin_closed"
    assert reading.send(replace(MESSAGE, address="/proc/self/statm")).reason == ""
    for name in ("site.db", "site.db-wal"):
        address = str(tmp_path / name)
        assert reading.send(replace(MESSAGE, address=address)).reason == "plugin_closed"
    address = str(tmp_path / "site.db")
    assert querying.send(replace(MESSAGE, address=address)).reason == "plugin_closed"
    assert querying.send(replace(MESSAGE, address=str(own / "own.db"))).reason == ""


def test_its_secrets_are_in_no_representation(room: Room) -> None:
    said = PluginSetting(name="good", secrets={"password": "hush-hush"}, callback="x" * 24)
    hosts = room.fill("good", settings=room.settings(good=said))
    assert "hush" not in repr(hosts)
    assert "x" * 24 not in repr(hosts)


# --- who looks after whom -------------------------------------------------------------------------

PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from bindeledd.plugin.host.process import Host
from bindeledd.plugin.host.values import Limits, Start
host = Host(start=Start(plugin="p", run={"channel:c": "pack_p.wrong:" + sys.argv[2]}),
            limits=Limits(seconds=5))
host.open()
print(host.pid, flush=True)
host.ask("send", place="channel:c", message={"key": "k", "address": "a", "waiting": 1})
"""


@pytest.mark.parametrize("kind", ["hangs", "deaf", "stops", "leaves"])
def test_nothing_is_left_when_whoever_started_it_is_killed(shelf: Shelf, kind: str) -> None:
    put(shelf, kind, name="p")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(shelf.folder), kind], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    time_to_ask = time.monotonic() + 0.5
    _until(lambda: time.monotonic() > time_to_ask)
    parent.kill()
    parent.wait(timeout=20)
    begun = time.monotonic()
    _until(lambda: not _alive(pid) and not [*marked(f"{parent.pid}-")])
    assert time.monotonic() - begun < 2.5  # at once, and not by the timer of the call


def test_a_plugin_may_have_threads(room: Room) -> None:
    assert room.fill("threads").channels[0].send(MESSAGE).outcome is Outcome.SENT


@pytest.mark.skipif(os.uname().machine not in ("x86_64", "aarch64"), reason="no filter there")
def test_the_kernel_lets_no_process_come_out_of_a_host(room: Room) -> None:
    hosts = room.fill("hides")
    assert hosts.channels[0].send(MESSAGE).outcome is Outcome.LATER
    assert room.told == [("hides", Trouble.FORKED)]
    assert room.left() == []


def test_a_closed_host_stays_closed(room: Room) -> None:
    hosts = room.fill("good")
    hosts.open()
    hosts.close()
    with pytest.raises(HostTrouble):
        hosts.hosts[0].ask("job", place="job:work", at=_moment().isoformat())
    assert hosts.hosts[0].pid is None


def test_one_that_is_closed_while_it_is_being_started_is_not_waited_for(room: Room) -> None:
    """The process is born after we were asked to stop, and opens its plugin for an hour."""
    (host,) = room.fill("sleeps").hosts
    host.limits = replace(host.limits, opening_seconds=3600.0)
    born = threading.Event()
    process._STARTER.submit(born.wait)
    opening = threading.Thread(target=host.begin, daemon=True)
    opening.start()
    closing = threading.Thread(target=host.close, daemon=True)
    closing.start()
    _until(lambda: host.is_closed)
    born.set()
    closing.join(timeout=30)
    assert not closing.is_alive()
    assert room.told == []


def test_no_limit_is_endless() -> None:
    assert Limits().seconds < 60
    assert Limits().memory_mb < 1024


def _moment():
    from features.reminders.builders import TUESDAY

    return TUESDAY


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


def _until(true) -> None:
    until = time.monotonic() + 25
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_no_process_of_ours_carries_the_mark() -> None:
    assert COOKIE not in os.environ
