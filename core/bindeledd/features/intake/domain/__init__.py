"""What arrives, as plain facts: no database, no clock, no framework.

`facts.py` the values · `notations.py` bytes to a tree (`safety.py` XML, `written_json.py` FHIR's
JSON, `row_notation.py` a list) · `reading.py` which reader · `epikrise.py`, `plo.py`, `fhir.py`,
`listed_rows.py` the readers · `foreign.py` what a pack reads, `vocabulary.py` how it says so · `standards.py` schemas and code lists, where a site has them ·
`routing.py` is it one of ours · `synthetic/` messages that we make ourselves.
"""
