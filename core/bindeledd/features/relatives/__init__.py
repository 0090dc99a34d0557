"""Relatives: who may be told what, and for how long. Consent is scoped and may be withdrawn.

Read `domain.py` first. General information and listening never need consent; whom it is unsafe
to contact is never contacted, whatever was consented to. Of children and siblings the number and
birth years are enough.
"""
