"""What a trust and a municipality have agreed, as data, and a table of how discharges go."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class Helsefellesskap(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="discharges",
            run="bindeledd_helsefellesskap_handover.tables:open_discharges",
            title={"nb": "Hvordan utskrivningene går", "en": "How discharges go"},
            rows=("S-062",),
        )


plugin = Helsefellesskap(__name__)
