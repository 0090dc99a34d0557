"""National pathways and ladders: one TOML file for each, with the source of every rule."""
