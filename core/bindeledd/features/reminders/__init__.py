"""Noticing that something owed is late, and telling somebody until a person answers.

Read `domain.py` first: who hears, and what stops a message. `service/sweeping.py` notices,
`service/addressing.py` finds the people, `service/leasing.py` hands out what is to be sent,
`jobs/` sends it. A row stands between each of them. Nothing here opens a ciphertext.
"""
