"""Packs that do wrong in their host: one module, and a function for each way of doing so."""

from __future__ import annotations

PYTHON = """
    from datetime import timedelta
    from bindeledd.plugin.hooks import AddressKind, PluginChannel, PluginJob, hookimpl
    api = (2, 2)

    @hookimpl
    def channels():
        yield PluginChannel(key="{key}", run="{package}.wrong:{kind}", address=AddressKind.EMAIL)

    @hookimpl
    def jobs():
        yield PluginJob(key="work", run="{package}.wrong:open_job", every=timedelta(minutes=5))
"""

WRONG = """
    import ctypes, json, os, signal, socket, sqlite3, subprocess, sys, threading, time
    from bindeledd.plugin.working import Message, Opening, Outcome, Receipt, Unfit

    GOOD = Receipt(outcome=Outcome.SENT)

    class Channel:
        def __init__(self, does):
            self.does = does

        def send(self, message):
            return self.does(message)

    def channel(does):
        return lambda opening: Channel(does)

    def open_job(opening):
        return lambda at: 1

    good = channel(lambda message: GOOD)

    def _raise(message):
        raise ValueError(f"what {message.address} said")
    raises = channel(_raise)

    def _hang(message):
        time.sleep(3600)
    hangs = channel(_hang)

    def _spin(message):
        ctypes.PyDLL(None).sleep(3600)
    spins = channel(_spin)

    exits = channel(lambda message: sys.exit(0))
    dies = channel(lambda message: os._exit(0))
    aborts = channel(lambda message: os.abort())

    def _fork(message):
        if os.fork() == 0:
            time.sleep(3600)
        return GOOD
    forks = channel(_fork)

    def _hide(message):
        libc = ctypes.CDLL(None)
        if libc.fork() == 0:
            libc.setsid()
            if libc.fork() == 0:
                libc.sleep(3600)
            libc._exit(0)
        return GOOD
    hides = channel(_hide)

    starts = channel(lambda message: subprocess.run(["true"]) and GOOD)

    kept = []

    def _leak(message):
        while True:
            kept.append(bytearray(2**20))
    leaks = channel(_leak)

    def _leak_files(message):
        while True:
            kept.append(open(os.devnull))
    leaks_files = channel(_leak_files)

    rubbish = channel(lambda message: {"outcome": "sent"})
    talks = channel(lambda message: Receipt(outcome=Outcome.REFUSED, reason="Kari Nordmann said"))
    odd = channel(lambda message: Receipt(outcome="perhaps"))
    nothing = channel(lambda message: None)

    def _write(message):
        for fd in map(int, os.listdir("/proc/self/fd")):
            try:
                socket.socket(fileno=os.dup(fd)).send(b"\\xff" * 64)
            except OSError:
                pass
        return GOOD
    writes = channel(_write)

    def _shout(message):
        print("x" * 10_000_000)
        return GOOD
    shouts = channel(_shout)

    def _deaf(message):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        ctypes.PyDLL(None).sleep(3600)
    deaf = channel(_deaf)

    def _stop(message):
        signal.raise_signal(signal.SIGSTOP)
    stops = channel(_stop)

    huge = channel(lambda message: Receipt(outcome=Outcome.REFUSED, reason="x" * 30_000_000))

    def _leave(message):
        libc = ctypes.CDLL(None)
        if libc.fork() == 0:
            libc.setsid()
            libc.sleep(3600)
        ctypes.PyDLL(None).sleep(3600)
    leaves = channel(_leave)

    def _thread(message):
        done = []
        one = threading.Thread(target=lambda: done.append(GOOD))
        one.start()
        one.join()
        return done[0]
    threads = channel(_thread)

    def breaks(opening):
        raise RuntimeError("cannot be opened")

    def waits(opening):
        while not os.path.exists(opening.settings["file"]):
            time.sleep(0.05)
        return Channel(lambda message: GOOD)

    def comes(opening):
        open(opening.settings["file"], "w").close()
        return Channel(lambda message: GOOD)

    def sleeps(opening):
        time.sleep(3600)

    def unfit(opening):
        raise Unfit({"nb": "står galt", "en": "stands wrong"}, where="pack.toml:3", do="rett det")

    def late(opening):
        threading.Timer(0.3, lambda: os._exit(3)).start()
        return Channel(lambda message: GOOD)

    def _peek(message):
        told = {
            "environment": sorted(os.environ),
            "modules": sorted(m for m in sys.modules if m.split(".")[0] in (
                "sqlalchemy", "cryptography", "flask", "pysqlite3", "psycopg")
                or ".sealing" in m or m.endswith((".tables", ".service"))),
            "files": sorted(os.listdir("/proc/self/fd")),
        }
        with open(message.address, "w") as out:
            json.dump(told, out)
        return GOOD
    peeks = channel(_peek)

    def _read(message):
        open(message.address).read()
        return GOOD
    reads = channel(_read)

    def _query(message):
        sqlite3.connect(message.address).execute("SELECT 1")
        return GOOD
    queries = channel(_query)
"""


