"""The case on one screen: who it is, what is owed and why, what happened, who sees it.

Read `domain/__init__.py` first: the value that a screen shows. `domain/explaining.py` puts into
words why something is due then and why nobody is being alerted; `queries/` reads all of it with a
handful of statements, however long the history is.
"""
