"""One layer, for every unit."""
