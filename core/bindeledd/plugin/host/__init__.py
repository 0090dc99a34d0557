"""The plugin host: a child process in which a plugin's Python runs, and those who look after it.

One process for each plugin, started without our environment, told all that it needs as JSON and
asked one thing at a time. Read `values.py` first (what a plugin declares), then `process.py` (the
worker's side: starts, asks, ends), then `child.py` (the other side).
"""
