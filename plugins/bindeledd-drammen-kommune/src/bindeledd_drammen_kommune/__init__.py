"""Drammen: the municipality's routine as data, and four tables for leads."""

from collections.abc import Iterator

from bindeledd.plugin.data import DataPack
from bindeledd.plugin.hooks import PluginReport, hookimpl

_TABLES = "bindeledd_drammen_kommune.tables"


class Drammen(DataPack):
    """What the files say, and what runs in the host."""

    @hookimpl
    def reports(self) -> Iterator[PluginReport]:
        yield PluginReport(
            key="measures",
            run=f"{_TABLES}:open_measures",
            title={"nb": "Planens elleve tiltak", "en": "The plan's eleven measures"},
            rows=("S-226", "S-257"),
        )
        yield PluginReport(
            key="training",
            run=f"{_TABLES}:open_training",
            title={"nb": "Opplæring per tjeneste", "en": "Training by service"},
            rows=("S-225",),
        )
        yield PluginReport(
            key="services",
            run=f"{_TABLES}:open_services",
            title={"nb": "På tvers av tjenestene", "en": "Across the services"},
            rows=("S-134", "S-205", "S-209"),
        )
        yield PluginReport(
            key="averages",
            run=f"{_TABLES}:open_averages",
            title={"nb": "Gjennomsnitt over flere år", "en": "Averages over several years"},
            rows=("S-236",),
        )


plugin = Drammen(__name__)
