"""Relatives as data: somebody to talk to, and an agreement with them."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
