"""The routine of Helse Vest for acute wards, as data: see `pathways/` and `fields.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
