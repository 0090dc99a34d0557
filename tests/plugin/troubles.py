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

    def unfit(opening):
        raise Unfit("står galt", where="pack.toml:3", do="rett det")

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
