"""The layer that Helse Vest puts on top of the national routine."""
