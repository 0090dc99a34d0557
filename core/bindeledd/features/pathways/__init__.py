"""Which tasks are owed, when, by whom, and what satisfies them: data with a source."""
