"""A layer that owes a letter by hand, and whom to ask about it."""

from __future__ import annotations

LAYER = '''
    id = "lillevik.letter"
    version = "2027.1"
    extends = "national.after-attempt"
    level = "municipality"
    title = { nb = "Brevet fra Lillevik" }
    [task.letter_by_hand]
    title = { nb = "Skriv brevet for hånd" }
    [[step]]
    key = "lillevik.letter"
    task = "letter_by_hand"
    after = "discharged"
    due = { within = "P3D" }
    satisfied_by = ["contact_attempted"]
    evidence = { channel = ["letter"] }
    contact = true
    letter = "by-hand"
    basis = { kind = "local", source = "The plan of Lillevik 2027" }
    [letter.by-hand]
    title = { nb = "En hilsen", en = "A greeting" }
    basis = { kind = "local", source = "The plan of Lillevik 2027" }
    [letter.by-hand.text]
    nb = """
    Hei {name}.

    Neste time: {appointment}. Ring {telephone}.
    """
    en = """
    Dear {name}.

    Next appointment: {appointment}. Ring {telephone}. {team}
    """
'''
CONTACTS = """
    [[contact]]
    key = "lillevik.boathouse"
    label = { nb = "Naustet" }
    tasks = ["letter_by_hand"]
    phone = "+47 77 00 00 00"
    on_paper = true
"""
