"""The smallest complete plugin: all of it is data, and this is its one line of Python."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
