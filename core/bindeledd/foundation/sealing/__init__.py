"""Sealed fields: everything that identifies a person or says something of their health.

Read `envelope.py` first: what a sealed bundle is and what it is bound to. `providers.py` says
where a tenant's key comes from, `keyring.py` seals and opens inside a transaction, `tables.py`
holds the wrapped data keys, `rotation.py` turns keys over. `cryptography` is imported below
this folder only.
"""
