"""The national guide to municipal mental health and substance use work: layers as data, and one table."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl

_ANSWERS = ("accepted", "has_one", "declined", "not_yet")


class KommuneVeileder(DataPack):
    """What the files say, and one table."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="offered",
            run="bindeledd_kommune_veileder.tables:open_offered",
            title={
                "nb": "Koordinator og individuell plan",
                "en": "Coordinator and individual plan",
            },
            answers={"kv_coordinator": _ANSWERS, "kv_individual_plan": _ANSWERS},
            rows=("S-126",),
        )


plugin = KommuneVeileder(__name__)
