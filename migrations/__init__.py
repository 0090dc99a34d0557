"""How the database came to look as it does, one revision at a time (Alembic).

Read `pieces.py` first: the words that revisions are written with. `bindeledd.upgrading` runs
them and writes new ones; there is no alembic.ini and no way back: a backup is the way back.
"""
