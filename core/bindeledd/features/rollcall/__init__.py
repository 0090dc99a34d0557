"""The roll call: is everyone accounted for? Derived with its own SQL, every ten minutes.

Read `domain.py` first: where a case can stand, and why one is not accounted for. Then
`queries.py`: the law once more, in plain SQL. It shares no question with the services that keep
the law, so that it sees what they overlook.
"""
