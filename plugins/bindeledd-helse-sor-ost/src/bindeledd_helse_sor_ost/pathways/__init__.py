"""The layer of the region, for the units of its trusts."""
