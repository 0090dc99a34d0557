"""The layers of the four trusts and of Helgeland."""
