"""The regional plan of Helse Sør-Øst, as data: see `pathways/`, `fields.toml` and `units.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
