"""The national guideline on suicide prevention (16 April 2024), as data: see `pathways/` and `fields.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
