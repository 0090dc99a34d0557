"""My day: what is owed for my teams, by due time and then id; never by anything else.

Read `domain.py` first: the parts of the day and the cursor. `queries.py` brings a page with one
statement, names and keys in it; `service.py` writes the read down before it leaves.
"""
