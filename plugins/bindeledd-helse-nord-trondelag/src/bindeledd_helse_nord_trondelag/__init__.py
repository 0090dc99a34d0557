"""The routines of Helse Nord-Trøndelag and of Namsos as data, and a table for the quality committee."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class HelseNordTrondelag(DataPack):
    """What the files say, and one table."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="half-year",
            run="bindeledd_helse_nord_trondelag.tables:open_half_year",
            title={"nb": "Til kvalitetsutvalget", "en": "For the quality committee"},
            months=6,
            review_every=182,
            organisations=("helse-nord-trondelag",),
            rows=("S-220",),
        )


plugin = HelseNordTrondelag(__name__)
