"""Something that somebody owes a patient by a time."""
