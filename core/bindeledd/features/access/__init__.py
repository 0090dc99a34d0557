"""Who may see whom: care relations, sessions and tokens."""
