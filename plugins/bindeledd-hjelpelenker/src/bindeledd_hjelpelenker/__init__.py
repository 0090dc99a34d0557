"""Numbers on the plan and places to read beside forms, as data: see `contacts.toml`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
