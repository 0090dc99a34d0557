"""The procedure of Sykehuset Innlandet on intoxications, as a frame: see `pathways/` and `rows.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
