"""Numbers without persons: the answers to IS-24/8, and tables to steer a service by."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl

_TABLES = "bindeledd_reports_is248.tables"

_REPORTS = (
    PluginReport(
        key="is-24-8",
        run="bindeledd_reports_is248.answers:open_answers",
        title={"nb": "Svar til IS-24/8", "en": "Answers to IS-24/8"},
        rows=("S-232", "S-233", "S-234", "S-235"),
    ),
    PluginReport(
        key="begun",
        run=f"{_TABLES}:open_begun",
        title={
            "nb": "Selvmordsforsøk og selvskading fulgt opp her",
            "en": "What follow-ups here began with",
        },
        rows=("S-231",),
    ),
    PluginReport(
        key="averages",
        run=f"{_TABLES}:open_averages",
        title={
            "nb": "Fulgt opp her, snitt over tre år",
            "en": "What follow-ups here began with, averaged over three years",
        },
        months=9 * 12,
        years=3,
        rows=("S-231", "S-236"),
    ),
    PluginReport(
        key="on-time",
        run=f"{_TABLES}:open_on_time",
        title={"nb": "Begynt, i tide og for sent", "en": "Begun, in time and late"},
        rows=("S-241",),
    ),
    PluginReport(
        key="to-correct",
        run=f"{_TABLES}:open_to_correct",
        title={"nb": "Det vi bør rette på", "en": "What to correct"},
        rows=("S-228",),
    ),
    PluginReport(
        key="waiting",
        run=f"{_TABLES}:open_waiting",
        title={"nb": "Ventetid mot målet", "en": "Waiting against the goal"},
        rows=("S-243",),
    ),
)


class ReportsIs248(DataPack):
    """All of it runs in the host; nothing is owed because of this pack."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield from _REPORTS


plugin = ReportsIs248(__name__)
