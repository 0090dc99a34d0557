"""Beside the record (EPJ): a ready note from each contact and plan, and whether it stands there.

Read `domain.py` first: which events get a note, and what it says. The record itself is the EPJ;
here is kept only *in the EPJ: yes, by whom · not yet*.
"""
