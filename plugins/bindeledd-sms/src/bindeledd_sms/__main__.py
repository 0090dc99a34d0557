"""`python -m bindeledd_sms sveve --at FOLDER`: try the pack with a gateway that sends to nobody."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bindeledd_sms.fake import FakeGateway
from bindeledd_sms.settings import GATEWAYS
from bindeledd_sms.trying import LOCAL, Differs, Trying, prepare

_HOW = """\
Hva som blir av en melding, sier de fire siste sifrene i nummeret:
  1111 kvitteringen uteblir · 2222 kvitteringen kommer to ganger · 3333 den kommer sent (--late)
  4444 meldingen kom ikke frem · 5555 nummeret finnes ikke · alle andre: kom frem, én kvittering"""


def main(given: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C. 2: what lies in the folder is something else."""
    asked = _arguments().parse_args(given)
    gateway = FakeGateway(
        asked.shape,
        down=asked.answer,
        login_wrong=asked.wrong_password,
        slow=asked.slow,
        port=asked.port,
    )
    with gateway:
        try:
            told, secret = prepare(asked.at, asked.shape, gateway.url)
        except Differs as wrong:
            print(f"{wrong} er der og sier noe annet: ta den bort, eller rett den", file=sys.stderr)
            return 2
        print(f"{told}\n{_HOW}\nLytter på {gateway.url}. Stans med Ctrl-C.", flush=True)
        gateway.callback_url = f"{asked.site}/callbacks/sms/{secret}"
        trying = Trying(gateway=gateway, after=asked.after, late=asked.late)
        try:
            while True:
                for line in trying.step(time.monotonic()):
                    print(time.strftime("%H:%M:%S"), line, flush=True)
                time.sleep(0.2)
        except KeyboardInterrupt:
            return 0


def _arguments() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(
        prog="python -m bindeledd_sms",
        description="En SMS-tjeneste som ikke er noen: svarer som en av de tre, viser hver melding"
        " og sender kvitteringene. Ingenting sendes til noen.",
        epilog=_HOW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked.add_argument("shape", choices=GATEWAYS, help="hvilken tjeneste den svarer som")
    asked.add_argument(
        "--at",
        type=Path,
        required=True,
        metavar="MAPPE",
        help="der innstillinger og hemmeligheter til prøven legges",
    )
    asked.add_argument("--port", type=int, default=8095, help="der den lytter (8095; 0: en ledig)")
    asked.add_argument("--site", default=LOCAL, metavar="URL", help=f"Bindeledd ({LOCAL})")
    asked.add_argument(
        "--after", type=float, default=2.0, metavar="S", help="sekunder før kvitteringen (2)"
    )
    asked.add_argument(
        "--late", type=float, default=1200.0, metavar="S", help="… for tall på 3333 (1200)"
    )
    asked.add_argument(
        "--answer", type=int, default=0, metavar="STATUS", help="svar dette på alt, som 500"
    )
    asked.add_argument(
        "--slow", type=float, default=0.0, metavar="S", help="vent så lenge før hvert svar"
    )
    asked.add_argument("--wrong-password", action="store_true", help="si at passordet er feil")
    return asked


if __name__ == "__main__":
    sys.exit(main())
