"""The layer of the trust's addiction units."""
