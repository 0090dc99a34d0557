"""The door: the only package that a plugin may import."""
