"""Who works here: organisations, units, teams, members, hours, absence and duty."""
