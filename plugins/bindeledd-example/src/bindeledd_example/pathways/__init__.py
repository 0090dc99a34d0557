"""The layer that the example puts on top of the national routine."""
