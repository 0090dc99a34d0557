"""The layer of the trust's district centres."""
