"""Web and API under gunicorn: the app is made once, before the workers fork from it."""

import socket
import threading
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from bindeledd.app import create_app
from bindeledd.foundation.db import Database
from bindeledd.foundation.errors import PortTaken
from bindeledd.foundation.logs import log
from bindeledd.foundation.printing import prepare
from bindeledd.installation import gather, insist_ready, open_site, read_settings
from bindeledd.settings import Settings

# Seconds in which a new worker only answers: who asks whether it lives is not kept waiting.
_FIRST_ANSWERS = 2.0


class Quiet(Logger):  # type: ignore[misc]
    """What the server itself says goes the way of every library: our lines, without its values."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings and no file of its own."""

    def __init__(self, app: Any, options: dict[str, Any]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app


def serve() -> None:
    """Serve until stopped. Raises `Misconfigured` when the installation is not ready."""
    settings = read_settings()
    made = server(settings, open_site(settings))
    insist_free(settings)
    made.run()


def insist_free(settings: Settings) -> None:
    """Raise `PortTaken` where something else listens at our address already."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.bind, settings.port))
        except OSError as wrong:
            raise PortTaken(
                "installation.port_taken",
                where="[web] bind, port",
                address=f"{settings.bind}:{settings.port}",
                why=wrong.strerror or type(wrong).__name__,
            ) from None


def prepare_printing(_worker: object = None, *, after: float = _FIRST_ANSWERS) -> threading.Thread:
    """Make the first PDF of this process quick, in a thread of its own, in `after` seconds.

    Never raises: where it cannot be made, the log has it as `web.printing_not_ready`, and whoever
    prints hears of it then.
    """
    waits = threading.Timer(after, _try_to_prepare)
    waits.name, waits.daemon = "printing", True
    waits.start()
    return waits


def _try_to_prepare() -> None:
    try:
        prepare()
    except Exception as wrong:  # noqa: BLE001 (libraries and fonts: nothing waits for them)
        log().warning("web.printing_not_ready", error=type(wrong).__name__)


def server(settings: Settings, database: Database) -> Server:
    """What serves, ready to run: from here on no connection is open that a fork could inherit."""
    gathered = gather(settings)
    insist_ready(settings, database, gathered)
    app = create_app(settings, database=database, gathered=gathered)
    database.close()  # what was asked until now: no connection stays open in the parent

    def after_fork(_server: object, _worker: object) -> None:
        # A connection that was opened before the fork belongs to the parent.
        database.engine.dispose(close=False)

    def when_ready(_server: object) -> None:
        log().info("web.started", where=f"http://{settings.bind}:{settings.port}")

    return Server(
        app,
        {
            "bind": f"{settings.bind}:{settings.port}",
            "workers": settings.web_workers,
            "threads": 4,
            "worker_class": "gthread",
            "preload_app": True,
            "post_fork": after_fork,
            "post_worker_init": prepare_printing,
            "when_ready": when_ready,
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 30,
            "accesslog": None,
            "logger_class": Quiet,
            "loglevel": "warning",
            "proc_name": "bindeledd",
            "control_socket_disable": True,
        },
    )
