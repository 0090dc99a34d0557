"""The national guide to municipal mental health and substance use work, as data: see `pathways/`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
