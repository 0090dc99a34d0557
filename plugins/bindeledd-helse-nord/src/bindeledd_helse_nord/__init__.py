"""Helse Nord: the routines of the region's trusts as data, and two tables for leads."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class HelseNord(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="drop-out",
            run="bindeledd_helse_nord.tables:open_drop_out",
            title={"nb": "Frafall og ny kontakt", "en": "Dropped out and met again"},
            rows=("S-067",),
        )
        yield PluginReport(
            key="reviews",
            run="bindeledd_helse_nord.tables:open_reviews",
            title={"nb": "Alvorlige hendelser gjennomgått", "en": "Serious events reviewed"},
            rows=("S-221",),
        )


plugin = HelseNord(__name__)
