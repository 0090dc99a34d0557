"""Messages in: bytes, facts, and whose they are; also what people register and call about.

Read `domain/facts.py` first: what a message tells. Then `domain/reading.py`: from bytes to facts.
"""
