"""The smallest complete plugin: TOML files; a reader and a report in the pack's host.

A pack that is data only has one line less: `plugin = DataPack(__name__)`.
"""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReader, PluginReport, hookimpl


class Example(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def intakes(self) -> Iterator[PluginReader]:
        yield PluginReader(key="adt", run="bindeledd_example.adt:open_reader", begins="MSH|")

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="reached",
            run="bindeledd_example.reached:open_report",
            title={"nb": "Utskrevet og nådd", "en": "Discharged and reached"},
        )


plugin = Example(__name__)
