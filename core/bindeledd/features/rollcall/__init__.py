"""The statement that everyone is accounted for, derived with its own SQL."""
