"""What `make bench` measures: each figure is a ratio of two things measured in one run.

Figures are never a timed test: `python -m bench` prints a table and writes them as JSON. Read
`__main__.py` for the list; each module prepares its own databases.
"""
