"""Bindeledd keeps the thread between a person who has survived a suicide attempt and those
who owe that person a call, an appointment, a letter.

The map, from the outside in:

- `cli`, `app`, `worker`, `settings` put the parts together and decide nothing;
- `plugin` is the door, the only thing that a plugin may import;
- `features` holds one folder for each thing a clinician has a word for;
- `foundation` holds what every feature stands on: errors, clock, calendars, database, sealing.

Read `features/cases/domain` first: what is owed, and the law that nobody is lost unseen.
"""

__version__ = "0.1.0"
