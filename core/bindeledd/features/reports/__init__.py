"""Reports of packs: tables for leads, made of numbers that the core has counted.

A pack never sees a row of ours: it is given counts by month, team and kind, with small ones held
back, and gives a table. Read `domain.py` first, then `queries.py` for what is counted.
"""
