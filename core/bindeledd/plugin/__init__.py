"""The door: the only package that a plugin may import.

Read `hooks.py` first: what a plugin may declare, with an example of each. `data.py` makes a pack
of TOML files with one line of Python, `testing.py` is what its tests use. `loading.py` is the
core's side: it gathers what the packs declare, once, and insists that it fits.
"""
