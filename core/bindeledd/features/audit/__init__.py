"""The log of who did and saw what: append-only, ids and codes only."""
