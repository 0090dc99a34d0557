"""A list of discharges is compared with the register, so that a message that never came is noticed.

Who stands on it and is neither followed nor decided waits for a person, as a message does. Read
`domain.py`, then `service.py`. Design 4; docs/takeover.md.
"""
