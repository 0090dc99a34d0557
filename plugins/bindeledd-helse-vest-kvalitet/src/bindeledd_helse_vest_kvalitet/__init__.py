"""Quality in two trusts of Helse Vest: layers as data, and a table of what was gone through."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class HelseVestKvalitet(DataPack):
    """What the files say, and one table."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="audit",
            run="bindeledd_helse_vest_kvalitet.tables:open_audit",
            title={"nb": "Journaler gjennomgått", "en": "Records gone through"},
            answers={
                "stavanger_audit": ("in_place", "missing"),
                "stavanger_correct": ("done", "not_needed"),
            },
            rows=("S-222",),
        )


plugin = HelseVestKvalitet(__name__)
