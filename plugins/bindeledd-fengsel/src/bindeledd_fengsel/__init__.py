"""Prison as data, and one table for leads."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl


class Fengsel(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="begun",
            run="bindeledd_fengsel.tables:open_begun",
            title={"nb": "Oppfølginger begynt i fengsel", "en": "Follow-ups begun in prison"},
            rows=("S-190",),
        )


plugin = Fengsel(__name__)
