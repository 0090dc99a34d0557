"""The layer of the trust, and the one of its addiction clinic."""
