"""The routines of Helse Fonna, as data: see `pathways/`, `fields.toml` and `rows.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
