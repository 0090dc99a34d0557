"""The bed agreements of Vestre Viken, as data: see `pathways/` and `fields.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
