"""How a host is born: our own interpreter, nothing of our environment, no file of ours open."""

import os
import subprocess
import sys
from collections.abc import Mapping

# All that a host has of our environment: how to reach the world, nothing of ours.
_KEPT = ("TZ", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_CHILD = "bindeledd.plugin.host.child"


def started(line: int, mark: Mapping[str, str], own: str) -> subprocess.Popen[bytes]:
    """A process that answers on `line`, known by `mark`; what it writes for itself goes to `own`."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    folder = {"TMPDIR": own} if own else {}
    return subprocess.Popen(  # noqa: S603 (our own interpreter and module)
        [*_python(), "-m", _CHILD, str(line), str(os.getpid())],
        env={"PATH": os.defpath, **mark, **folder, **kept},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[line],
        start_new_session=True,
        cwd="/",
    )


def _python() -> list[str]:
    """Our own interpreter, that takes nothing from the environment or the folder it starts in."""
    quiet = ["-B"] if sys.dont_write_bytecode else []
    return [sys.executable, "-I", "-X", "utf8", *quiet]
