"""What a somatic emergency department owes after self-harm, as data: see `pathways/`."""

from bindeledd.plugin.data import DataPack

plugin = DataPack(__name__)
