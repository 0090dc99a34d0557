"""What a site says of its downtime lists: `[downtime]`. The password never stands in the file."""

from datetime import datetime, time, timedelta

from bindeledd.features.worklist.domain.downtime import Downtime
from bindeledd.settings.checking import Checked, defaults


def read_downtime(checked: Checked) -> Downtime:
    """The settings; `doctor` says what is missing, so that alerts never stop for it."""
    variable = checked.text("downtime", "password_from")
    return Downtime(
        folder=checked.path("downtime", "folder"),
        times=tuple(sorted(_wall(checked, one) for one in checked.texts("downtime", "times"))),
        keep=timedelta(days=checked.number("downtime", "keep_days", 1, 90)),
        holder=checked.text("downtime", "holder"),
        secret=checked.environ.get(variable, "") if variable else "",
        secret_file=checked.path("downtime", "password_file"),
        zone=str(defaults()["calendar"]["zone"]),
    )


def _wall(checked: Checked, text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 (a time on the wall)
    except ValueError:
        checked.wrong("downtime", "times", "settings.no_time", text=text)
