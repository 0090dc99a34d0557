"""`bindeledd setup`: the file or the answers → settings and directory. Changes, never deletes.

`reading.py` checks what is asked for and says the line of every fault; `doing.py` does it in one
transaction (`merging.py` the settings, `directory.py` the directory) and says what changed
(`reporting.py`); `asking.py` asks a person the same questions.
"""
