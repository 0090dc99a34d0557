"""Messages that we make ourselves: for the demo and for tests. Nobody in them exists.

`persons.py` makes people with synthetic numbers (month + 80), `letters.py` writes messages of
every kind from `parts.py`, `bundles.py` FHIR bundles, `lists.py` a daily list, `stories.py` tells
what happens to a whole caseload. The same seed tells the same.
"""
