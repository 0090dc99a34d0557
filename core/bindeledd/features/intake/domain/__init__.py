"""What arrives, as plain facts: no database, no clock, no framework.

`facts.py` the values · `safety.py` bytes to a safe tree · `reading.py` which reader ·
`epikrise.py`, `plo.py` the readers · `standards.py` schemas and code lists, where a site has
them · `routing.py` is it one of ours · `synthetic/` messages that we make ourselves.
"""
