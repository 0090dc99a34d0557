"""My day: what is owed, by time and kind of duty."""
