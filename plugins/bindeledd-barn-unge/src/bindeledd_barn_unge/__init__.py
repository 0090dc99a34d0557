"""Children and young people as data, and one table for leads."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class BarnUnge(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="review",
            run="bindeledd_barn_unge.tables:open_review",
            title={"nb": "Tilbudet til barn og unge", "en": "What the young were offered"},
            rows=("S-153",),
        )


plugin = BarnUnge(__name__)
