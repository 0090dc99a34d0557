"""Whether the downtime lists can be read when they are needed: holder, password, folder, last time."""

import os
from collections.abc import Iterator

from bindeledd.checkup.findings import Check
from bindeledd.features.reminders import queries as reminders
from bindeledd.features.worklist.domain.downtime import LEAST, Downtime, is_due
from bindeledd.features.worklist.jobs import JOB
from bindeledd.foundation.console import Site
from bindeledd.foundation.texts import t


def of_downtime(site: Site) -> Iterator[Check]:
    said: Downtime = site.settings.downtime
    if said.folder is None:
        yield Check(name="downtime", ok=True, found=t("worklist.doctor.off"))
        return
    wrong = [t(f"worklist.doctor.{one}") for one in _lacks(said)]
    with site.database.transaction() as session:
        last = reminders.heartbeat(session, JOB)
    if is_due(said, last.at if last else None, site.at):
        wrong.append(t("worklist.doctor.late"))
    when = f"{last.at:%Y-%m-%d %H:%M} UTC" if last else t("worklist.doctor.never")
    found = t("worklist.doctor.last", when=when, holder=said.holder or "–")
    yield Check(
        name="downtime",
        ok=not wrong,
        found="; ".join([*wrong, found]),
        do=t("worklist.doctor.do"),
    )


def _lacks(said: Downtime) -> Iterator[str]:
    if not said.holder:
        yield "no_holder"
    if not said.times:
        yield "no_times"
    try:
        password = said.password
    except (OSError, UnicodeDecodeError):
        password = ""
    if len(password) < LEAST:
        yield "no_password"
    secret = said.secret_file
    if secret is not None and secret.exists() and secret.stat().st_mode & 0o077:
        yield "open_password"
    place = said.folder
    while place is not None and not place.exists() and place != place.parent:
        place = place.parent
    if place is None or not os.access(place, os.W_OK):
        yield "no_folder"
