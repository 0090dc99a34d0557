"""Noticing that something is overdue and telling somebody: two jobs with a row between."""