def put(shelf, kind: str, *, name: str = "wrong", key: str = "wrong") -> None:
    """A pack `name` on the shelf whose channel `key` does wrong in this way."""
    package = f"pack_{name}"
    python = PYTHON.replace("{key}", key).replace("{package}", package).replace("{kind}", kind)
    shelf.put(name, python, files={"wrong.py": WRONG})


# --- readers and reports --------------------------------------------------------------------------

INSIDE = """
    from datetime import timedelta
    from bindeledd.plugin.hooks import PluginReader, PluginReport, hookimpl
    api = (3, 3)

    @hookimpl
    def intakes():
        yield PluginReader(key="text", run="{package}.inside:{kind}", begins="{begins}")

    @hookimpl
    def reports():
        yield PluginReport(
            key="table", run="{package}.inside:{kind}_table", title={{"nb": "Tabell"}}, months=2
        )
"""

READS = """
    import ctypes, os, socket, sys, time
    from datetime import UTC, datetime, timedelta
    from bindeledd.plugin.facts import *
    from bindeledd.plugin.working import Table, Unreadable

    at = datetime(2027, 1, 5, 9, tzinfo=UTC)

    def facts(data, **more):
        said = data.decode().split("|")
        return Message(**{
            "kind": Kind.DISCHARGED, "message_id": said[1], "series": Series.NEW,
            "generated_at": at, "stay": Stay(discharged=Moment(at=at)),
            "patient": PersonFacts(family_name=said[2], born_on=datetime(1990, 1, 1).date()),
            **more,
        })

    def table(numbers):
        return Table(columns=("A",), rows=((len(numbers.counts),),))

    def does(reads, makes):
        return (lambda opening: reads), (lambda opening: makes)

    def _raise(given):
        raise ValueError(f"what stood there: {given}")
    def _hang(given):
        time.sleep(3600)
    def _leak(given):
        kept = []
        while True:
            kept.append(bytearray(2**20))
    def _fork(given):
        os.fork()
    def _spin(given):
        ctypes.PyDLL(None).sleep(3600)
    def _print(given):
        print(given)
        return None

    good, good_table = does(facts, table)
    raises, raises_table = does(_raise, _raise)
    hangs, hangs_table = does(_hang, _hang)
    spins, spins_table = does(_spin, _spin)
    exits, exits_table = does(lambda given: sys.exit(0), lambda given: sys.exit(0))
    dies, dies_table = does(lambda given: os._exit(0), lambda given: os._exit(0))
    forks, forks_table = does(_fork, _fork)
    leaks, leaks_table = does(_leak, _leak)
    nothing, nothing_table = does(_print, _print)
    rubbish, rubbish_table = does(
        lambda data: {"kind": "discharged"}, lambda numbers: {"columns": ["A"]}
    )
    # Of the right type, and nothing that a message or a table says.
    odd, odd_table = does(
        lambda data: facts(data, series=Series.CANCELLED, remarks=("Kari Nordmann sa",)),
        lambda numbers: Table(columns=("A",), rows=(("1", "2"),)),
    )
    wrong, wrong_table = does(
        lambda data: facts(data, generated_at=object()), lambda numbers: Table(columns=7)
    )
    huge, huge_table = does(
        lambda data: facts(data, texts=(TextBlock(heading="h", text="x" * 30_000_000),)),
        lambda numbers: Table(columns=("A",), rows=tuple(("x" * 200,) for _ in range(100_000))),
    )

    def _refuse(given):
        raise Unreadable
    refuses, refuses_table = does(_refuse, table)

    def _reach(given):
        for way in (lambda: socket.create_connection(("127.0.0.1", 9)),
                    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
                    lambda: socket.socket(socket.AF_UNIX),
                    lambda: socket.getaddrinfo("example.org", 80)):
            try:
                way()
            except (OSError, RuntimeError):
                continue
            return True
        libc = ctypes.CDLL(None)
        return libc.socket(2, 1, 0) >= 0
    def _write(given):
        name = f"/tmp/left-{os.getpid()}"
        try:
            with open(name, "wb") as out:
                out.write(b"x")
        except OSError:
            os.path.exists(name) and os.remove(name)
            return False
        os.remove(name)
        return True
    def _tells(given):
        return "|".join(["reach" if _reach(given) else "", "write" if _write(given) else ""])
    peeks, peeks_table = does(
        lambda data: facts(data, title=_tells(data)),
        lambda numbers: Table(columns=("A",), rows=((_tells(numbers),),)),
    )
    def secrets(opening):
        return lambda data: facts(data, title=repr((dict(opening.secrets), opening.callback_url)))
    secrets_table = good_table

    def breaks(opening):
        raise RuntimeError("cannot be opened")
    breaks_table = breaks
"""


def put_inside(shelf, kind: str, *, name: str, begins: str = "MSH|") -> None:
    """A pack `name` on the shelf whose reader and whose report do wrong in this way."""
    python = INSIDE.format(package=f"pack_{name}", kind=kind, begins=begins)
    shelf.put(name, python, files={"inside.py": READS})
