"""`python -m bindeledd_sms sveve --at FOLDER`: try the pack with a gateway that sends to nobody."""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bindeledd.plugin.words import Texts, own_words
from bindeledd_sms.fake import FakeGateway
from bindeledd_sms.settings import GATEWAYS
from bindeledd_sms.trying import LOCAL, Differs, Trying, prepare

# As `bindeledd run` ends where something else listens at its address.
PORT_TAKEN = 69


def main(given: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C. 2: what lies in the folder is something else. 69: the port is taken, or may
    not be used."""
    words = own_words(__package__)
    asked = _arguments(words).parse_args(given)
    gateway = FakeGateway(
        asked.shape,
        down=asked.answer,
        login_wrong=asked.wrong_password,
        slow=asked.slow,
        port=asked.port,
    )
    with ExitStack() as open_now:
        try:
            open_now.enter_context(gateway)
        except OSError:
            print(words.text("trying.told.port_taken", port=asked.port), file=sys.stderr)
            return PORT_TAKEN
        try:
            told, secret = prepare(asked.at, asked.shape, gateway.url, words)
        except Differs as wrong:
            print(words.text("trying.told.differs", path=wrong), file=sys.stderr)
            return 2
        listens = words.text("trying.told.listens", url=gateway.url)
        reports = words.text("trying.told.reports", url=asked.site)
        print(told, words.text("trying.told.how"), reports, listens, sep="\n", flush=True)
        gateway.callback_url = f"{asked.site}/callbacks/sms/{secret}"
        trying = Trying(gateway=gateway, after=asked.after, late=asked.late, words=words)
        try:
            while True:
                for line in trying.step(time.monotonic()):
                    print(time.strftime("%H:%M:%S"), line, flush=True)
                time.sleep(0.2)
        except KeyboardInterrupt:
            return 0


def _arguments(words: Texts) -> argparse.ArgumentParser:
    def told(key: str, **values: object) -> str:
        return words.text(f"trying.help.{key}", **values)

    asked = argparse.ArgumentParser(
        prog="python -m bindeledd_sms",
        description=told("description"),
        epilog=words.text("trying.told.how"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("shape", choices=GATEWAYS, help=told("shape"))
    asked.add_argument("--at", type=Path, required=True, metavar=told("folder"), help=told("at"))
    asked.add_argument("--port", type=int, default=8095, help=told("port"))
    asked.add_argument("--site", default=LOCAL, metavar="URL", help=told("site", url=LOCAL))
    asked.add_argument("--after", type=float, default=2.0, metavar="S", help=told("after"))
    asked.add_argument("--late", type=float, default=1200.0, metavar="S", help=told("late"))
    asked.add_argument("--answer", type=int, default=0, metavar="STATUS", help=told("answer"))
    asked.add_argument("--slow", type=float, default=0.0, metavar="S", help=told("slow"))
    asked.add_argument("--wrong-password", action="store_true", help=told("wrong_password"))
    return asked


if __name__ == "__main__":
    sys.exit(main())
