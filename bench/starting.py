"""How long until the first answer, how much two web workers take, what `--help` costs."""

import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent.parent
_WAIT = 30.0


def run(home: Path, *, rounds: int = 5, port: int = 8877) -> list[dict[str, Any]]:
    """Starts and stops a small demo `rounds` times; then help against the bare interpreter."""
    environment = {
        **os.environ,
        "BINDELEDD_HOME": str(home),
        "BINDELEDD_PORT": str(port),
        "BINDELEDD_DATABASE_URL": "",
    }
    call(["demo", "--no-serve", "--json", "--patients", "5"], environment)
    starts, sizes = [], []
    for _ in range(rounds):
        took, size = begin(environment, port)
        starts.append(took)
        sizes.append(size)
    return [
        {
            "name": "start_to_first_answer",
            "unit": "s",
            "value": statistics.median(starts),
            "limit": 2.0,
            "at_least": False,
            "rounds": starts,
        },
        {
            "name": "two_web_workers_resident",
            "unit": "MB (proportional share of every web process)",
            "value": statistics.median(sizes),
            "limit": 230,
            "at_least": False,
        },
        _help(environment, rounds * 2),
    ]


def call(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "bindeledd.cli", *arguments],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=_HERE,
    )


def begin(environment: dict[str, str], port: int) -> tuple[float, float]:
    """Seconds from the command to the first answer of the web, and the web's memory in MB."""
    begun = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-m", "bindeledd.cli", "run"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=_HERE,
    )
    try:
        _first_answer(port, begun)
        took = time.perf_counter() - begun
        time.sleep(2)
        return took, _web_memory(running.pid)
    finally:
        running.terminate()
        running.wait(timeout=30)


def _first_answer(port: int, begun: float) -> None:
    while time.perf_counter() - begun < _WAIT:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError("no answer")


def _web_memory(supervisor: int) -> float:
    """The proportional set size of the web's processes: shared pages are counted once."""
    webs = [pid for pid in _children(supervisor) if b"web" in _arguments(pid)]
    every = [each for web in webs for each in (web, *_children(web))]
    return sum(_proportional(pid) for pid in every) / 1024


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(part) for part in text.split()]


def _arguments(pid: int) -> list[bytes]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def _proportional(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0


def _help(environment: dict[str, str], rounds: int) -> dict[str, Any]:
    commands = {
        "bare": [sys.executable, "-c", "pass"],
        "help": [sys.executable, "-m", "bindeledd.cli", "--help"],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run(
                command, env=environment, check=True, stdout=subprocess.DEVNULL, cwd=_HERE
            )
            took[name].append(time.perf_counter() - begun)
    ratios = [helped / bare for helped, bare in zip(took["help"], took["bare"], strict=True)]
    return {
        "name": "help",
        "unit": "x of the bare interpreter",
        "value": statistics.median(ratios),
        "limit": 8,
        "at_least": False,
        "help_ms": statistics.median(took["help"]) * 1000,
    }
