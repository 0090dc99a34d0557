"""Messages in: bytes, facts, and whose they are."""
