"""The routine of the addiction department of Helse Møre og Romsdal, as data."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
